"""Refuting by a model that does not know who wrote a finding, on the part it quotes."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from agents.analysts.model import texts
from agents.analysts.model.answers import RefuteAnswer
from agents.analysts.model.proof import each_once, numbers
from agents.analysts.model.room import Room
from agents.fence import flat
from agents.findings import Finding, Refutation
from agents.metering import meter

_NUMBER = re.compile(
    r"(?<!\bline )(?<!\blines )(?<![\w.,:/–-])(?:finding |number |no\. ?)?(\d{1,3})\b(?![.,:/–-]\d)",
    re.IGNORECASE,
)
"""A number that may be that of a finding: none of a line, and no part of another number."""
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
        numbered = set(range(1, len(asked) + 1))
        found = numbers("keeps and broken", given, len(asked)) + each_once(given, len(asked))
        for attempt in answer.broken:
            where = f"finding {attempt.finding}"
            found += room.proof.problems(where, attempt.evidence)
            if attempt.ground in _NEED_WORDS and not attempt.evidence:
                found.append(f"{where}: {attempt.ground} needs a quote; without one keep it.")
            others = [int(n) for n in _NUMBER.findall(attempt.reason) if int(n) != attempt.finding]
            if attempt.ground == "duplicate" and not numbered & set(others):
                found.append(f"{where}: duplicate needs the number of the stronger in reason.")
        return found

    text = texts.findings(asked, room.reading, quotes=1 if room.desk.whole else 2)
    answer = await room.ask(RefuteAnswer, "refute", problems, part=part, findings=text)
    return _refutations(answer, asked, room)


def _refutations(answer: RefuteAnswer, asked: Sequence[Finding], room: Room) -> list[Refutation]:
    by_number = dict(enumerate(asked, 1))
    kept: dict[str, Refutation] = {}
    gone = {a.finding for a in answer.broken if a.outcome == "drops"} - set(answer.keeps)
    for attempt in answer.broken:
        finding = by_number.get(attempt.finding)
        if finding is None or attempt.finding in answer.keeps:
            # Kept and broken at once is kept.
            meter().dropped += 1
            continue
        if attempt.ground == "duplicate" and not _stronger(attempt.reason, by_number, gone):
            # Two findings may name each other: then nothing would be left of either.
            gone.discard(attempt.finding)
            meter().dropped += 1
            continue
        evidence = room.proof.all(attempt.evidence, needed=False)
        if attempt.ground in _NEED_WORDS and not evidence:
            meter().dropped += 1
            continue
        kept.setdefault(
            finding.id,
            Refutation(
                finding_id=finding.id,
                outcome=attempt.outcome,
                ground=attempt.ground,
                reason=_titled(flat(attempt.reason), attempt.ground, by_number),
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


def _stronger(reason: str, by_number: Mapping[int, Finding], gone: Collection[int]) -> bool:
    """True where the reason names a finding that stays."""
    return any(int(n) in by_number and int(n) not in gone for n in _NUMBER.findall(reason))


def _titled(reason: str, ground: str, by_number: Mapping[int, Finding]) -> str:
    """Numbers of findings mean nothing to an architect; their titles do."""
    if ground != "duplicate":
        return reason
    known = {str(number): finding.title for number, finding in by_number.items()}
    return _NUMBER.sub(lambda m: f"“{known[m[1]]}”" if m[1] in known else m[0], reason)
