"""Mermaid architecture diagrams: services in groups, and the lines between them."""

import re
from collections.abc import Callable

from agents.diagrams.drawing import Drawing

_ID = r"([\w-]{1,80}?)"
_PART = re.compile(
    r"(group|service|junction)\s+([\w-]{1,80})\s*(?:\(([^()]{0,80})\))?\s*(?:\[([^\]]{0,200})\])?"
    r"(?:\s+in\s+([\w-]{1,80}))?\s*$"
)
_EDGE = re.compile(
    rf"{_ID}(?:\{{group\}})?(?:\s*:\s*[LRTB])?\s*(<)?--(?:\[([^\]]{{0,200}})\]-)?-?(>)?"
    rf"\s*(?:[LRTB]\s*:\s*)?([\w-]{{1,80}})(?:\{{group\}})?\s*$"
)
_MOST_JOINED = 12
_STORES = re.compile(r"database|disk|storage|s3|bucket", re.IGNORECASE)


def reader(drawing: Drawing) -> Callable[[str, int], None]:
    """A function that takes one line after the other, with its number in the document."""
    return _Reader(drawing).read


class _Reader:
    """Joins the lines that meet in a junction, which is no part of the system."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.junctions: dict[str, tuple[list[str], list[str]]] = {}

    def read(self, statement: str, line: int) -> None:
        part = _PART.match(statement)
        edge = _EDGE.match(statement)
        if part:
            self._part(part, line)
        elif edge:
            left, back, label, forward, right = edge.groups()
            if forward or not back:
                self._edge(left, right, line, label or "")
            if back:
                self._edge(right, left, line, label or "")

    def _part(self, match: re.Match[str], line: int) -> None:
        word, id_, icon, label, parent = match.groups()
        if word == "group":
            self.drawing.group(id_, label or id_, line, parent or "")
        elif word == "junction":
            self.junctions[id_] = ([], [])
        else:
            shape = "store" if icon and _STORES.search(icon) else ""
            self.drawing.node(id_, line, label=label or "", shape=shape, group=parent or "")

    def _edge(self, source: str, target: str, line: int, label: str) -> None:
        if source in self.junctions:
            incoming, outgoing = self.junctions[source]
            outgoing.append(target)
            for before in incoming[:_MOST_JOINED]:
                self._join(before, target, line, label)
        elif target in self.junctions:
            incoming, outgoing = self.junctions[target]
            incoming.append(source)
            for after in outgoing[:_MOST_JOINED]:
                self._join(source, after, line, label)
        else:
            self._join(source, target, line, label)

    def _join(self, source: str, target: str, line: int, label: str) -> None:
        if source in self.junctions or target in self.junctions:
            return
        for end in (source, target):
            known = self.drawing.groups.get(end)
            self.drawing.node(end, line, label=known.label if known else "")
        self.drawing.edge(source, target, line, label)
