"""Step roads: how the design stands to each pre-approved pattern that concerns it."""

from collections.abc import Iterable, Sequence

from agents.analysts.base import Analyst, Reading
from agents.catalogue.loader import Pattern
from agents.evidence import Evidence
from agents.findings import Finding, RoadControl, RoadVerdict
from agents.steps.checked import Checked, Sieve
from agents.steps.judge import of_threat

MAX_ROADS = 5
_ORDER = {"deviates": 0, "partly": 1, "recommended": 2, "adopted": 3}


def relevant(reading: Reading) -> tuple[Pattern, ...]:
    """Patterns in force or proposed that apply to a kind of component the design has."""
    kinds = {component.kind for component in reading.system.components}
    return tuple(
        pattern
        for _, pattern in sorted(reading.catalogue.patterns.items())
        if pattern.status != "retired" and kinds & set(pattern.applies_to)
    )


async def roads(
    patterns: Sequence[Pattern], findings: Sequence[Finding], reading: Reading, analyst: Analyst
) -> Checked[tuple[RoadVerdict, ...]]:
    """The analyst's verdicts; a control counts as shown only with a verified quote.

    A control that is not shown may carry the quote that denies it.
    """
    by_id = {pattern.id: pattern for pattern in patterns}
    ids = {finding.id for finding in findings}
    sieve = Sieve(reading.documents)
    kept: list[RoadVerdict] = []
    for verdict in await analyst.roads(patterns, findings, reading):
        pattern = by_id.pop(verdict.pattern_id, None)
        if pattern is not None:
            update = {
                "controls": _controls(verdict.controls, pattern, sieve),
                "covers": tuple(c for c in verdict.covers if c in ids),
                "verification": pattern.verification_steps,
            }
            kept.append(_honest(verdict.model_copy(update=update)))
    kept.sort(key=lambda v: (_ORDER[v.status], -len(v.covers), v.pattern_id))
    return Checked[tuple[RoadVerdict, ...]](value=tuple(kept[:MAX_ROADS]), dropped=sieve.dropped)


def _controls(
    given: Iterable[RoadControl], pattern: Pattern, sieve: Sieve
) -> tuple[RoadControl, ...]:
    by_id = {control.id: control for control in given}
    controls = []
    for required in pattern.required_controls:
        answer = by_id.get(required.id)
        quote = answer.evidence if answer is not None else None
        kept = sieve.keep((quote,)) if quote is not None else ()
        shown = answer is not None and answer.shown and bool(kept)
        controls.append(
            RoadControl(
                id=required.id,
                text=required.text,
                shown=shown,
                evidence=kept[0] if kept else None,
                missing="" if shown or answer is None else answer.missing,
            )
        )
    return tuple(controls)


def _honest(verdict: RoadVerdict) -> RoadVerdict:
    """Adopted means that every required control is shown; partly, that at least one is."""
    shown = sum(control.shown for control in verdict.controls)
    if verdict.status == "adopted" and shown < len(verdict.controls):
        return verdict.model_copy(update={"status": "partly" if shown else "recommended"})
    return verdict


def of_surviving(
    verdicts: Iterable[RoadVerdict], findings: Iterable[Finding]
) -> tuple[RoadVerdict, ...]:
    """Verdicts as they stand after refuting: a pattern that answers nothing is not recommended."""
    ids = {finding.id for finding in findings}
    kept = []
    for verdict in verdicts:
        covers = tuple(id_ for id_ in verdict.covers if id_ in ids)
        if covers or verdict.status != "recommended":
            kept.append(verdict.model_copy(update={"covers": covers}))
    return tuple(kept)


def deviations(
    verdicts: Iterable[RoadVerdict], findings: Iterable[Finding], reading: Reading
) -> tuple[Finding, ...]:
    """A finding for each pattern the design takes up and breaks, unless a finding covers it."""
    covered = {pattern for finding in findings for pattern in finding.patterns}
    found = []
    for verdict in verdicts:
        pattern = reading.catalogue.patterns[verdict.pattern_id]
        denied = tuple(c.evidence for c in verdict.controls if c.evidence and not c.shown)
        threat = next(
            (
                reading.catalogue.threats[t]
                for t in pattern.covers_threats
                if t in reading.catalogue.threats
            ),
            None,
        )
        if verdict.status == "deviates" and verdict.pattern_id not in covered and denied and threat:
            found.append(_deviation(verdict, of_threat(threat, reading), denied))
    return tuple(found)


def _deviation(verdict: RoadVerdict, base: Finding, denied: tuple[Evidence, ...]) -> Finding:
    missing = [control.text for control in verdict.controls if not control.shown]
    return base.model_copy(
        update={
            "id": f"deviates-{verdict.pattern_id}",
            "threat_id": None,
            "title": f"Departs from the pattern {verdict.name}",
            "component_name": verdict.name,
            "why": verdict.reason,
            "change": ". ".join(missing[:2]) + ".",
            "question": f"Is there a reason to depart from {verdict.pattern_id} here?",
            "controls": tuple(missing),
            "patterns": (verdict.pattern_id,),
            "evidence": denied,
        }
    )
