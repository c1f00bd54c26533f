"""Judging by a model: a verdict on each candidate, on the part that its quotes are from."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from agents.analysts.model import texts
from agents.analysts.model.answers import JudgeAnswer
from agents.analysts.model.proof import each_once, numbers
from agents.analysts.model.room import Room
from agents.fence import flat
from agents.findings import Candidate, Judgement, Verdict
from agents.metering import meter


async def judge(candidates: Sequence[Candidate], room: Room) -> tuple[Judgement, ...]:
    """In the order given; a candidate without a proven verdict is left out and counted."""
    groups: defaultdict[int, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[_part_of(candidate, room)].append(candidate)

    async def one(part: int) -> dict[str, Judgement]:
        return await _part(groups[part], room, part)

    found = {
        id_: judgement
        for answers in await room.over(sorted(groups), one)
        for id_, judgement in answers.items()
    }
    return tuple(found[c.id] for c in candidates if c.id in found)


def _part_of(candidate: Candidate, room: Room) -> int:
    """The part with most of the quotes that are shown, the first of equal ones."""
    clauses = tuple(texts.telling(candidate)) or candidate.clauses
    quotes = (e for clause in clauses for e in clause.evidence[: texts.MOST_LINES])
    counts = Counter(room.desk.part_of((quote,)) for quote in quotes)
    return min(counts, key=lambda part: (-counts[part], part), default=0)


async def _part(asked: Sequence[Candidate], room: Room, part: int) -> dict[str, Judgement]:
    def problems(answer: JudgeAnswer) -> list[str]:
        given = [r.candidate for r in answer.verdicts]
        given += [n for group in answer.not_applicable for n in group.candidates]
        found = numbers("verdicts", given, len(asked)) + each_once(given, len(asked))
        for ruling in answer.verdicts:
            where = f"candidate {ruling.candidate}"
            found += room.proof.problems(where, ruling.evidence)
            if not ruling.evidence:
                found.append(f"{where}: {ruling.verdict} needs a quote.")
        return found

    text = texts.candidates(asked, room.reading)
    answer = await room.ask(JudgeAnswer, "judge", problems, part=part, candidates=text)
    return _judgements(answer, asked, room)


def _judgements(
    answer: JudgeAnswer, asked: Sequence[Candidate], room: Room
) -> dict[str, Judgement]:
    kept: dict[str, Judgement] = {}
    by_number = dict(enumerate(asked, 1))
    for ruling in answer.verdicts:
        candidate = by_number.get(ruling.candidate)
        if candidate is None or candidate.id in kept:
            meter().dropped += 1
            continue
        if evidence := room.proof.all(ruling.evidence):
            kept[candidate.id] = Judgement(
                candidate=candidate,
                verdict=Verdict(ruling.verdict),
                reason=flat(ruling.reason),
                evidence=evidence,
            )
    for group in answer.not_applicable:
        for number in group.candidates:
            candidate = by_number.get(number)
            if candidate is None or candidate.id in kept:
                meter().dropped += 1
                continue
            kept[candidate.id] = Judgement(
                candidate=candidate,
                verdict=Verdict.NOT_APPLICABLE,
                reason=flat(group.reason),
            )
    left = len(asked) - len(kept)
    if left:
        meter().dropped += left
        noun = "candidate" if left == 1 else "candidates"
        meter().note(f"{left} {noun} of the catalogue got no verdict that could be proven.")
    return kept
