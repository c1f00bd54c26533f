"""Roads: which required controls the text shows, and what a deviation becomes."""

import asyncio
import re

from agents.analysts.lexical import LexicalAnalyst
from agents.analysts.lexical.roads import roads
from agents.catalogue.loader import load
from agents.findings import Finding, RoadControl, RoadVerdict
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


def test_a_verdict_carries_the_verification_steps_of_its_pattern() -> None:
    design = shop(f"{SCHEMAS}\n{POLICY}")
    design.control(SCHEMAS, Standing.IN_FORCE).control(POLICY, Standing.IN_FORCE)
    pattern = load().patterns["PR-22"]
    assert pattern.verification_steps
    assert verdicts(design)["PR-22"].verification == pattern.verification_steps


def test_the_steps_are_the_patterns_own_whatever_the_analyst_says() -> None:
    class Inventive(LexicalAnalyst):
        async def roads(self, patterns, *_):  # type: ignore[no-untyped-def]
            given = {"status": "recommended", "reason": "So.", "verification": ("Trust it",)}
            return tuple(
                RoadVerdict.model_validate(
                    {"pattern_id": p.id, "name": p.name, "controls": (), **given}
                )
                for p in patterns
            )

    reading = shop().reading()
    patterns = step.relevant(reading)
    answer = asyncio.run(step.roads(patterns, (), reading, Inventive()))
    assert answer.value
    for verdict in answer.value:
        assert verdict.verification == load().patterns[verdict.pattern_id].verification_steps


def test_a_control_that_is_not_shown_says_which_of_its_words_the_text_lacks() -> None:
    design = shop(f"{SCHEMAS}\n{POLICY}")
    design.control(SCHEMAS, Standing.IN_FORCE).control(POLICY, Standing.IN_FORCE)
    said = set(re.findall(r"[a-z-]+", design.document.text.lower()))
    for control in verdicts(design)["PR-22"].controls:
        words = [word for word in control.missing.split(", ") if word]
        assert bool(words) is not control.shown
        assert len(words) <= 4
        assert all(word in control.text.lower() for word in words)
        assert not set(words) & said


def test_a_word_that_the_text_has_is_not_missing() -> None:
    design = shop(f"{SCHEMAS}\n{POLICY}")
    design.control(SCHEMAS, Standing.IN_FORCE).control(POLICY, Standing.IN_FORCE)
    before = next(c for c in verdicts(design)["PR-22"].controls if not c.shown)
    word = before.missing.split(", ")[0]
    more = shop(f"{SCHEMAS}\n{POLICY}\nThe Order API has a {word} somewhere.")
    more.control(SCHEMAS, Standing.IN_FORCE).control(POLICY, Standing.IN_FORCE)
    after = next(c for c in verdicts(more)["PR-22"].controls if c.id == before.id)
    assert word not in after.missing.split(", ")


def test_a_function_word_is_never_missing() -> None:
    reading = shop().reading()
    threats, patterns = reading.catalogue.threats, reading.catalogue.patterns
    found = [of_threat(threat, reading) for threat in threats.values()]
    said = roads(tuple(patterns.values()), found, reading)
    missing = {w for verdict in said for c in verdict.controls for w in c.missing.split(", ")}
    assert len(missing) > 50
    assert not missing & {"a", "an", "the", "as", "between", "each", "before", "without", "during"}


def test_missing_words_do_not_stand_beside_a_quote_that_shows() -> None:
    design = shop(SCHEMAS)
    pattern = load().patterns["PR-22"]
    first = pattern.required_controls[0]

    class Confused(LexicalAnalyst):
        async def roads(self, *_):  # type: ignore[no-untyped-def]
            said = {"id": first.id, "text": "Other words", "missing": "everything"}
            shown = RoadControl(**said, shown=True, evidence=design.quote("explicit schemas"))
            given = {"pattern_id": pattern.id, "name": pattern.name, "reason": "So."}
            return (RoadVerdict(**given, status="partly", controls=(shown,)),)

    reading = design.reading()
    (verdict,) = asyncio.run(step.roads((pattern,), (), reading, Confused())).value
    assert (verdict.controls[0].shown, verdict.controls[0].missing) == (True, "")
    assert verdict.controls[0].text == first.text


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
