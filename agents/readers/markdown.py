"""Markdown reader: blocks of a text with exact line ranges, from the byte ranges of the parser."""

import bisect
import re
from dataclasses import dataclass, field
from typing import TypedDict

import pyromark

from agents.document import Block, BlockKind
from agents.readers import colons, html
from agents.readers.fences import classify
from agents.readers.outline import Outline, front_matter_end
from agents.readers.tables import split_cells

# Front matter is ours: the parser takes any text between two rules for it, wherever it stands.
_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_GFM
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_HEADING_ATTRIBUTES
)
_SIMPLE = {
    "Paragraph": BlockKind.PARAGRAPH,
    "HtmlBlock": BlockKind.HTML,
    "TableHead": BlockKind.TABLE_HEAD,
    "TableRow": BlockKind.TABLE_ROW,
}
_TABLE = (BlockKind.TABLE_HEAD, BlockKind.TABLE_ROW)
_ENDS_ITEM_TEXT = frozenset({"List", "CodeBlock", "Table", "BlockQuote", "HtmlBlock", "Heading"})
_BULLET_ALONE = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:\s+\[[ xX]\])?")


class _Span(TypedDict):
    start: int
    end: int


@dataclass
class _Item:
    """A list item that is open; its own text ends where a nested block begins."""

    start: int
    end: int
    cut: int | None = None


@dataclass
class _Found:
    """A block in bytes, before it is cut out of the source."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    info: str = ""
    title: list[str] = field(default_factory=list)


def blocks(text: str) -> list[Block]:
    """Blocks of a normalised Markdown text, in order. Linear in its length."""
    lines = text.split("\n")
    settings = len("\n".join(lines[: front_matter_end(lines)]).encode())
    scan = _Scan()
    if settings:
        scan.found.append(_Found(BlockKind.FRONT_MATTER, 0, settings))
    shown = " " * settings + colons.as_fences(text.encode()[settings:].decode())
    for event, span in pyromark.events_with_range(shown, options=_OPTIONS):
        scan.take(event, span)
    scan.found.sort(key=lambda found: found.start)
    return _Cutter(text).cut(scan.found)


class _Scan:
    """Collects blocks from the parser's events."""

    def __init__(self) -> None:
        self.found: list[_Found] = []
        self._items: list[_Item | None] = []
        self._heading: _Found | None = None

    def take(self, event: object, span: _Span) -> None:
        if not isinstance(event, dict):
            if self._heading is not None and event in ("SoftBreak", "HardBreak"):
                self._heading.title.append(" ")
        elif "Start" in event:
            self._start(event["Start"], span)
        elif "End" in event:
            self._end(event["End"])
        elif self._heading is not None:
            piece = event.get("Text") or event.get("Code")
            if isinstance(piece, str):
                self._heading.title.append(piece)

    def _start(self, tag: object, span: _Span) -> None:
        name, value = _name(tag)
        item = self._items[-1] if self._items else None
        if item is not None and item.cut is None and name in _ENDS_ITEM_TEXT:
            item.cut = span["start"]
        if name == "Item":
            self._items.append(_Item(span["start"], span["end"]))
        elif name == "BlockQuote":
            self._items.append(None)
        elif name == "Heading" and isinstance(value, dict):
            level = int(str(value["level"])[1:])
            self._heading = _Found(BlockKind.HEADING, span["start"], span["end"], level=level)
            self.found.append(self._heading)
        elif name == "CodeBlock":
            info = str(value["Fenced"]) if isinstance(value, dict) else ""
            self.found.append(_Found(BlockKind.CODE, span["start"], span["end"], info=info))
        elif name in _SIMPLE and not (name == "Paragraph" and item and item.cut is None):
            self.found.append(_Found(_SIMPLE[name], span["start"], span["end"]))

    def _end(self, tag: object) -> None:
        name, _ = _name(tag)
        if name == "Heading":
            self._heading = None
        elif name in ("Item", "BlockQuote") and self._items:
            item = self._items.pop()
            if item is not None:
                end = item.end if item.cut is None else item.cut
                self.found.append(_Found(BlockKind.LIST_ITEM, item.start, end))


def _name(tag: object) -> tuple[str, object]:
    if isinstance(tag, dict):
        name = next(iter(tag))
        return str(name), tag[name]
    return str(tag), None


class _Cutter:
    """Cuts the blocks out of the source, and knows the headings above them."""

    def __init__(self, text: str) -> None:
        self.raw = text.encode()
        self.starts = [0, *(at + 1 for at, byte in enumerate(self.raw) if byte == 10)]
        self.outline = Outline()
        self.result: list[Block] = []

    def cut(self, found: list[_Found]) -> list[Block]:
        for one in found:
            body = self.raw[one.start : one.end].rstrip(b" \t\r\n").decode(errors="replace")
            if one.kind is BlockKind.HTML:
                self._html(body, one.start)
            elif one.kind is BlockKind.HEADING:
                self._heading(body, one.start, one.level, "".join(one.title))
            elif one.kind is BlockKind.CODE:
                kind, info = classify(one.info, inside(body))
                self._add(kind, body, one.start, info=info)
            elif one.kind is not BlockKind.LIST_ITEM or not _BULLET_ALONE.fullmatch(body):
                cells = split_cells(body) if one.kind in _TABLE else ()
                self._add(one.kind, body, one.start, cells=cells)
        return self.result

    def _heading(self, body: str, start: int, level: int, title: str) -> None:
        self.outline.leave(level)
        self._add(BlockKind.HEADING, body, start, level=level)
        self.outline.enter(level, title)

    def _html(self, body: str, start: int) -> None:
        at, done = start, 0
        for part in html.parts(body):
            at += len(body[done : part.start].encode())
            done = part.start
            piece = body[part.start : part.end].rstrip()
            if part.kind is BlockKind.HEADING:
                self._heading(piece, at, part.level, part.title)
            else:
                self._add(part.kind, piece, at, info=part.info, cells=part.cells)

    def _add(
        self,
        kind: BlockKind,
        body: str,
        start: int,
        *,
        level: int = 0,
        info: str = "",
        cells: tuple[str, ...] = (),
    ) -> None:
        if not body.strip():
            return
        line = bisect.bisect_right(self.starts, start)
        self.result.append(
            Block(
                kind=kind,
                text=body,
                line_start=line,
                line_end=line + body.count("\n"),
                section=self.outline.above,
                level=level,
                info=info,
                cells=cells,
            )
        )


def inside(body: str) -> str:
    """A fenced block without its fences."""
    if not body.lstrip().startswith(("```", "~~~", ":::")):
        return body
    lines = body.split("\n")
    return "\n".join(lines[1:-1] if len(lines) > 1 else [])
