"""HTML inside Markdown: rows of tables, headings, items and visible text, line by line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from agents.document import BlockKind
from agents.readers.fences import classify
from agents.readers.styles import OPENING, hides

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})((?:\s[^<>]{0,2000})?)/?>")
_COMMENT = re.compile(r"<!--|-->")
_LEADING = re.compile(r"(?:\s|<[^<>]{0,2000}>)+")
_CELL = re.compile(r"<(?:td|th)\b[^<>]{0,2000}>", re.IGNORECASE)
_ROW = re.compile(r"\s*<(?:tr[\s>]|/table|/tbody|/thead)", re.IGNORECASE)
_ROW_INSIDE = re.compile(r"<tr[\s>]", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_UNSEEN = frozenset({"script", "style", "template", "head", "title"})
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_ITEMS = frozenset({"li", "dt", "dd"})
_BREAKS = _ITEMS | {
    "p", "div", "ul", "ol", "dl", "table", "thead", "tbody", "tr", "section", "details", "blockquote",
    "summary", "pre", *_HEADINGS,
}  # fmt: skip


_ENDS = re.compile(rf"</(?:{'|'.join(sorted(_BREAKS))})\s*>\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """A part of an HTML block; offsets are those of its text."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    info: str = ""
    title: str = ""
    cells: tuple[str, ...] = ()


@dataclass
class _Open:
    """What the lines read so far belong to."""

    kind: BlockKind = BlockKind.HTML
    closing: str = ""
    """The tag that ends it; empty where the next block begins a new part."""
    level: int = 0
    info: str = ""


def parts(text: str) -> list[Part]:
    """The block in parts of whole lines; one part where it is a comment or hides text."""
    whole = [Part(BlockKind.HTML, 0, len(text))]
    if text.lstrip().startswith("<!--") or any(hides(m[2]) for m in OPENING.finditer(text)):
        return whole
    found = [part for start, end, open_ in _spans(text) for part in _part(text, start, end, open_)]
    return found or whole


def strip_tags(text: str) -> str:
    """Text without tags, in one line."""
    return _SPACE.sub(" ", unescape(_TAG.sub(" ", text))).strip()


def _spans(text: str) -> Iterator[tuple[int, int, _Open]]:
    """Lines that belong together, as offsets, with what they are."""
    open_, start, at = _Open(), 0, 0
    for line in re.findall(r"[^\n]*\n|[^\n]+$", text):
        begun = None if open_.closing and not _row_again(line, open_) else _begins(line)
        if begun is not None:
            if at > start:
                yield start, at, open_
            open_, start = begun, at
        if _closes(line, open_.closing) if open_.closing else _ENDS.search(line):
            yield start, at + len(line), open_
            open_, start = _Open(), at + len(line)
        at += len(line)
    if at > start:
        yield start, at, open_


def _row_again(line: str, open_: _Open) -> bool:
    """True for a row that begins before the one above it was closed."""
    return open_.closing == "tr" and _ROW.match(line) is not None


def _closes(line: str, closing: str) -> bool:
    """True where the element is not open any more at the end of the line."""
    low = line.lower()
    last = low.rfind(f"</{closing}") if closing != "-->" else low.rfind("-->")
    return last >= 0 and low.rfind(f"<{closing}") < last


def _begins(line: str) -> _Open | None:
    """What begins with this line; None where it goes on with what there is."""
    comment = _COMMENT.search(line)
    if comment and comment.group() == "<!--":
        return _Open(closing="-->")
    for match in _TAG.finditer(line):
        closing, name, attributes = match.group(1), match.group(2).lower(), match.group(3)
        if name not in _BREAKS and name not in _UNSEEN:
            continue
        if closing:
            return None if strip_tags(line[: match.start()]) else _Open()
        return _opened("tr" if _ROW_INSIDE.search(line) else name, attributes)
    return None


def _opened(name: str, attributes: str) -> _Open:
    if name == "tr":
        return _Open(BlockKind.TABLE_ROW, "tr")
    if name in _UNSEEN:
        return _Open(closing=name)
    if name == "pre":
        language = re.search(r"(?:class|lang)\s*=\s*[\"']?(?:language-|lang-)?([\w-]+)", attributes)
        return _Open(BlockKind.CODE, "pre", info=language.group(1) if language else "")
    if name in _HEADINGS:
        return _Open(BlockKind.HEADING, name, level=_HEADINGS[name])
    return _Open(BlockKind.LIST_ITEM if name in _ITEMS else BlockKind.PARAGRAPH)


def _part(text: str, start: int, end: int, open_: _Open) -> Iterator[Part]:
    piece = text[start:end]
    if open_.kind is BlockKind.CODE:
        kind, info = classify(open_.info, _unwrapped(piece))
        yield Part(kind, start, end, info=info)
    elif open_.kind is BlockKind.TABLE_ROW:
        cells = tuple(strip_tags(cell) for cell in _CELL.split(piece)[1:])
        head = re.search(r"<th\b", piece, re.I) and not re.search(r"<td\b", piece, re.I)
        kind = BlockKind.TABLE_HEAD if head else BlockKind.TABLE_ROW
        yield Part(kind, start, end, cells=cells)
    elif not strip_tags(piece) or open_.closing in ("-->", *_UNSEEN):
        yield Part(BlockKind.HTML, start, end)
    else:
        yield from _text(piece, start, end, open_)


def _text(piece: str, start: int, end: int, open_: _Open) -> Iterator[Part]:
    """Visible text without the tags around it."""
    lead = _LEADING.match(piece)
    first = lead.end() if lead else 0
    last = end - start
    while last > first and (piece[last - 1].isspace() or piece[last - 1] == ">"):
        tag = piece.rfind("<", first, last) if piece[last - 1] == ">" else last - 1
        if tag < 0 or not _TAG.fullmatch(piece, tag, last) and piece[last - 1] == ">":
            break
        last = tag
    kind = BlockKind.PARAGRAPH if open_.kind is BlockKind.HTML else open_.kind
    title = strip_tags(piece) if kind is BlockKind.HEADING else ""
    yield Part(kind, start + first, start + last, level=open_.level, title=title)


def _unwrapped(piece: str) -> str:
    return re.sub(r"^\s*<pre\b[^<>]*>\s*(?:<code\b[^<>]*>)?", "", piece, count=1, flags=re.I)
