"""A document as the review page shows it: line by line, every quote of a finding marked."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agents.document import Block, BlockKind, Document
from agents.evidence import Evidence, Label

_PREFIX = {
    BlockKind.HEADING: re.compile(r"[ \t]{0,3}(?:#{1,6}|={1,6})[ \t]+"),
    BlockKind.LIST_ITEM: re.compile(r"[ \t]*(?:[-*+•]|[0-9]{1,9}[.)])[ \t]+"),
}
_UNDERLINE = re.compile(r"[\s|:+=\-~^\"']+")
_CELL_END = re.compile(r"(?<!\\)\|")
_TABLE = (BlockKind.TABLE_HEAD, BlockKind.TABLE_ROW)
_VERBATIM = (BlockKind.CODE, BlockKind.DIAGRAM, BlockKind.HTML, BlockKind.FRONT_MATTER)


@dataclass(frozen=True)
class Mark:
    """A quote in the document that a finding or question rests on."""

    anchor: str
    """Id of the finding on the page, `f-3`."""
    number: str
    label: Label
    start: int
    end: int
    """Offsets in the document's text."""


@dataclass(frozen=True)
class Segment:
    """Text under the same marks. `begins` are the marks whose first text this is."""

    text: str
    marks: tuple[Mark, ...] = ()
    begins: tuple[Mark, ...] = ()

    @property
    def absent(self) -> bool:
        """True when it is only shown for what is not said here."""
        return all(m.label is Label.ABSENT for m in self.marks)


@dataclass(frozen=True)
class Line:
    """One line of the file. `bullet` is what a list item begins with; `cells` are a table's."""

    number: int
    anchor: str
    segments: tuple[Segment, ...]
    bullet: str = ""
    depth: int = 0
    cells: tuple[tuple[Segment, ...], ...] = ()
    head: bool = False

    @property
    def blank(self) -> bool:
        """True for a row without any text, such as the head of a table that has none."""
        return not any(s.text.strip() for cell in self.cells for s in cell)


@dataclass(frozen=True)
class Piece:
    """What is drawn as one thing: a heading, a paragraph, a list, a table or verbatim lines."""

    kind: str
    """`heading`, `paragraph`, `list`, `table` or `verbatim`."""
    lines: tuple[Line, ...]
    level: int = 0
    info: str = ""

    @property
    def gutter(self) -> str:
        """Line numbers of the piece, `12` or `12-16`."""
        first, last = self.lines[0].number, self.lines[-1].number
        return str(first) if first == last else f"{first}-{last}"

    @property
    def items(self) -> list[list[Line]]:
        """Lines of a list by item; an item may go on over several lines."""
        found: list[list[Line]] = []
        for line in self.lines:
            if line.bullet or not found:
                found.append([])
            found[-1].append(line)
        return found


@dataclass(frozen=True)
class DocumentView:
    """One document on the page; `key` is its part of every line's id (`d1`)."""

    key: str
    path: str
    pieces: tuple[Piece, ...]
    line_count: int
    cut_from_bytes: int | None


@dataclass
class _Drawing:
    """Draws one document; remembers which marks have begun."""

    document: Document
    key: str
    marks: dict[int, list[Mark]]
    starts: list[int]
    begun: set[Mark] = field(default_factory=set)

    def line(self, number: int, kind: BlockKind) -> Line:
        start, end = self.span(number)
        prefix = _PREFIX[kind].match(self.document.text, start, end) if kind in _PREFIX else None
        body = prefix.end() if prefix else start
        bullet = prefix.group().strip() if prefix and kind is BlockKind.LIST_ITEM else ""
        indent = self.document.text[start:body].expandtabs(4)
        return Line(
            number=number,
            anchor=f"{self.key}-L{number}",
            segments=self.segments(number, body, end),
            bullet=bullet,
            depth=min(4, (len(indent) - len(indent.lstrip())) // 2),
        )

    def row(self, number: int, kind: BlockKind) -> Line:
        start, end = self.span(number)
        cells = tuple(
            self.segments(number, a, b) for a, b in _cells(self.document.text, start, end)
        )
        head = kind is BlockKind.TABLE_HEAD
        return Line(number, f"{self.key}-L{number}", (), cells=cells, head=head)

    def span(self, number: int) -> tuple[int, int]:
        """Offsets of a line's text, without the line end."""
        start = self.starts[number - 1]
        return start, start + len(self.document.lines(number, number).rstrip("\r"))

    def segments(self, number: int, start: int, end: int) -> tuple[Segment, ...]:
        marks = [m for m in self.marks.get(number, ()) if m.start < end and m.end > start]
        edges = {start, end} | {e for m in marks for e in (m.start, m.end) if start < e < end}
        cuts, found = sorted(edges), []
        for a, b in zip(cuts, cuts[1:], strict=False):
            over = tuple(m for m in marks if m.start < b and m.end > a)
            begins = tuple(m for m in over if m not in self.begun)
            self.begun.update(begins)
            found.append(Segment(self.document.text[a:b], over, begins))
        return tuple(found)


def view(document: Document, key: str, marks: Sequence[Mark]) -> DocumentView:
    """The document in pieces. Every line that holds anything is in exactly one piece."""
    starts = [0, *(i + 1 for i, c in enumerate(document.text) if c == "\n")]
    by_line: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        for number in range(document.line_at(mark.start), document.line_at(mark.end - 1) + 1):
            by_line[number].append(mark)
    drawing = _Drawing(document, key, by_line, starts)
    pieces = tuple(_joined(_pieces(document, drawing)))
    return DocumentView(key, document.path, pieces, document.line_count, document.cut_from_bytes)


def mark(document: Document, evidence: Evidence, anchor: str, number: str) -> Mark:
    """Where a quote stands in its document; its whole lines if it is not found there."""
    starts = [0, *(i + 1 for i, c in enumerate(document.text) if c == "\n")]
    window = document.lines(evidence.line_start, evidence.line_end)
    at, length = window.find(evidence.quote), len(evidence.quote)
    if at < 0:
        at, length = 0, max(1, len(window))
    start = starts[evidence.line_start - 1] + at
    return Mark(anchor, number, evidence.label, start, start + length)


def _pieces(document: Document, drawing: _Drawing) -> Iterable[Piece]:
    done = 0
    for block in document.blocks:
        first = max(block.line_start, done + 1)
        if first > block.line_end:
            continue
        yield from _between(document, drawing, done + 1, first - 1)
        yield _piece(block, range(first, block.line_end + 1), drawing)
        done = block.line_end
    yield from _between(document, drawing, done + 1, document.line_count)


def _between(document: Document, drawing: _Drawing, first: int, last: int) -> Iterable[Piece]:
    """Lines that are in no block: shown too, so that nothing in the file stays unseen."""
    for number in range(first, last + 1):
        text = document.lines(number, number)
        if text.strip() and not _UNDERLINE.fullmatch(text):
            yield Piece("paragraph", (drawing.line(number, BlockKind.PARAGRAPH),))


def _piece(block: Block, numbers: range, drawing: _Drawing) -> Piece:
    if block.kind in _TABLE:
        return Piece("table", tuple(drawing.row(n, block.kind) for n in numbers))
    lines = tuple(drawing.line(n, block.kind) for n in numbers)
    if block.kind is BlockKind.HEADING:
        return Piece("heading", lines, level=block.level)
    if block.kind is BlockKind.LIST_ITEM:
        return Piece("list", lines)
    if block.kind in _VERBATIM:
        return Piece("verbatim", lines, info=block.info or block.kind.value.replace("_", " "))
    return Piece("paragraph", lines)


def _joined(pieces: Iterable[Piece]) -> Iterable[Piece]:
    """Neighbouring list items become one list, neighbouring rows one table."""
    open_: Piece | None = None
    for piece in pieces:
        if open_ and open_.kind == piece.kind and piece.kind in ("list", "table"):
            open_ = Piece(piece.kind, open_.lines + piece.lines)
            continue
        if open_:
            yield open_
        open_ = piece
    if open_:
        yield open_


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Offsets of the cells of one table row, trimmed."""
    bounds = [start, *(m.end() for m in _CELL_END.finditer(text, start, end)), end + 1]
    found = []
    for a, b in zip(bounds, bounds[1:], strict=False):
        cell = text[a : b - 1]
        found.append((a + len(cell) - len(cell.lstrip()), a + len(cell.rstrip())))
    # The bars at both ends of a row leave an empty cell outside each.
    if len(found) > 1 and text[start:end].lstrip().startswith("|"):
        found = found[1:]
    if len(found) > 1 and text[start:end].rstrip().endswith("|"):
        found = found[:-1]
    return [(a, max(a, b)) for a, b in found]
