"""Roads: which required controls the text shows, and what a deviation becomes."""

import asyncio

from agents.analysts.lexical import LexicalAnalyst
from agents.findings import Finding, RoadVerdict
from agents.steps import roads as step
from agents.steps.judge import of_threat
from agents.system import Standing
from tests.agents.designs import Design, shop

SCHEMAS = (
    "The Order API checks explicit schemas for requests and responses; unknown fields and "
    "oversize files are refused."
)
POLICY = "Authentication and object-level authorisation of the Order API sit in one policy layer."


def verdicts(design: Design, *findings: Finding) -> dict[str, RoadVerdict]:
    reading = design.reading()
    patterns = step.relevant(reading)
    answer = asyncio.run(step.roads(patterns, findings, reading, LexicalAnalyst()))
    assert answer.dropped == 0
    return {verdict.pattern_id: verdict for verdict in answer.value}


def finding(design: Design, threat: str) -> Finding:
    reading = design.reading()
    return of_threat(reading.catalogue.threats[threat], reading).model_copy(
        update={
            "id": f"{threat}@order-api",
            "component_id": "order-api",
            "component_name": "Order API",
            "why": "It is open.",
            "evidence": (design.quote("Customers call"),),
        }
    )


def test_only_patterns_for_the_kinds_of_this_design() -> None:
    ids = {pattern.id for pattern in step.relevant(shop().reading())}
    assert "PR-22" in ids
    assert "PR-15" not in ids  # memory of agents


def test_shown_controls_carry_their_quote() -> None:
    design = shop(f"{SCHEMAS}\n{POLICY}")
    design.control(SCHEMAS, Standing.IN_FORCE).control(POLICY, Standing.IN_FORCE)
    road = verdicts(design)["PR-22"]
    assert road.status == "partly"
    shown = {c.id: c.evidence.quote for c in road.controls if c.evidence and c.shown}
    assert shown == {"PR-22.C1": SCHEMAS, "PR-22.C2": POLICY}
    assert [c.shown for c in road.controls] == [True, True, False, False, False]


def test_planned_controls_are_not_shown() -> None:
    design = shop(f"{SCHEMAS}\n{POLICY}")
    design.control(SCHEMAS, Standing.PLANNED).control(POLICY, Standing.PLANNED)
    assert "PR-22" not in verdicts(design)


def test_a_road_that_answers_findings_is_recommended() -> None:
    design = shop()
    two = [finding(design, t) for t in ("broken-object-authorisation", "mass-assignment")]
    road = verdicts(design, *two)["PR-22"]
    assert (road.status, road.covers) == ("recommended", tuple(f.id for f in two))
    assert verdicts(design, two[1]) == {}


def test_a_denied_control_deviates_and_becomes_a_finding() -> None:
    denied = "Webhooks carry no signature, no time and no nonce, and messages are not idempotent."
    design = shop(f"{SCHEMAS}\n{denied}")
    design.control(SCHEMAS, Standing.IN_FORCE).control(denied, Standing.NEGATED)
    reading = design.reading()
    road = verdicts(design)["PR-22"]
    assert road.status == "deviates"
    (made,) = step.deviations((road,), (), reading)
    assert made.id == "deviates-PR-22"
    assert made.evidence[0].quote == denied
    covered = finding(design, "broken-object-authorisation")
    assert step.deviations((road,), (covered,), reading) == ()


def test_at_most_five_the_most_useful_first() -> None:
    design = shop()
    findings = [
        finding(design, threat.id)
        for threat in design.reading().catalogue.threats.values()
        if "service" in threat.applies_to
    ]
    assert "PR-01" not in verdicts(design, *findings)  # an LLM gateway: there is no model here
    roads = list(verdicts(design, *findings).values())
    assert 1 < len(roads) <= step.MAX_ROADS
    assert [len(r.covers) for r in roads] == sorted((len(r.covers) for r in roads), reverse=True)


def test_adopted_is_not_believed_without_quotes() -> None:
    design = shop()
    reading = design.reading()
    patterns = step.relevant(reading)

    class Generous(LexicalAnalyst):
        async def roads(self, patterns, *_):  # type: ignore[no-untyped-def]
            return tuple(
                RoadVerdict(
                    pattern_id=p.id, name=p.name, status="adopted", reason="Sure.", controls=()
                )
                for p in (*patterns, patterns[0].model_copy(update={"id": "PR-99"}))
            )

    answer = asyncio.run(step.roads(patterns, (), reading, Generous()))
    assert {verdict.status for verdict in answer.value} == {"recommended"}
    assert "PR-99" not in {verdict.pattern_id for verdict in answer.value}
