"""Road verdicts by a model: required controls with the words that show or deny them."""

from collections.abc import Iterable, Sequence

from agents.analysts.model import texts
from agents.analysts.model.answers import Road, RoadsAnswer
from agents.analysts.model.proof import numbers, unknown
from agents.analysts.model.room import Room
from agents.catalogue.schema import Pattern
from agents.fence import flat
from agents.findings import Finding, RoadControl, RoadVerdict
from agents.metering import meter


async def roads(
    patterns: Sequence[Pattern], findings: Sequence[Finding], room: Room
) -> tuple[RoadVerdict, ...]:
    """A verdict for each pattern that concerns the design; shown in one part is shown."""
    if not patterns:
        return ()
    by_id = {pattern.id: pattern for pattern in patterns}

    def problems(answer: RoadsAnswer) -> list[str]:
        found = unknown("pattern", (road.pattern for road in answer.roads), by_id)
        for road in answer.roads:
            pattern = by_id.get(road.pattern)
            ids = {c.id for c in pattern.required_controls} if pattern is not None else set()
            found += unknown(f"{road.pattern}, control", (c.control for c in road.controls), ids)
            found += numbers(f"{road.pattern}, covers", road.covers, len(findings))
            for control in road.controls:
                if control.shown and control.evidence is None:
                    found.append(f"{road.pattern}, control {control.control}: shown needs a quote.")
                if control.evidence is not None:
                    where = f"{road.pattern}, control {control.control}"
                    found += room.proof.problems(where, (control.evidence,))
        return found

    async def one(part: int) -> list[RoadVerdict]:
        answer = await room.ask(
            RoadsAnswer,
            "roads",
            problems,
            part=part,
            patterns=texts.patterns(patterns),
            findings=texts.findings(findings, room.reading, why=not room.desk.whole),
        )
        known = [(road, by_id.get(road.pattern)) for road in answer.roads]
        meter().dropped += sum(pattern is None for _, pattern in known)
        return [_verdict(road, pattern, findings, room) for road, pattern in known if pattern]

    parts = await room.over(room.all_parts, one)
    return _united(verdict for found in parts for verdict in found)


def _verdict(road: Road, pattern: Pattern, findings: Sequence[Finding], room: Room) -> RoadVerdict:
    ids = [finding.id for finding in findings]
    given = {control.control: control for control in road.controls}
    meter().dropped += len(given.keys() - {control.id for control in pattern.required_controls})
    controls = []
    for required in pattern.required_controls:
        answer = given.get(required.id)
        cited = answer.evidence if answer is not None else None
        evidence = room.proof.evidence(cited) if cited is not None else None
        meter().dropped += cited is not None and evidence is None
        shown = answer is not None and answer.shown and evidence is not None
        controls.append(
            RoadControl(
                id=required.id,
                text=required.text,
                shown=shown,
                evidence=evidence,
                missing="" if shown or answer is None else flat(answer.missing),
            )
        )
    return RoadVerdict(
        pattern_id=pattern.id,
        name=pattern.name,
        status=road.status,
        reason=flat(road.reason),
        controls=tuple(controls),
        covers=tuple(dict.fromkeys(ids[n - 1] for n in road.covers if 1 <= n <= len(ids))),
    )


def _united(verdicts: Iterable[RoadVerdict]) -> tuple[RoadVerdict, ...]:
    """One verdict a pattern: a control shown anywhere is shown, a denial anywhere stays."""
    by_id: dict[str, RoadVerdict] = {}
    for verdict in verdicts:
        first = by_id.get(verdict.pattern_id)
        by_id[verdict.pattern_id] = verdict if first is None else _both(first, verdict)
    return tuple(by_id.values())


def _both(one: RoadVerdict, two: RoadVerdict) -> RoadVerdict:
    pairs = zip(one.controls, two.controls, strict=True)
    controls = tuple(max(pair, key=lambda c: (c.shown, c.evidence is not None)) for pair in pairs)
    status = one.status if one.status == two.status else "partly"
    if "deviates" in (one.status, two.status):
        status = "deviates"
    covers = tuple(dict.fromkeys((*one.covers, *two.covers)))
    return one.model_copy(update={"controls": controls, "status": status, "covers": covers})
