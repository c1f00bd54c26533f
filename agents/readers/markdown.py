"""Markdown reader: blocks of a text with exact line ranges, from the byte ranges of the parser."""

import bisect
from dataclasses import dataclass, field
from typing import TypedDict

import pyromark

from agents.document import Block, BlockKind
from agents.readers.fences import classify

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_YAML_STYLE_METADATA_BLOCKS
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_STRIKETHROUGH
)
_SIMPLE = {
    "Paragraph": BlockKind.PARAGRAPH,
    "HtmlBlock": BlockKind.HTML,
    "TableHead": BlockKind.TABLE_HEAD,
    "TableRow": BlockKind.TABLE_ROW,
    "MetadataBlock": BlockKind.FRONT_MATTER,
}
_ENDS_ITEM_TEXT = frozenset({"List", "CodeBlock", "Table", "BlockQuote", "HtmlBlock", "Heading"})


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
    scan = _Scan()
    for event, span in pyromark.events_with_range(text, options=_OPTIONS):
        scan.take(event, span)
    scan.found.sort(key=lambda found: found.start)
    return _cut(text, scan.found)


class _Scan:
    """Collects blocks from the parser's events."""

    def __init__(self) -> None:
        self.found: list[_Found] = []
        self._items: list[_Item | None] = []
        self._heading: _Found | None = None

    def take(self, event: object, span: _Span) -> None:
        if not isinstance(event, dict):
            return
        if "Start" in event:
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


def _cut(text: str, found: list[_Found]) -> list[Block]:
    raw = text.encode()
    starts = [0, *(at + 1 for at, byte in enumerate(raw) if byte == 10)]
    section: list[tuple[int, str]] = []
    above: tuple[str, ...] = ()
    result: list[Block] = []
    for one in found:
        end = one.end
        while end > one.start and raw[end - 1] in b" \t\r\n":
            end -= 1
        if end == one.start:
            continue
        body = raw[one.start : end].decode(errors="replace")
        if one.kind is BlockKind.HEADING:
            while section and section[-1][0] >= one.level:
                section.pop()
            above = tuple(title for _, title in section)
        kind, info = one.kind, ""
        if kind is BlockKind.CODE:
            kind, info = classify(one.info, _inside(body))
        result.append(
            Block(
                kind=kind,
                text=body,
                line_start=bisect.bisect_right(starts, one.start),
                line_end=bisect.bisect_right(starts, end - 1),
                section=above,
                level=one.level,
                info=info,
            )
        )
        if one.kind is BlockKind.HEADING:
            section.append((one.level, "".join(one.title).strip()))
            above = tuple(title for _, title in section)
    return result


def _inside(body: str) -> str:
    """A fenced block without its fences."""
    if not body.lstrip().startswith(("```", "~~~")):
        return body
    lines = body.split("\n")
    return "\n".join(lines[1:-1] if len(lines) > 1 else [])
