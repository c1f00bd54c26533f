"""SARIF results: what the standard's schema cannot say, and what code scanning needs."""

from urllib.parse import unquote

import pytest

from agents.findings import Severity
from tests.exports.drafts import (
    DRAFTS,
    PATH,
    added,
    crowded,
    demo,
    full,
    only,
    reviewed,
    small,
    unicode_path,
)
from tests.exports.support import distinct, every, results, run_of
from tests.support import DESIGN


@pytest.mark.parametrize("name", DRAFTS)
def test_positions_and_ids_agree(name: str) -> None:
    run = run_of(DRAFTS[name]())
    rules = run["tool"]["driver"]["rules"]
    assert distinct([rule["id"] for rule in rules])
    assert {r["ruleId"] for r in run["results"]} == {rule["id"] for rule in rules}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for taxon in result.get("taxa", ()):
            component = run["taxonomies"][taxon["toolComponent"]["index"]]
            assert component["name"] == taxon["toolComponent"]["name"]
            assert component["taxa"][taxon["index"]]["id"] == taxon["id"]
    for notice in every(run["invocations"], "descriptor"):
        assert run["tool"]["driver"]["notifications"][notice["index"]]["id"] == notice["id"]
    for place in every(run["results"], "artifactLocation"):
        assert run["artifacts"][place["index"]]["location"]["uri"] == place["uri"]


@pytest.mark.parametrize("name", DRAFTS)
def test_only_failures_have_a_level(name: str) -> None:
    for result in run_of(DRAFTS[name]())["results"]:
        assert (result["level"] == "none") is (result["kind"] != "fail")
        assert len(result["locations"]) == 1
        assert all("message" in related for related in result.get("relatedLocations", ()))


@pytest.mark.parametrize("name", DRAFTS)
def test_messages_hold_no_placeholder_and_no_link(name: str) -> None:
    for text in every(run_of(DRAFTS[name]()), "message"):
        said = text["text"].replace("{{", "").replace("}}", "")
        assert said.strip()
        assert not set(said) & set("{}")
        assert "](" not in said


def test_a_finding_is_a_result_that_stands_on_its_own() -> None:
    draft = small()
    found = results(draft, "fail")
    assert len(found) == len(draft.findings)
    for result, finding in zip(found, draft.findings, strict=True):
        text = result["message"]["text"]
        assert text.startswith(finding.title)
        for part in (finding.component_name if finding.component_id else "", finding.why):
            assert part.split(".")[0] in text
        assert f"Change: {finding.change}".rstrip(".") in text
        assert result["properties"]["score"] == finding.likelihood * finding.impact
        assert [s["text"] for s in result["properties"]["rating"]] == [
            step.text for step in finding.rating
        ]
        assert result["rank"] == 4 * finding.likelihood * finding.impact


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        (Severity.CRITICAL, "error"),
        (Severity.HIGH, "error"),
        (Severity.MEDIUM, "warning"),
        (Severity.LOW, "note"),
    ],
)
def test_level_by_severity(severity: Severity, level: str) -> None:
    assert results(only(added(1, severity=severity)), "fail")[0]["level"] == level


def test_questions_are_open_and_mitigated_threats_pass() -> None:
    draft = full()
    asked = results(draft, "open")
    assert [r["properties"]["question"] for r in asked] == [q.text for q in draft.questions]
    assert asked[0]["ruleId"] == draft.questions[0].threat_ids[0]
    (passed,) = results(draft, "pass")
    assert passed["ruleId"] == "cleartext-transport"
    assert passed["message"]["text"].startswith("Mitigated: Data travels without")
    region = passed["locations"][0]["physicalLocation"]["region"]
    assert region["snippet"]["text"] == draft.mitigated[0].evidence[0].quote


def test_further_evidence_is_related_and_the_component_is_named() -> None:
    draft = full()
    first = draft.findings[0]
    assert len(first.evidence) >= 3
    result = results(draft, "fail")[0]
    related = result["relatedLocations"]
    assert [r["id"] for r in related] == list(range(1, len(first.evidence)))
    assert [r["physicalLocation"]["region"]["snippet"]["text"] for r in related] == [
        e.quote for e in first.evidence[1:]
    ]
    placed = next(r for r in results(demo(), "fail") if r["properties"]["component"]["id"])
    component = demo().system.component(placed["properties"]["component"]["id"])
    assert component is not None
    (logical,) = placed["locations"][0]["logicalLocations"]
    assert logical == {
        "name": component.name,
        "fullyQualifiedName": component.id,
        "kind": component.kind,
    }


def test_a_dismissed_finding_is_suppressed() -> None:
    found = results(full(), "fail")
    (suppression,) = found[1]["suppressions"]
    assert suppression["status"] == "accepted"
    assert suppression["justification"] == "accepted risk: Signed until May."
    assert suppression["properties"]["by"] == "ada"
    assert "suppressions" not in found[0]


def test_what_was_not_read_is_a_notification() -> None:
    (invocation,) = run_of(full())["invocations"]
    notices = invocation["toolExecutionNotifications"]
    said = [(n["descriptor"]["id"], n["level"], n["message"]["text"]) for n in notices]
    assert said == [
        ("skipped", "warning", f"{PATH}: Cut at line 9."),
        ("left-out", "note", "A note."),
        (
            "dropped-evidence",
            "warning",
            "Quotes that could not be verified: 2. They were dropped with what they carried.",
        ),
    ]
    assert invocation["executionSuccessful"] is True


@pytest.mark.parametrize("name", ["empty", "not_a_design", "too_little"])
def test_a_review_without_findings_says_why(name: str) -> None:
    draft = DRAFTS[name]()
    run = run_of(draft)
    assert not [r for r in run["results"] if r["kind"] == "fail"]
    notices = run["invocations"][0]["toolExecutionNotifications"]
    assert [n for n in notices if n["descriptor"]["id"] == "outcome"]
    assert run["properties"]["outcome"] == draft.outcome


def test_documents_are_artifacts_under_encoded_relative_uris() -> None:
    draft = unicode_path()
    path = draft.coverage.documents[0].path
    run = run_of(draft)
    (artifact,) = run["artifacts"]
    assert artifact["location"]["uriBaseId"] in run["originalUriBaseIds"]
    assert artifact["mimeType"] == "text/markdown"
    for place in every(run, "uri"):
        assert place.isascii()
        assert unquote(place) == path


def test_an_absolute_path_has_no_base() -> None:
    (artifact,) = run_of(DRAFTS["absolute"]())["artifacts"]
    assert artifact["location"] == {"uri": "file:///srv/docs/design.md"}


def test_a_finding_without_a_quote_points_at_the_document() -> None:
    (result,) = run_of(only(added(1, evidence=())))["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == PATH
    assert "region" not in location["physicalLocation"]


def test_fingerprints_survive_moved_lines() -> None:
    moved = "Preface.\n\n" * 3 + DESIGN
    one, other = results(small(), "fail"), results(reviewed(moved), "fail")
    assert [r["partialFingerprints"] for r in one] == [r["partialFingerprints"] for r in other]
    starts = [next(every(r["locations"], "startLine")) for r in one]
    assert [next(every(r["locations"], "startLine")) for r in other] == [n + 6 for n in starts]


def test_fingerprints_tell_two_hundred_findings_apart() -> None:
    prints = [r["partialFingerprints"] for r in results(crowded(), "fail")]
    for key in ("lintelId/v1", "primaryLocationLineHash"):
        assert distinct([p[key] for p in prints])
    assert len(prints) == 200


def test_the_run_names_its_category_and_tool() -> None:
    run = run_of(small())
    assert run["automationDetails"]["id"] == f"lintel/design-review/{'a' * 40}"
    assert run_of(demo())["automationDetails"]["id"] == "lintel/design-review/"
    driver = run["tool"]["driver"]
    assert driver["name"] == "Lintel"
    assert driver["semanticVersion"] == driver["version"] == small().provenance.lintel
    assert run["columnKind"] == "unicodeCodePoints"
