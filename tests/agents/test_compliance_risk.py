"""The risk questions of the EU AI Act: what speaks for a yes, and from when the duties apply."""

import pytest

from agents.catalogue.loader import load
from agents.compliance.rules import rules
from agents.compliance.view import compliance
from agents.evidence import Evidence, Label
from agents.findings import Draft
from agents.system import AttributeFact, Component, Flow, Standing, SystemModel
from tests.agents.compliance import CHAT, HR, PATH, draft_of, only, risk

KNOWN = load()
ACT = KNOWN.frameworks["eu-ai-act"].by_id


@pytest.fixture(scope="module")
def chat() -> Draft:
    return draft_of(CHAT)


@pytest.fixture(scope="module")
def hr() -> Draft:
    return draft_of(HR)


def quoted(text: str, line: int = 1, label: Label = Label.STATED) -> Evidence:
    return Evidence(path=PATH, line_start=line, line_end=line, quote=text, label=label)


def part(name: str, kind: str, text: str = "") -> Component:
    return Component(id=name, name=name, kind=kind, evidence=(quoted(text or f"The {name}."),))


def flow(source: str, target: str) -> Flow:
    text = f"{source} calls {target}."
    return Flow(id=f"{source}->{target}", source=source, target=target, evidence=(quoted(text),))


def bare(draft: Draft, system: SystemModel) -> Draft:
    """The draft with this model alone."""
    triage = draft.triage.model_copy(update={"reasons": ()})
    return only(draft, system=system).model_copy(update={"triage": triage})


def says(draft: Draft, text: str) -> Draft:
    """A design with a model, of which this sentence is quoted."""
    return bare(draft, SystemModel(components=(part("model", "ml_model", text),)))


def answers(draft: Draft) -> dict[str, str]:
    return {question.id: question.answer for question in compliance(draft, KNOWN).risk}


class TestDesigns:
    def test_screening_of_applicants_is_indicated_as_high_risk(self, hr: Draft) -> None:
        question = risk(compliance(hr, KNOWN), "high-risk")
        assert question.answer == "indicated"
        first = question.signs[0]
        assert (first.text.split(":")[0], first.weight) == ("Work", "strong")
        assert "The screening assistant helps recruiters in hiring." in [
            e.quote for e in first.evidence
        ]
        assert answers(hr)["prohibited"] == "not_indicated"

    def test_a_chat_assistant_meets_people_on_a_general_purpose_model(self, chat: Draft) -> None:
        view = compliance(chat, KNOWN)
        assert answers(chat) == {
            "prohibited": "not_indicated",
            "high-risk": "not_indicated",
            "transparency": "indicated",
            "general-purpose": "indicated",
        }
        sign = risk(view, "transparency").signs[0]
        way = sign.text.rpartition(": ")[2].split(" → ")
        assert way[:2] == ["Customers", "web app"]
        assert way[-1] in {p.name for p in view.ai}
        assert [e.line_start for e in sign.evidence] == [5] * (len(way) - 1)
        assert not any("is not said" in s.text for s in risk(view, "transparency").signs)

    def test_the_four_questions_in_order(self, hr: Draft) -> None:
        asked = compliance(hr, KNOWN).risk
        assert [q.id for q in asked] == [
            "prohibited",
            "high-risk",
            "transparency",
            "general-purpose",
        ]
        assert all(q.question.endswith("?") and q.consequence for q in asked)


class TestDates:
    @pytest.mark.parametrize(
        ("question", "id_", "applies_from"),
        [
            ("prohibited", "Art.5", "2025-02-02; additions 2026-12-02"),
            ("high-risk", "Annex III", "2027-12-02"),
            ("high-risk", "Annex I", "2028-08-02"),
            ("transparency", "Art.50", "2026-08-02"),
            ("general-purpose", "Art.53", "2025-08-02"),
        ],
    )
    def test_they_are_the_ones_of_the_act(
        self, hr: Draft, question: str, id_: str, applies_from: str
    ) -> None:
        duties = {d.id: d for d in risk(compliance(hr, KNOWN), question).duties}
        assert duties[id_].applies_from.startswith(applies_from)
        assert duties[id_].reference == f"eu-ai-act/{id_}"

    def test_they_come_from_the_catalogue(self, hr: Draft) -> None:
        for question in compliance(hr, KNOWN).risk:
            for duty in question.duties:
                assert (duty.title, duty.applies_from) == (
                    ACT[duty.id].title,
                    ACT[duty.id].applies_from,
                )


class TestWords:
    @pytest.mark.parametrize(
        ("text", "question", "answer"),
        [
            ("The model detects emotions of employees in calls.", "prohibited", "indicated"),
            ("The model detects emotions in calls.", "prohibited", "hinted"),
            ("The job scrapes the web for faces.", "prohibited", "indicated"),
            ("The model does social scoring of tenants.", "prohibited", "indicated"),
            ("The model does no social scoring of tenants.", "prohibited", "not_indicated"),
            ("It is not meant for hiring.", "high-risk", "not_indicated"),
            ("Out of scope: recruiting, credit scoring, law enforcement.", "high-risk", "not_indicated"),
            ("Without review, the model scores every applicant.", "high-risk", "indicated"),
            ("It is no chat bot. It ranks applicants.", "high-risk", "indicated"),
            ("The model computes credit scores.", "high-risk", "indicated"),
            ("It grades essays of pupils.", "high-risk", "indicated"),
            ("It is part of a medical device.", "high-risk", "indicated"),
            ("Requests above the limit are automatically rejected.", "high-risk", "not_indicated"),
            ("Claims above the limit are automatically rejected.", "high-risk", "hinted"),
            ("The model automatically declines some claims.", "high-risk", "hinted"),
            ("The model ranks candidate passages.", "high-risk", "not_indicated"),
            ("It watches network traffic.", "high-risk", "not_indicated"),
            ("It builds container images for the model.", "transparency", "not_indicated"),
            ("It generates container images.", "transparency", "not_indicated"),
            ("It generates videos for the news page.", "transparency", "indicated"),
            ("A voice assistant answers calls.", "transparency", "indicated"),
            ("A foundation model is trained here.", "general-purpose", "indicated"),
            ("It detects race conditions and classifies race conditions.", "prohibited", "not_indicated"),
        ],
    )  # fmt: skip
    def test_a_sentence(self, hr: Draft, text: str, question: str, answer: str) -> None:
        assert answers(says(hr, text))[question] == answer

    def test_what_is_expected_but_absent_says_nothing(self, hr: Draft) -> None:
        quote = quoted("The model does social scoring.", label=Label.ABSENT)
        model = part("model", "ml_model", "The model.")
        draft = bare(hr, SystemModel(components=(model,)))
        finding = hr.findings[0].model_copy(update={"evidence": (quote,)})
        assert answers(draft.model_copy(update={"findings": (finding,)}))["prohibited"] == (
            "not_indicated"
        )


class TestAttributes:
    @pytest.mark.parametrize(
        ("attribute", "standing", "answer"),
        [
            ("high_risk_use", Standing.IN_FORCE, "indicated"),
            ("high_risk_use", Standing.NEGATED, "not_indicated"),
            ("automated_decision", Standing.IN_FORCE, "hinted"),
            ("automated_decision", Standing.PLANNED, "not_indicated"),
        ],
    )
    def test_high_risk(self, hr: Draft, attribute: str, standing: Standing, answer: str) -> None:
        fact = AttributeFact(
            attribute=attribute, standing=standing, evidence=(quoted("So it is."),)
        )
        system = SystemModel(components=(part("model", "ml_model"),), attributes=(fact,))
        question = risk(compliance(bare(hr, system), KNOWN), "high-risk")
        assert question.answer == answer
        assert [e.quote for s in question.signs for e in s.evidence] == (
            [] if answer == "not_indicated" else ["So it is."]
        )

    def test_the_sentence_that_states_it_is_shown_not_any_of_the_component(self, hr: Draft) -> None:
        fact = AttributeFact(
            attribute="fine_tuning",
            standing=Standing.IN_FORCE,
            component="model",
            evidence=(quoted("It is tuned on tickets."),),
        )
        model = part("model", "ml_model").model_copy(update={"attributes": ("fine_tuning",)})
        draft = bare(hr, SystemModel(components=(model,), attributes=(fact,)))
        (sign,) = risk(compliance(draft, KNOWN), "general-purpose").signs
        assert [e.quote for e in sign.evidence] == ["It is tuned on tickets."]


class TestReach:
    def reach(self, draft: Draft, *steps: tuple[str, str]) -> list[str]:
        """Signs that people reach the model, along parts given by name and kind."""
        parts = tuple(part(name, kind) for name, kind in steps)
        flows = tuple(flow(a.id, b.id) for a, b in zip(parts, parts[1:], strict=False))
        view = compliance(bare(draft, SystemModel(components=parts, flows=flows)), KNOWN)
        return [s.text for s in risk(view, "transparency").signs if s.weight == "strong"]

    def test_through_services(self, hr: Draft) -> None:
        steps = (("u", "external_user"), ("g", "api_gateway"), ("s", "service"), ("m", "llm"))
        (text,) = self.reach(hr, *steps)
        assert text.endswith(": u → g → s → m")

    def test_not_through_what_is_stored_or_runs_later(self, hr: Draft) -> None:
        for kind in ("database", "queue", "batch_job"):
            assert self.reach(hr, ("u", "external_user"), ("x", kind), ("m", "llm")) == []

    def test_not_a_model_that_answers_nobody(self, hr: Draft) -> None:
        assert self.reach(hr, ("u", "external_user"), ("m", "ml_model")) == []
        assert self.reach(hr, ("s", "service"), ("m", "llm")) == []
        assert self.reach(hr, ("m", "llm"), ("u", "external_user")) == []

    def test_an_agent_that_is_no_ai_is_not_reached(self, hr: Draft) -> None:
        parts = (
            part("u", "external_user"),
            part("monitoring agent", "agent"),
            part("m", "ml_model"),
        )
        system = SystemModel(components=parts, flows=(flow("u", "monitoring agent"),))
        question = risk(compliance(bare(hr, system), KNOWN), "transparency")
        assert question.answer == "not_indicated"

    def test_a_circle_ends(self, hr: Draft) -> None:
        kinds = (("u", "external_user"), ("s", "service"), ("t", "service"), ("m", "llm"))
        parts = tuple(part(name, kind) for name, kind in kinds)
        flows = (flow("u", "s"), flow("s", "t"), flow("t", "s"), flow("s", "gone"))
        view = compliance(bare(hr, SystemModel(components=parts, flows=flows)), KNOWN)
        question = risk(view, "transparency")
        assert question.answer == "hinted"
        assert question.signs[0].text.startswith("The design has a generative model")


class TestRules:
    """The rules speak the words of the catalogue."""

    def test_references_resolve(self) -> None:
        for rule in rules().shown:
            for reference in rule.references:
                key, _, id_ = reference.partition("/")
                assert KNOWN.frameworks[key].item(id_), reference
        assert set(rules().condition) | {d for q in rules().questions for d in q.duties} <= set(ACT)
        assert {f.key for f in rules().frameworks} <= set(KNOWN.frameworks)

    def test_conditions_name_questions(self) -> None:
        assert set(rules().condition.values()) <= {q.id for q in rules().questions}

    def test_words_are_of_the_vocabulary(self) -> None:
        words = KNOWN.vocabulary
        kinds = {*rules().ai_kinds, *rules().ai_by_words}
        attributes = set(rules().ai_attributes) | {
            r.attribute for r in rules().shown if r.attribute
        }
        classes: set[str] = set()
        for sign in (s for q in rules().questions for s in q.signs):
            if sign.reach:
                kinds |= {*sign.reach.from_any_of, *sign.reach.to_any_of, *sign.reach.not_through}
            if sign.when:
                kinds |= set(sign.when.component_any_of or ())
                attributes |= set(sign.when.attribute_any_of or ())
                classes |= set(sign.when.data_class_any_of or ())
        assert kinds <= words.kinds
        assert attributes <= words.attributes
        assert classes <= words.data_classes

    def test_every_question_dates_its_duties(self) -> None:
        assert all(ACT[d].applies_from for q in rules().questions for d in q.duties)
