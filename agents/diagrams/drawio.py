"""draw.io: boxes become nodes, connectors edges, and boxes around boxes groups."""

import re
from collections import defaultdict
from html import unescape

from agents.diagrams.drawing import Drawing
from agents.diagrams.drawio_xml import Cell, cells

_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h\d|hr)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_STORE = re.compile(r"shape=(?:cylinder|datastore)|database|stored_data|shape=[\w.]*\.s3\b")
_ACTOR = re.compile(r"shape=(?:umlActor|actor)|shape=mxgraph\.[\w.]*(?:users?|person)\b")
_QUEUE = re.compile(r"shape=[\w.]*(?:queue|sqs)\b")
_TEXT = re.compile(r"(?:^|;)(?:text|edgeLabel)(?:;|$)")
_NO_HEAD = re.compile(r"(?:^|;)endArrow=none(?:;|$)")
_TAIL = re.compile(r"(?:^|;)startArrow=(?!none)\w")
_DEEPEST = 50
"""Boxes in boxes; a chain of parents that is longer has a knot."""


def parse(source: str, first_line: int) -> Drawing:
    """Draw an XML text whose first line has this number in the document."""
    return _Sheet(cells(source, first_line)).draw()


class _Sheet:
    """The cells by id, and which of them are boxes around others."""

    def __init__(self, found: list[Cell]) -> None:
        self.cells = {cell.id: cell for cell in found if cell.id}
        self.labels = {cell.id: plain(cell.value) for cell in self.cells.values()}
        self.captions: dict[str, list[str]] = defaultdict(list)
        self.holders: set[str] = set()
        for cell in self.cells.values():
            parent = self.cells.get(cell.parent)
            if parent is None:
                continue
            if parent.edge and self.labels[cell.id]:
                self.captions[parent.id].append(self.labels[cell.id])
            elif self.labels[cell.id] and self._is_part(cell):
                self.holders.update(above.id for above in self._parents(cell) if above.vertex)

    def draw(self) -> Drawing:
        drawing = Drawing()
        for cell in self.cells.values():
            label = self.labels[cell.id]
            if not cell.vertex or not label:
                continue
            if cell.id in self.holders:
                drawing.group(cell.id, label, cell.line, self._group_of(cell))
            elif self._is_part(cell):
                self._node(cell, drawing)
        for cell in self.cells.values():
            if cell.edge:
                self._edge(cell, drawing)
        return drawing

    def _is_part(self, cell: Cell) -> bool:
        """True for a box that shows something; free text and labels of connectors do not."""
        above = self.cells.get(cell.parent)
        on_edge = above is not None and above.edge
        return cell.vertex and not on_edge and _TEXT.search(cell.style) is None

    def _group_of(self, cell: Cell) -> str:
        """The nearest box around it that has a name."""
        for parent in self._parents(cell):
            if parent.id in self.holders and self.labels[parent.id]:
                return parent.id
        return ""

    def _parents(self, cell: Cell) -> list[Cell]:
        found: list[Cell] = []
        above = self.cells.get(cell.parent)
        while above is not None and len(found) < _DEEPEST:
            found.append(above)
            above = self.cells.get(above.parent)
        return found

    def _node(self, cell: Cell, drawing: Drawing) -> str:
        label = self.labels[cell.id]
        group = self._group_of(cell)
        return drawing.node(cell.id, cell.line, label=label, shape=_shape(cell.style), group=group)

    def _edge(self, cell: Cell, drawing: Drawing) -> None:
        source, target = (self._end(end, drawing) for end in (cell.source, cell.target))
        if not source or not target:
            return
        label = " ".join(filter(None, (self.labels[cell.id], *self.captions[cell.id])))
        tail, head = _TAIL.search(cell.style), not _NO_HEAD.search(cell.style)
        if head or not tail:
            drawing.edge(source, target, cell.line, label)
        if tail:
            drawing.edge(target, source, cell.line, label)

    def _end(self, id_: str, drawing: Drawing) -> str:
        """The node at an end: the box itself, or the one around an icon without a name."""
        cell = self.cells.get(id_)
        if cell is None:
            return ""
        named = (one for one in (cell, *self._parents(cell)) if one.vertex and self.labels[one.id])
        found = next(named, None)
        return self._node(found, drawing) if found is not None else ""


def _shape(style: str) -> str:
    for pattern, shape in ((_STORE, "store"), (_QUEUE, "queue"), (_ACTOR, "actor")):
        if pattern.search(style):
            return shape
    return ""


def plain(value: str) -> str:
    """Text of a label that may be HTML, in one line."""
    return " ".join(unescape(_TAG.sub("", _BREAK.sub(" ", value))).split())
