"""The compliance view: whether it applies, and how an item stands."""

import pytest

from agents.catalogue.loader import load
from agents.compliance.values import NOTICE, ItemStanding
from agents.compliance.view import compliance
from agents.findings import Draft, Mitigated
from agents.system import Component, ControlStatement, Standing, SystemModel
from tests.agents.compliance import CHAT, HR, SHOP, asked, draft_of, found, item, only, view_of

KNOWN = load()


@pytest.fixture(scope="module")
def hr() -> Draft:
    return draft_of(HR)


@pytest.fixture(scope="module")
def chat() -> Draft:
    return draft_of(CHAT)


class TestWhetherItApplies:
    def test_without_ai_it_is_empty_and_says_why(self) -> None:
        view = view_of(SHOP)
        assert not view.applies
        assert view.why == "no AI component was found"
        assert (view.ai, view.risk, view.frameworks) == ((), (), ())
        assert view.notice == NOTICE

    def test_what_is_no_design_says_so(self) -> None:
        view = view_of("# Style guide\n\nUse short words. Avoid the passive voice.\n")
        assert view.why == "no AI component was found: the text was not read as a design"

    def test_too_little_text_says_so(self, hr: Draft) -> None:
        thin = hr.model_copy(
            update={
                "outcome": "too_little_information",
                "system": hr.system.model_copy(update={"components": ()}),
            }
        )
        view = compliance(thin, KNOWN)
        assert view.why == "no AI component was found: the text says too little about the design"

    def test_ai_parts_have_evidence(self, hr: Draft, chat: Draft) -> None:
        names = {p.name for p in compliance(hr, KNOWN).ai}
        assert "Ranking model" in names
        assert not names & {"Careers portal", "Screening service", "Applicant database"}
        view = compliance(chat, KNOWN)
        assert {"llm", "rag_index"} <= {p.kind for p in view.ai}
        assert not {"web app", "log store"} & {p.name for p in view.ai}
        assert view.why == f"{len(view.ai)} AI components were found"
        assert all(part.evidence for part in view.ai)

    def test_one_ai_part_is_counted_as_one(self, hr: Draft) -> None:
        model = next(c for c in hr.system.components if c.kind == "ml_model")
        view = compliance(only(hr, system=SystemModel(components=(model,))), KNOWN)
        assert view.why == "1 AI component was found"

    @pytest.mark.parametrize(
        ("kind", "name", "quote", "applies"),
        [
            ("agent", "monitoring agent", "The monitoring agent ships logs.", False),
            ("agent", "monitoring agent", "The monitoring agent ships logs of the LLM.", False),
            ("agent", "ticket agent", "The ticket agent answers.", False),
            ("agent", "ticket agent", "The ticket agent asks a language model.", True),
            ("rag_index", "Elasticsearch", "Elasticsearch finds products.", False),
            ("orchestrator", "workflow engine", "The workflow engine starts jobs.", False),
            ("llm", "hosted model", "The hosted model answers.", True),
            ("service", "AI service", "The AI service answers.", False),
        ],
    )
    def test_kinds_that_other_software_has_need_a_word_of_ai(
        self, hr: Draft, kind: str, name: str, quote: str, applies: bool
    ) -> None:
        evidence = hr.system.components[0].evidence[0].model_copy(update={"quote": quote})
        part = Component(id="x", name=name, kind=kind, evidence=(evidence,))
        system = type(hr.system)(components=(part,))
        triage = hr.triage.model_copy(update={"reasons": ()})
        bare = only(hr, system=system).model_copy(update={"triage": triage})
        assert compliance(bare, KNOWN).applies is applies


class TestStandings:
    def test_engaged_by_a_finding(self, hr: Draft) -> None:
        finding = found(hr, "missing-human-oversight")
        view = compliance(hr.model_copy(update={"findings": (finding,)}), KNOWN)
        engaged = item(view, "eu-ai-act/Art.14")
        assert engaged is not None
        assert (engaged.title, engaged.standing) == ("Human oversight", ItemStanding.ENGAGED)
        assert engaged.grounds[0].kind == "finding"
        assert (engaged.grounds[0].id, engaged.grounds[0].text) == (finding.id, finding.title)

    def test_open_by_a_question(self, chat: Draft) -> None:
        question = asked(chat, "direct-prompt-injection")
        open_ = item(compliance(only(chat, questions=(question,)), KNOWN), "eu-ai-act/Art.15")
        assert open_ is not None
        assert open_.standing is ItemStanding.OPEN
        assert [(g.kind, g.id, g.text) for g in open_.grounds] == [
            ("question", question.id, question.text)
        ]

    def test_evidenced_by_a_statement_about_an_ai_part(self, chat: Draft) -> None:
        there = item(compliance(only(chat), KNOWN), "nist-ai-rmf/MEASURE 2.10")
        assert there is not None
        assert there.standing is ItemStanding.EVIDENCED
        (ground,) = there.grounds
        assert (ground.kind, ground.id) == ("control", "")
        assert "masks e-mail addresses" in ground.evidence[0].quote

    def test_evidenced_by_a_mitigated_candidate(self, hr: Draft) -> None:
        quote = hr.system.controls[0].evidence
        settled = Mitigated(
            id="provider-model-change@ranking-model",
            threat_id="provider-model-change",
            title="Model changes",
            component_id="ranking-model",
            component_name="Ranking model",
            reason="The version is pinned.",
            evidence=(quote,),
        )
        view = compliance(hr.model_copy(update={"mitigated": (settled,)}), KNOWN)
        there = item(view, "eu-ai-act/Art.25")
        assert there is not None
        assert there.standing is ItemStanding.EVIDENCED
        (ground,) = there.grounds
        assert (ground.kind, ground.id) == ("mitigated", settled.id)
        assert ground.text == "Model changes: The version is pinned."

    def test_a_finding_weighs_more_than_a_question_and_that_more_than_a_statement(
        self, hr: Draft
    ) -> None:
        finding, question = (
            found(hr, "insufficient-ai-logging"),
            asked(hr, "delegation-chain-opacity"),
        )
        for findings, questions, standing, kinds in (
            ((finding,), (question,), ItemStanding.ENGAGED, ["finding", "question", "control"]),
            ((), (question,), ItemStanding.OPEN, ["question", "control"]),
            ((), (), ItemStanding.EVIDENCED, ["control"]),
        ):
            draft = only(hr, *findings, questions=questions)
            logged = item(compliance(draft, KNOWN), "eu-ai-act/Art.12")
            assert logged is not None
            assert (logged.standing, [g.kind for g in logged.grounds]) == (standing, kinds)
            quote = " ".join(logged.grounds[-1].evidence[0].quote.split())
            assert "logged with the model version" in quote

    @pytest.mark.parametrize(
        ("text", "standing", "shown"),
        [
            ("A recruiter reviews every score of the model.", Standing.IN_FORCE, True),
            ("A recruiter reviews every score of the model.", Standing.PLANNED, False),
            ("A recruiter reviews every score of the model.", Standing.NEGATED, False),
            ("No recruiter reviews the score of the model.", Standing.IN_FORCE, False),
            ("A manager approves every purchase order.", Standing.IN_FORCE, False),
        ],
    )
    def test_a_statement_counts_in_force_and_about_ai_only(
        self, hr: Draft, text: str, standing: Standing, shown: bool
    ) -> None:
        quote = hr.system.controls[0].evidence.model_copy(update={"quote": text})
        said = ControlStatement(text=text, standing=standing, evidence=quote)
        system = hr.system.model_copy(update={"controls": (said,), "attributes": ()})
        there = item(compliance(only(hr, system=system), KNOWN), "nist-ai-rmf/MAP 3.5")
        assert (there is not None) is shown

    def test_a_statement_tied_to_an_ai_part_needs_no_word_of_ai(self, hr: Draft) -> None:
        text = "A manager approves every outcome."
        quote = hr.system.controls[0].evidence.model_copy(update={"quote": text})
        said = ControlStatement(
            text=text, standing=Standing.IN_FORCE, components=("ranking-model",), evidence=quote
        )
        system = hr.system.model_copy(update={"controls": (said,)})
        there = item(compliance(only(hr, system=system), KNOWN), "eu-ai-act/Art.14")
        assert there is not None
        assert there.standing is ItemStanding.EVIDENCED
