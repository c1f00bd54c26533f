"""Are the ways by which outsiders' content enters a design marked with `untrusted_content`?"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from agents.catalogue.facts import OUTSIDERS
from agents.system import Component, Flow, SystemModel
from agents.values import Value
from evals.files import parsed
from evals.words import stems

PATH = Path(__file__).with_name("untrusted.yaml")
MARK = "untrusted_content"
_GENERIC = frozenset(stems("server service system data resource document"))
"""Words that two parties share without being the same."""
Lines = Annotated[tuple[int, int], Field(description="first and last line")]


class Ends(Value):
    """Sender and receiver in the words of the document."""

    sender: str
    receiver: str


class Way(Ends):
    """One way by which content from outside enters."""

    id: str
    what: str
    lines: tuple[Lines, ...]


class Gold(Value):
    """What a reader found in one case."""

    ways: tuple[Way, ...]
    right: tuple[Ends, ...]
    """Marks beyond the ways that are right: content on its further way."""
    wrong: tuple[Ends, ...]
    """Marks that would be wrong."""


class Marking(Value):
    """How the marks of one system model stand to the gold; flows by id."""

    found: tuple[str, ...]
    """Ids of ways."""
    missed: tuple[str, ...]
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    unread: tuple[str, ...]
    """Marked flows that nobody has judged: read them and add them to the file."""


class _Table(Value):
    cases: Mapping[str, Gold]


@cache
def gold() -> Mapping[str, Gold]:
    """By case."""
    return parsed(PATH, _Table).cases


def compare(system: SystemModel, known: Gold) -> Marking:
    """Which ways are marked, and which marks are right."""
    parts = {component.id: component for component in system.components}
    marked = sorted((f for f in system.flows if _marked(f, parts)), key=lambda flow: flow.id)
    found = {
        way.id for way in known.ways for flow in marked if _on(flow, way) or _fits(flow, way, parts)
    }
    judged = {flow.id: _judged(flow, known, parts) for flow in marked}
    return Marking(
        found=tuple(way.id for way in known.ways if way.id in found),
        missed=tuple(way.id for way in known.ways if way.id not in found),
        right=tuple(id_ for id_, right in judged.items() if right is True),
        wrong=tuple(id_ for id_, right in judged.items() if right is False),
        unread=tuple(id_ for id_, right in judged.items() if right is None),
    )


def _marked(flow: Flow, parts: Mapping[str, Component]) -> bool:
    source = parts.get(flow.source)
    return MARK in flow.data_classes or (source is not None and source.kind in OUTSIDERS)


def _judged(flow: Flow, known: Gold, parts: Mapping[str, Component]) -> bool | None:
    if any(_fits(flow, way, parts) for way in known.ways):
        return True
    if _any(flow, known.wrong, parts):
        return False
    if _any(flow, known.right, parts) or any(_on(flow, way) for way in known.ways):
        return True
    return None


def _any(flow: Flow, ends: Sequence[Ends], parts: Mapping[str, Component]) -> bool:
    return any(_fits(flow, pair, parts) for pair in ends)


def _on(flow: Flow, way: Way) -> bool:
    """True when evidence of the flow lies on lines of the way."""
    return any(
        e.line_start <= last and first <= e.line_end
        for e in flow.evidence
        for first, last in way.lines
    )


def _fits(flow: Flow, ends: Ends, parts: Mapping[str, Component]) -> bool:
    """True when both ends share a word that says something."""
    pairs = ((flow.source, ends.sender), (flow.target, ends.receiver))
    return all(_words(_names(id_, parts)) & _words([words]) for id_, words in pairs)


def _names(id_: str, parts: Mapping[str, Component]) -> list[str]:
    component = parts.get(id_)
    return [component.name, *component.aliases] if component else [id_]


def _words(names: Iterable[str]) -> frozenset[str]:
    return frozenset(word for name in names for word in stems(name)) - _GENERIC
