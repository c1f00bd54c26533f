"""Refuting by a model that does not know who wrote a finding, on the part it quotes."""

from collections import defaultdict
from collections.abc import Sequence

from agents.analysts.model import texts
from agents.analysts.model.answers import RefuteAnswer
from agents.analysts.model.proof import clean, missing, numbers
from agents.analysts.model.room import Room
from agents.findings import Finding, Refutation
from agents.metering import meter

_NEED_WORDS = ("contradicted", "mitigated")
_STANDS = "No words of the documents break it."


async def refute(findings: Sequence[Finding], room: Room) -> tuple[Refutation, ...]:
    """What became of each finding; one that no answer names is kept without a refutation."""
    groups: defaultdict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[room.desk.part_of(finding.evidence)].append(finding)

    async def one(part: int) -> list[Refutation]:
        return await _part(groups[part], room, part)

    return tuple(r for found in await room.over(sorted(groups), one) for r in found)


async def _part(asked: Sequence[Finding], room: Room, part: int) -> list[Refutation]:
    def problems(answer: RefuteAnswer) -> list[str]:
        given = [*answer.keeps, *(a.finding for a in answer.broken)]
        found = numbers("keeps and broken", given, len(asked)) + missing(given, len(asked))
        for attempt in answer.broken:
            where = f"finding {attempt.finding}"
            found += room.proof.problems(where, attempt.evidence)
            if attempt.ground in _NEED_WORDS and not attempt.evidence:
                found.append(f"{where}: {attempt.ground} needs a quote; without one keep it.")
        return found

    text = texts.findings(asked, full=True)
    answer = await room.ask(RefuteAnswer, "refute", problems, part=part, findings=text)
    return _refutations(answer, asked, room)


def _refutations(answer: RefuteAnswer, asked: Sequence[Finding], room: Room) -> list[Refutation]:
    by_number = dict(enumerate(asked, 1))
    kept: dict[str, Refutation] = {}
    for attempt in answer.broken:
        finding = by_number.get(attempt.finding)
        evidence = room.proof.all(attempt.evidence)
        if finding is None:
            continue
        if attempt.ground in _NEED_WORDS and not evidence:
            meter().dropped += 1
            continue
        kept.setdefault(
            finding.id,
            Refutation(
                finding_id=finding.id,
                outcome=attempt.outcome,
                ground=attempt.ground,
                reason=clean(attempt.reason),
                evidence=evidence,
            ),
        )
    for number in answer.keeps:
        finding = by_number.get(number)
        if finding is not None:
            stands = Refutation(
                finding_id=finding.id, outcome="keeps", ground="none", reason=_STANDS
            )
            kept.setdefault(finding.id, stands)
    return list(kept.values())
