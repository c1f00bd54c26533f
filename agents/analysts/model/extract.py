"""Extracting by a model: the system that the documents describe, in the closed vocabulary."""

import re
from collections.abc import Iterable, Sequence

from agents.analysts.model import texts
from agents.analysts.model.answers import ExtractAnswer
from agents.analysts.model.cited import Cited
from agents.analysts.model.proof import unknown
from agents.analysts.model.room import Room
from agents.analysts.model.system import converted, united
from agents.metering import meter
from agents.system import SystemModel

ASSUMPTIONS = "assumptions"
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")


async def extract(room: Room) -> SystemModel:
    """Read part by part; the same component under one name in two parts is one."""
    words = room.reading.catalogue.vocabulary

    def names(answer: ExtractAnswer) -> list[str]:
        ids = [part.id for part in answer.components]
        found = _ids(ids)
        kinds = (part.kind for part in answer.components)
        found += unknown("kind of component", dict.fromkeys(kinds), words.kinds, needed=True)
        ends = (end for flow in answer.flows for end in (flow.source, flow.target))
        found += unknown("end of a flow", dict.fromkeys(ends), ids, needed=True)
        for what, given, known in (
            ("attribute", (a for p in answer.components for a in p.attributes), words.attributes),
            ("attribute", (t.attribute for t in answer.attributes), words.attributes),
            ("data class", (d for f in answer.flows for d in f.data), words.data_classes),
            ("data class", (h.data_class for h in answer.data), words.data_classes),
            ("boundary", (b for f in answer.flows for b in f.crosses), words.boundaries),
            ("kind of boundary", (b.kind for b in answer.boundaries), words.boundaries),
            ("component", _places(answer), ids),
        ):
            found += unknown(what, dict.fromkeys(given), known)
        return found

    def problems(answer: ExtractAnswer) -> list[str]:
        found = names(answer)
        for where, quotes in _cited(answer):
            found += room.proof.problems(where, quotes)
            if not quotes and where != ASSUMPTIONS:
                found.append(f"{where}: it needs a quote.")
        return found

    async def one(part: int) -> SystemModel:
        answer = await room.ask(
            ExtractAnswer,
            "extract",
            problems,
            part=part,
            knows_system=False,
            vocabulary=texts.vocabulary(words),
        )
        # The step leaves out what carries an unknown name.
        meter().dropped += len(names(answer))
        return converted(answer, room)

    return united(await room.over(room.all_parts, one))


def _ids(ids: Sequence[str]) -> list[str]:
    twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
    odd = sorted({id_ for id_ in ids if not _SLUG.fullmatch(id_)})
    found = [f"component id {id_}: two components have it." for id_ in twice]
    return found + [f"component id {id_!r}: use a-z, 0-9 and hyphens." for id_ in odd]


def _places(answer: ExtractAnswer) -> Iterable[str]:
    yield from (held.component for held in answer.data)
    yield from (trait.component for trait in answer.attributes)
    yield from (place for control in answer.controls for place in control.components)


def _cited(answer: ExtractAnswer) -> Iterable[tuple[str, tuple[Cited, ...]]]:
    yield from ((f"component {part.id}", part.evidence) for part in answer.components)
    yield from ((f"flow {f.source}->{f.target}", f.evidence) for f in answer.flows)
    yield from ((f"boundary {b.kind}", b.evidence) for b in answer.boundaries)
    yield from ((f"data {h.data_class}", h.evidence) for h in answer.data)
    yield from ((f"attribute {t.attribute}", t.evidence) for t in answer.attributes)
    for number, control in enumerate(answer.controls, 1):
        yield f"control {number}", (control.evidence,)
    yield ASSUMPTIONS, answer.assumptions
    yield from ((f"technology {seen.name}", (seen.evidence,)) for seen in answer.technologies)
