"""Threat Composer: the statement grammar, links that hold, and limits as the consumer counts them."""

import re

import pytest

from agents.findings import Draft
from service.exports.text import units
from service.exports.threat_statements import Statement, Statements, listed
from tests.exports.drafts import DRAFTS, TENANTS, added, demo, full, only, quoted, reviewed, small
from tests.exports.support import Json, catalogue, distinct, parsed
from tests.support import DESIGN

LIMITS = {
    "threatSource": 200,
    "prerequisites": 200,
    "threatAction": 200,
    "threatImpact": 200,
    "statement": 1400,
    "content": 1000,
    "id": 36,
}


def workspace(draft: Draft) -> Json:
    """The file."""
    return parsed(draft, "threat-composer")


def metadata(entry: Json) -> Json:
    """Its metadata by key."""
    return {item["key"]: item["value"] for item in entry["metadata"]}


@pytest.mark.parametrize("name", DRAFTS)
def test_links_hold_and_ids_are_distinct(name: str) -> None:
    body = workspace(DRAFTS[name]())
    threats = [t["id"] for t in body["threats"]]
    mitigations = [m["id"] for m in body["mitigations"]]
    assumptions = [a["id"] for a in body["assumptions"]]
    assert distinct([*threats, *mitigations, *assumptions])
    assert {link["mitigationId"] for link in body["mitigationLinks"]} == set(mitigations)
    assert {link["linkedId"] for link in body["mitigationLinks"]} <= set(threats)
    assert {link["assumptionId"] for link in body["assumptionLinks"]} <= set(assumptions)
    assert {link["linkedId"] for link in body["assumptionLinks"]} <= set(threats)
    for links in (body["mitigationLinks"], body["assumptionLinks"]):
        assert distinct([str(sorted(link.items())) for link in links])
    for kind in ("threats", "mitigations", "assumptions"):
        numbers = [entry["numericId"] for entry in body[kind]]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("name", DRAFTS)
def test_lengths_fit_as_the_consumer_counts_them(name: str) -> None:
    body = workspace(DRAFTS[name]())
    for kind in ("threats", "mitigations", "assumptions"):
        for entry in body[kind]:
            for field, limit in LIMITS.items():
                assert units(entry.get(field, "")) <= limit
            for item in (*entry.get("impactedGoal", ()), *entry.get("impactedAssets", ())):
                assert units(item) <= 200
            assert all(0 < units(tag) <= 30 for tag in entry.get("tags", ()))
            assert units(metadata(entry).get("Comments", "")) <= 1000 if "metadata" in entry else 1
    assert units(body["applicationInfo"]["name"]) <= 200
    for part in ("applicationInfo", "architecture", "dataflow"):
        assert units(body[part]["description"]) <= 100_000


@pytest.mark.parametrize("name", DRAFTS)
def test_statements_follow_the_grammar(name: str) -> None:
    for threat in workspace(DRAFTS[name]())["threats"]:
        article = "An" if threat["threatSource"][0] in "aeiou" else "A"
        conditions = f" {threat['prerequisites']}" if threat["prerequisites"] else ""
        said = f"{article} {threat['threatSource']}{conditions} can {threat['threatAction']}"
        assert threat["statement"].startswith(said)
        if threat["threatImpact"]:
            assert f", which leads to {threat['threatImpact']}" in threat["statement"]
        for field in ("threatSource", "threatAction", "threatImpact"):
            assert threat[field] == "" or threat[field][0].islower()
        assert set(metadata(threat)["STRIDE"]) <= set("STRIDE")
        assert "  " not in threat["statement"]


def test_every_form_of_the_statement() -> None:
    def said(impact: str, goals: tuple[str, ...], assets: tuple[str, ...]) -> str:
        return Statement("actor", "with access", "act", impact, goals, assets).text()

    start = "An actor with access can act"
    assert said("", (), ()) == start
    assert said("harm", (), ()) == f"{start}, which leads to harm"
    assert said("", ("integrity",), ()) == f"{start}, resulting in reduced integrity"
    assert said("", (), ("logs", "keys")) == f"{start}, negatively impacting logs and keys"
    assert said("harm", ("a", "b", "c"), ("logs",)) == (
        f"{start}, which leads to harm, resulting in reduced a, b and c of logs"
    )
    assert Statement("client", "", "act", "", (), ()).text() == "A client can act"
    assert listed(("a", "b"), "or") == "a or b"


def test_threats_are_those_of_the_review() -> None:
    draft = demo()
    body = workspace(draft)
    priorities = {"critical": "High", "high": "High", "medium": "Medium", "low": "Low"}
    assert len(body["threats"]) == len(draft.findings) + len(draft.mitigated)
    for threat, finding in zip(body["threats"], draft.findings, strict=False):
        title = finding.title[1:]
        assert title in threat["threatAction"]
        facts = metadata(threat)
        assert facts["Priority"] == priorities[finding.severity]
        assert facts["STRIDE"] == list(finding.stride)
        assert facts["custom:lintel-id"] == finding.id
        assert facts["custom:references"] == list(finding.references)
        assert f":{finding.evidence[0].line_start}" in facts["Comments"]
        assert threat["status"] == "threatIdentified"
        if finding.component_id is not None:
            assert finding.component_name in threat["prerequisites"]
            assert finding.component_name in threat["threatAction"]
        goals = {item.id: item.violates for item in catalogue().frameworks["stride"].items}
        assert threat["impactedGoal"] == [goals[letter] for letter in finding.stride]


def test_who_could_do_it_follows_from_what_flows_in() -> None:
    system = small().system.model_copy(update={"data": (), "flows": (), "components": ()})
    parts = {
        id_: small().system.components[0].model_copy(update={"id": id_, "name": id_, "kind": kind})
        for id_, kind in (
            ("user", "external_user"),
            ("vendor", "third_party_api"),
            ("api", "service"),
        )
    }
    flow = small().system.flows[0].model_copy(update={"data_classes": (), "crosses": ()})

    def source(at: str, **fields: object) -> str:
        flows = (flow.model_copy(update={"id": "f", **fields}),)
        update = {"components": tuple(parts.values()), "flows": flows}
        made = Statements(system.model_copy(update=update), catalogue())
        return made.about("Title", at, at, ("S",)).source

    assert source("api", source="user", target="api") == "external actor"
    assert source("api", source="vendor", target="api") == "external service or partner"
    assert source("vendor", source="api", target="vendor") == "internal or external actor"
    assert source("vendor", source="api", target="vendor", crosses=("internet",)) == (
        "internal or external actor"
    )
    assert source("api", source="api", target="api", crosses=("internet",)) == "external actor"
    assert source("api", source="user", target="api", data_classes=("untrusted_content",)) == (
        "author of content that the system reads"
    )


def test_controls_shared_by_threats_are_one_mitigation() -> None:
    one = added(1, controls=("Ask a person", "Log it"))
    two = added(2, "added-b-1", controls=("Log it",))
    three = added(3, "added-c-1", change="Only this")
    body = workspace(only(one, two, three))
    assert [m["content"] for m in body["mitigations"]] == ["Ask a person", "Log it", "Only this"]
    assert {m["status"] for m in body["mitigations"]} == {"mitigationIdentified"}
    assert len(body["mitigationLinks"]) == 4


def test_what_is_settled_or_dismissed_has_a_status() -> None:
    draft = full()
    body = workspace(draft)
    settled = body["threats"][-1]
    assert settled["status"] == "threatResolved"
    shown = next(m for m in body["mitigations"] if m["status"] == "mitigationResolved")
    assert f"“{draft.mitigated[0].evidence[0].quote}”" in shown["content"]
    assert {"mitigationId": shown["id"], "linkedId": settled["id"]} in body["mitigationLinks"]
    assert body["threats"][1]["status"] == "threatResolved"
    noise = draft.findings[1].dismissed
    assert noise is not None
    finding = added(1, dismissed=noise.model_copy(update={"reason": "noise"}))
    (threat,) = workspace(only(finding))["threats"]
    assert threat["status"] == "threatResolvedNotUseful"


def test_assumptions_are_verbatim_and_linked_to_what_they_touch() -> None:
    draft = full()
    body = workspace(draft)
    assert [a["content"] for a in body["assumptions"]] == [
        e.quote for e in draft.system.assumptions
    ]
    tenants = body["assumptions"][0]
    place = f"{TENANTS.path}:{TENANTS.line_start}"
    assert metadata(tenants)["custom:stated-at"] == place
    threats = {t["id"]: metadata(t)["custom:lintel-id"] for t in body["threats"]}
    linked = {
        threats[k["linkedId"]]
        for k in body["assumptionLinks"]
        if k["assumptionId"] == tenants["id"]
    }
    assert draft.findings[0].id in linked


def test_an_assumption_is_linked_to_threats_at_the_component_it_names() -> None:
    base = only()
    web, other = (
        base.system.components[0].model_copy(update={"id": id_, "name": name, "aliases": aliases})
        for id_, name, aliases in (("web", "Portal", ("Web App",)), ("eb", "eb", ("",)))
    )
    assumption = quoted("Users open the web app over the internet.")
    update = {"components": (web, other), "assumptions": (assumption,)}
    findings = tuple(
        added(n, f"x@{part.id}", component_id=part.id, component_name=part.name)
        for n, part in enumerate((web, other), 1)
    )
    draft = base.model_copy(
        update={"system": base.system.model_copy(update=update), "findings": findings}
    )
    body = workspace(draft)
    assert [link["linkedId"] for link in body["assumptionLinks"]] == [body["threats"][0]["id"]]


def test_descriptions_carry_what_has_no_place_of_its_own() -> None:
    draft = full()
    body = workspace(draft)
    text = body["applicationInfo"]["description"]
    assert text.startswith(draft.brief)
    for question in draft.questions:
        assert question.text in text
    assert "- [ ] Try a direct call and expect a block" in text
    assert "  - Cut at line 9." in text
    assert "no architect has approved" in text
    for component in draft.system.components:
        assert f"- {component.name}" in body["architecture"]["description"]
    assert f"```mermaid\n{draft.diagram}\n```" in body["dataflow"]["description"]
    headings = re.findall(r"^(#+) ", text + body["dataflow"]["description"], re.MULTILINE)
    assert set(headings) == {"###"}


def test_a_long_description_is_cut_at_a_line() -> None:
    brief = "\n".join(f"Line {n} {'😀' * 20}" for n in range(4000))
    text = workspace(small().model_copy(update={"brief": brief}))["applicationInfo"]["description"]
    assert units(text) <= 100_000
    assert text.endswith("\n\n…")
    assert brief.startswith(text.removesuffix("\n\n…"))


def test_uuids_survive_moved_lines_and_differ_between_repositories() -> None:
    def of(draft: Draft) -> list[str]:
        return [t["id"] for t in workspace(draft)["threats"]]

    assert of(reviewed("Preface.\n\n" * 3 + DESIGN)) == of(small())
    other = small().model_copy(update={"repository": "acme/other"})
    assert not set(of(other)) & set(of(small()))
    assert all(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f-]{16}", i)
        for i in of(small())
    )
