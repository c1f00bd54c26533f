"""Merging by a model: the same attack on the same part with the same fix, and nothing else."""

from collections.abc import Mapping, Sequence

from agents.analysts.model import texts
from agents.analysts.model.answers import MergeAnswer
from agents.analysts.model.proof import numbers, unknown
from agents.analysts.model.room import Room
from agents.catalogue.loader import ordered_references
from agents.evidence import Evidence
from agents.findings import Finding
from agents.metering import meter

_MOST_QUOTES = 4


async def merge(findings: Sequence[Finding], room: Room) -> tuple[Finding, ...]:
    """Fewer findings, the kept ones with the quotes of those that went into them."""
    if len(findings) < 2:
        return tuple(findings)
    threats = room.reading.catalogue.threats
    by_number = dict(enumerate(findings, 1))

    def problems(answer: MergeAnswer) -> list[str]:
        found = numbers("same", (n for s in answer.same for n in (s.keep, *s.also)), len(findings))
        found += numbers("named", (n.finding for n in answer.named), len(findings))
        found += unknown("named", (n.catalogue_id for n in answer.named), threats)
        for same in answer.same:
            apart = [n for n in same.also if not _together(by_number, same.keep, n, room)]
            found += [f"{n} is on another part than {same.keep}: they are two." for n in apart]
        return found

    text = texts.findings(
        findings, room.reading, ids=True, fix=True, quotes=0 if room.desk.whole else 1
    )
    answer = await room.ask(MergeAnswer, "merge", problems, findings=text)
    return _merged(answer, by_number, room)


def _merged(
    answer: MergeAnswer, by_number: Mapping[int, Finding], room: Room
) -> tuple[Finding, ...]:
    into: dict[int, int] = {}
    for same in answer.same:
        keep = into.get(same.keep, same.keep)
        for number in same.also:
            fits = number != keep and number not in into and number not in into.values()
            if fits and _together(by_number, keep, number, room):
                into[number] = keep
            else:
                meter().dropped += 1
    kept = []
    for number, finding in by_number.items():
        if number not in into:
            others = [by_number[n] for n, target in into.items() if target == number]
            kept.append(_united(finding, others))
    named = {
        by_number[n.finding].id: n.catalogue_id for n in answer.named if n.finding in by_number
    }
    return tuple(_named(finding, named.get(finding.id, ""), room) for finding in kept)


def _together(by_number: Mapping[int, Finding], keep: int, other: int, room: Room) -> bool:
    """On the same part, or at two ends of one flow."""
    one, two = by_number.get(keep), by_number.get(other)
    if one is None or two is None:
        return False
    ends = {one.component_id, two.component_id}
    flows = room.reading.system.flows
    return len(ends) == 1 or any(ends == {flow.source, flow.target} for flow in flows)


def _united(finding: Finding, others: Sequence[Finding]) -> Finding:
    if not others:
        return finding
    quotes: dict[Evidence, None] = dict.fromkeys(finding.evidence)
    quotes |= dict.fromkeys(e for other in others for e in other.evidence)
    known = next((o for o in others if o.threat_id is not None), None)
    update: dict[str, object] = {
        "evidence": tuple(quotes)[:_MOST_QUOTES],
        "also": tuple(i for i in dict.fromkeys(_ids(finding, others)) if i != finding.id),
    }
    if finding.threat_id is None and known is not None:
        update |= _catalogue_part(known)
    return finding.model_copy(update=update)


def _ids(finding: Finding, others: Sequence[Finding]) -> list[str]:
    return [id_ for one in (finding, *others) for id_ in (*one.also, one.id)]


def _named(finding: Finding, threat_id: str, room: Room) -> Finding:
    """With the catalogue's references, where the model named a threat that fits the part."""
    threat = room.reading.catalogue.threats.get(threat_id)
    if threat is None or finding.threat_id is not None:
        meter().dropped += threat is None and bool(threat_id)
        return finding
    return finding.model_copy(
        update={
            "threat_id": threat.id,
            "domain": threat.domain,
            "controls": threat.recommended_controls,
            "references": ordered_references(threat),
            "patterns": threat.paved_road_patterns,
        }
    )


def _catalogue_part(known: Finding) -> dict[str, object]:
    names = ("threat_id", "domain", "controls", "references", "patterns")
    return {name: getattr(known, name) for name in names}
