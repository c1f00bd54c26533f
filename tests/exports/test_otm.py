"""OTM: references that hold, a zone for every component, and risks that say where they come from."""

from itertools import chain

import pytest

from agents.evidence import Evidence
from agents.findings import Draft
from agents.system import Component, Flow, SystemModel
from service.exports.otm import WHOLE_DESIGN
from service.exports.zones import Zones
from tests.exports.drafts import DRAFTS, TENANTS, TLS, added, demo, full, only, reviewed, small
from tests.exports.support import Json, catalogue, distinct, every, parsed
from tests.support import DESIGN


def model(draft: Draft) -> Json:
    """The document."""
    return parsed(draft, "otm")


def ids(body: Json, *kinds: str) -> list[str]:
    """Ids of all elements of these kinds."""
    return [item["id"] for kind in kinds for item in body[kind]]


@pytest.mark.parametrize("name", DRAFTS)
def test_references_hold(name: str) -> None:
    body = model(DRAFTS[name]())
    everything = ids(
        body,
        "representations",
        "assets",
        "trustZones",
        "components",
        "dataflows",
        "threats",
        "mitigations",
    )
    assert distinct(everything)
    zones, components = set(ids(body, "trustZones")), set(ids(body, "components"))
    assets = set(ids(body, "assets"))
    for component in body["components"]:
        assert component["parent"]["trustZone"] in zones
        handled = component.get("assets", {"processed": (), "stored": ()})
        assert set(chain(handled["processed"], handled["stored"])) <= assets
    for flow in body["dataflows"]:
        assert {flow["source"], flow["destination"]} <= components
        assert set(flow["assets"]) <= assets
    instances = [i for component in body["components"] for i in component.get("threats", ())]
    assert sorted(i["threat"] for i in instances) == sorted(ids(body, "threats"))
    used = {m["mitigation"] for i in instances for m in i["mitigations"]}
    assert used == set(ids(body, "mitigations"))
    represented = [e for lists in every(body, "representations") for e in lists if "line" in e]
    assert {e["representation"] for e in represented} <= set(ids(body, "representations"))
    assert distinct([e["id"] for e in represented])


@pytest.mark.parametrize("name", DRAFTS)
def test_numbers_are_percentages_and_attributes_are_strings(name: str) -> None:
    body = model(DRAFTS[name]())
    numbers = [
        *every(body, "trustRating"),
        *every(body, "confidentiality"),
        *every(body, "integrity"),
        *every(body, "availability"),
        *every(body, "riskReduction"),
        *every(body, "impact"),
        *(n for n in every(body, "likelihood") if n is not None),
    ]
    assert all(isinstance(n, int) and 0 <= n <= 100 for n in numbers)
    for attributes in every(body, "attributes"):
        assert all(isinstance(value, str) and value for value in attributes.values())


def test_components_carry_what_the_text_says() -> None:
    draft = demo()
    body = model(draft)
    found = {c["attributes"]["lintelId"]: c for c in body["components"] if c["id"] != WHOLE_DESIGN}
    assert set(found) == {component.id for component in draft.system.components}
    for component in draft.system.components:
        made = found[component.id]
        assert made["name"] == component.name
        assert made["type"] == component.kind
        assert [(e["line"], e["codeSnippet"]) for e in made["representations"]] == [
            (e.line_start, e.quote) for e in component.evidence
        ]
        open_ = sum(f.component_id == component.id for f in draft.findings)
        settled = sum(m.component_id == component.id for m in draft.mitigated)
        states = [instance["state"] for instance in made["threats"]]
        assert states == ["exposed"] * open_ + ["mitigated"] * settled


def test_a_data_store_stores_and_a_service_processes() -> None:
    draft = demo()
    body = model(draft)
    made = {c["attributes"].get("lintelId", ""): c for c in body["components"] if "attributes" in c}
    stored = 0
    for component in draft.system.components:
        kind = catalogue().vocabulary.kind(component.kind)
        assert kind is not None
        assets = made[component.id]["assets"]
        stored += len(assets["stored"])
        empty = "processed" if kind.stride_element == "data_store" else "stored"
        assert assets[empty] == []
    assert stored > 0


def test_threats_show_their_arithmetic() -> None:
    draft = demo()
    body = model(draft)
    titles = {item.id: item.title for item in catalogue().frameworks["stride"].items}
    assert len(body["threats"]) == len(draft.findings) + len(draft.mitigated)
    for threat, finding in zip(body["threats"], draft.findings, strict=False):
        risk = threat["risk"]
        assert threat["name"] == finding.title
        assert threat["attributes"]["lintelId"] == finding.id
        assert (risk["likelihood"], risk["impact"]) == (
            finding.likelihood * 20,
            finding.impact * 20,
        )
        last = finding.rating[-1]
        assert risk["likelihoodComment"].endswith(
            f"Likelihood {last.likelihood}, impact {last.impact}."
        )
        assert threat["categories"] == [titles[letter] for letter in finding.stride]
        assert f"cwe/{threat['cwes'][0]}" in finding.references if threat["cwes"] else True
        assert finding.evidence[0].quote in threat["description"]


def test_controls_are_recommended_and_share_the_reduction() -> None:
    finding = added(1, controls=("One", "Two", "Three"), threat_id="t")
    other = added(2, "added-b-1", controls=("One", "Two", "Three"), threat_id="t")
    alone = added(3, "added-c-1", change="Change it")
    body = model(only(finding, other, alone))
    assert [(m["name"], m["riskReduction"]) for m in body["mitigations"]] == [
        ("One", 33),
        ("Two", 33),
        ("Three", 33),
        ("Change it", 100),
    ]
    assert set(every(body["components"], "state")) == {"exposed", "recommended"}


def test_what_the_text_settles_is_mitigated_with_the_quote() -> None:
    draft = full()
    body = model(draft)
    (item,) = draft.mitigated
    threat = next(t for t in body["threats"] if t["attributes"]["lintelId"] == item.id)
    rating = catalogue().threats[item.threat_id].default_rating
    assert threat["risk"]["likelihood"] == rating.likelihood * 20
    instance = next(
        i for c in body["components"] for i in c["threats"] if i["threat"] == threat["id"]
    )
    assert instance["state"] == "mitigated"
    assert [m["state"] for m in instance["mitigations"]] == ["implemented"]
    shown = next(
        m for m in body["mitigations"] if m["id"] == instance["mitigations"][0]["mitigation"]
    )
    assert item.evidence[0].quote in shown["description"]


def test_states_of_dismissed_findings() -> None:
    body = model(full())
    states = [i["state"] for c in body["components"] for i in c["threats"]]
    assert states.count("accepted") == 1
    dismissed = [t for t in body["threats"] if "dismissed" in t["attributes"]]
    assert dismissed[0]["attributes"]["dismissed"] == "accepted_risk: Signed until May."


def test_threats_of_no_component_hang_on_the_design() -> None:
    own, gone = added(1), added(2, "x@gone", component_id="gone")
    body = model(only(own, gone))
    whole = next(c for c in body["components"] if c["id"] == WHOLE_DESIGN)
    assert len(whole["threats"]) == 2
    assert whole["parent"] == {"trustZone": Zones.inside}
    placed = added(1, component_id=small().system.components[0].id)
    body = model(only(placed))
    assert WHOLE_DESIGN not in ids(body, "components")


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("external_user", "internet"),
        ("external_content", "internet"),
        ("human_operator", "corp_to_cloud"),
        ("third_party_api", "partner"),
        ("web_frontend", "device"),
        ("llm", "system"),
        ("database", "system"),
        ("no_such_kind", "system"),
    ],
)
def test_a_zone_by_kind(kind: str, place: str) -> None:
    part = Component(id="p", name="P", kind=kind, evidence=(TLS,))
    zones = Zones(SystemModel(components=(part,)), catalogue().vocabulary)
    assert zones.place(part) == place


def test_a_hosted_model_lies_with_its_provider() -> None:
    def part(id_: str, kind: str) -> Component:
        return Component(id=id_, name=id_, kind=kind, evidence=(TLS,))

    app, model_, api = part("app", "service"), part("m", "llm"), part("api", "third_party_api")
    for flow, expected in (
        (("app", "m"), ("system", "model_provider", "partner")),
        (("m", "app"), ("system", "model_provider", "partner")),
        (("m", "api"), ("system", "system", "model_provider")),
    ):
        source, target = flow
        crossing = Flow(
            id="f", source=source, target=target, crosses=("model_provider",), evidence=(TLS,)
        )
        system = SystemModel(components=(app, model_, api), flows=(crossing,))
        zones = Zones(system, catalogue().vocabulary)
        assert tuple(map(zones.place, (app, model_, api))) == expected


def test_zones_of_the_design_carry_their_lines() -> None:
    draft = demo()
    body = model(draft)
    zones = {zone["type"]: zone for zone in body["trustZones"]}
    ratings = [zone["risk"]["trustRating"] for zone in body["trustZones"]]
    assert ratings == sorted(ratings)
    for boundary in draft.system.boundaries:
        if boundary.kind in zones:
            lines = [e["line"] for e in zones[boundary.kind]["representations"]]
            assert lines == [e.line_start for e in boundary.evidence]
    assert body["project"]["attributes"]["boundaries"].split(", ") == [
        b.kind for b in draft.system.boundaries
    ]


def test_questions_and_what_was_not_read_are_in_the_project() -> None:
    draft = full()
    attributes = model(draft)["project"]["attributes"]
    assert attributes["openQuestions"].split("\n") == [q.text for q in draft.questions]
    assert "Cut at line 9." in attributes["notRead"]
    assert "A note." in attributes["notRead"]
    assert model(small())["project"]["name"] == "acme/support #7"


def test_ids_survive_moved_lines() -> None:
    moved = model(reviewed("Preface.\n\n" * 3 + DESIGN))
    kinds = ("assets", "trustZones", "components", "dataflows", "threats", "mitigations")
    assert ids(moved, *kinds) == ids(model(small()), *kinds)


def test_a_flow_without_a_place_for_quotes_keeps_its_quote() -> None:
    draft = demo()
    flows = model(draft)["dataflows"]
    evidence: list[Evidence] = [flow.evidence[0] for flow in draft.system.flows]
    assert [flow["attributes"]["quote"] for flow in flows] == [e.quote for e in evidence]
    assert TENANTS.quote not in [e.quote for e in evidence]
