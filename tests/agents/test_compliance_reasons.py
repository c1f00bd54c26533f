"""The compliance view: every item has its reasons, every date its source."""

from datetime import date
from pathlib import Path

import pytest

from agents.catalogue.coverage import references_of
from agents.catalogue.loader import load
from agents.compliance.values import ComplianceView, Ground
from agents.compliance.view import compliance
from agents.document import read
from agents.evidence import verify
from agents.findings import Dismissal, Draft
from tests.agents.compliance import CHAT, HR, PATH, draft_of, framework, item, only, view_of

KNOWN = load()


@pytest.fixture(scope="module")
def hr() -> Draft:
    return draft_of(HR)


@pytest.fixture(scope="module")
def chat() -> Draft:
    return draft_of(CHAT)


def grounds(view: ComplianceView) -> list[Ground]:
    return [g for f in view.frameworks for i in f.items for g in i.grounds]


class TestReasons:
    @pytest.mark.parametrize("text", [HR, CHAT])
    def test_every_item_has_reasons_and_every_reason_a_quote_of_the_document(
        self, text: str
    ) -> None:
        view = view_of(text)
        documents = {PATH: read(PATH, text)}
        assert grounds(view)
        for found in (i for f in view.frameworks for i in f.items):
            assert found.grounds
        for ground in grounds(view):
            assert ground.evidence
            assert all(verify(evidence, documents) for evidence in ground.evidence)

    @pytest.mark.parametrize("text", [HR, CHAT])
    def test_every_reason_refers_to_its_item(self, text: str) -> None:
        draft = draft_of(text)
        findings = {f.id: f.references for f in draft.findings}
        asked = {
            q.id: {r for t in q.threat_ids for r in references_of(KNOWN.threats[t])}
            for q in draft.questions
        }
        for found in (i for f in compliance(draft, KNOWN).frameworks for i in f.items):
            for ground in found.grounds:
                if ground.kind == "finding":
                    also = next(f.also for f in draft.findings if f.id == ground.id)
                    threats = (KNOWN.threats[id_.split("@")[0]] for id_ in also)
                    merged = {r for t in threats for r in references_of(t)}
                    assert found.reference in {*findings[ground.id], *merged}
                if ground.kind == "question":
                    assert found.reference in asked[ground.id]

    def test_what_was_merged_into_a_finding_counts_with_it(self, hr: Draft) -> None:
        first = hr.findings[0].model_copy(
            update={"references": (), "also": ("undisclosed-ai-use@ranking-model",)}
        )
        view = compliance(only(hr, first), KNOWN)
        found = item(view, "eu-ai-act/Art.50")
        assert found is not None
        assert [g.id for g in found.grounds] == [first.id]

    @pytest.mark.parametrize(
        ("reason", "listed"),
        [("false_positive", False), ("out_of_scope", False), ("accepted_risk", True)],
    )
    def test_what_an_architect_left_out_is_left_out_but_an_accepted_risk(
        self, hr: Draft, reason: str, listed: bool
    ) -> None:
        gone = Dismissal.model_validate({"by": "ada", "reason": reason})
        findings = tuple(f.model_copy(update={"dismissed": gone}) for f in hr.findings)
        view = compliance(hr.model_copy(update={"findings": findings}), KNOWN)
        found = [g for g in grounds(view) if g.kind == "finding"]
        assert bool(found) is listed
        assert all("(risk accepted by ada)" in g.text for g in found)

    def test_without_evidence_nothing_is_listed(self, hr: Draft) -> None:
        findings = tuple(f.model_copy(update={"evidence": ()}) for f in hr.findings)
        view = compliance(hr.model_copy(update={"findings": findings}), KNOWN)
        assert [g for g in grounds(view) if g.kind == "finding"] == []

    def test_a_reference_that_the_catalogue_does_not_know_is_passed_over(self, hr: Draft) -> None:
        odd = ("eu-ai-act/Art.999", "nowhere/1", "eu-ai-act", "")
        finding = hr.findings[0].model_copy(update={"references": odd, "also": ("gone@x",)})
        bare = only(hr, finding)
        assert [g for g in grounds(compliance(bare, KNOWN)) if g.kind == "finding"] == []


class TestFrameworks:
    def test_the_three_of_them_in_order_with_version_and_nature(self, hr: Draft) -> None:
        view = compliance(hr, KNOWN)
        assert [f.key for f in view.frameworks] == ["eu-ai-act", "nist-ai-rmf", "iso-42001"]
        for found in view.frameworks:
            assert found.version == KNOWN.frameworks[found.key].version
            assert found.nature
            assert found.checked == KNOWN.vocabulary.verification_values["verified_secondary"]
        assert view.catalogue_version == KNOWN.version

    def test_items_stand_in_the_order_of_the_text(self, hr: Draft) -> None:
        for found in compliance(hr, KNOWN).frameworks:
            order = [i.id for i in KNOWN.frameworks[found.key].items]
            places = [order.index(i.id) for i in found.items]
            assert places == sorted(places)

    def test_dates_are_those_of_the_catalogue_and_of_the_act_only(self, hr: Draft) -> None:
        view = compliance(hr, KNOWN)
        for found in framework(view, "eu-ai-act").items:
            said = KNOWN.frameworks["eu-ai-act"].by_id[found.id].applies_from
            assert found.applies_from == said
        others = [i for key in ("nist-ai-rmf", "iso-42001") for i in framework(view, key).items]
        assert others
        assert {(i.applies_from, i.only_if) for i in others} == {("", "")}

    def test_duties_of_a_class_name_the_question_they_hang_on(self, hr: Draft) -> None:
        view = compliance(hr, KNOWN)
        hangs = {i.id: i.only_if for i in framework(view, "eu-ai-act").items}
        assert hangs["Art.14"] == "high-risk"
        assert hangs["Annex III"] == ""
        assert set(hangs.values()) <= {"", *(question.id for question in view.risk)}

    def test_an_organisation_may_correct_a_date(self, hr: Draft, tmp_path: Path) -> None:
        path = tmp_path / "frameworks" / "eu-ai-act.yaml"
        path.parent.mkdir()
        lines = "".join(
            f"  - {{id: {i.id}, title: '{i.title}', applies_from: '2031-01-01'}}\n"
            for i in KNOWN.frameworks["eu-ai-act"].items
        )
        path.write_text(f"key: eu-ai-act\nitems:\n{lines}")
        known = load([tmp_path], today=date(2026, 11, 24))
        items = framework(compliance(hr, known), "eu-ai-act").items
        assert {i.applies_from for i in items} == {"2031-01-01"}


def test_it_is_the_same_every_time(hr: Draft) -> None:
    first, second = compliance(hr, KNOWN), compliance(draft_of(HR), KNOWN)
    assert first.model_dump_json() == second.model_dump_json()


def test_it_does_not_depend_on_the_order_of_the_models_parts(chat: Draft) -> None:
    system = chat.system.model_copy(
        update={
            "flows": chat.system.flows[::-1],
            "components": chat.system.components[::-1],
        }
    )
    turned = compliance(chat.model_copy(update={"system": system}), KNOWN)
    first = compliance(chat, KNOWN)
    assert turned.frameworks == first.frameworks
    assert [(q.answer, [s.text for s in q.signs]) for q in turned.risk] == [
        (q.answer, [s.text for s in q.signs]) for q in first.risk
    ]
