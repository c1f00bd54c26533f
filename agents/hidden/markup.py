"""Places of a document that a reader does not look at, and the text that stands there."""

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from agents.document import Block, BlockKind, Document
from agents.hidden.code import code_of, in_span
from agents.hidden.instructions import instruction_in
from agents.readers.styles import OPENING, hides

_LINK = re.compile(
    r"(!?)\[([^\[\]]{0,400})\]\([ \t]*[^()\s]{0,500}(?:\s{1,5}(?:\"([^\"]{1,400})\"|'([^']{1,400})'))?"
)
_DEFINITION = re.compile(
    r"^[ ]{0,3}\[([^\[\]\n]{1,80})\]:[ \t]*\S{1,500}[ \t]+(?:\"([^\"\n]{1,600})|'([^'\n]{1,600})|\(([^)\n]{1,600}))",
    re.MULTILINE,
)
_ATTRIBUTE = re.compile(
    r"\s(?:alt|title|aria-label|placeholder|content)\s{0,3}=\s{0,3}(?:\"([^\"<>]{1,600})\"|'([^'<>]{1,600})')",
    re.IGNORECASE,
)
_PALE_FORMULA = re.compile(
    r"\\(?:color|textcolor)\s?\{(?:white|transparent|#f{3,6})\}|\\h?phantom\s?\{"
)
_COMMENT_LINE = re.compile(
    r"\s*(?:#|//|--|;|%%|'|\*|/\*|<!--|\"\"\"|rem\s)|.*\s(?:#|//|/\*)\s", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]{0,500}>")
_WORD = re.compile(r"[^\W\d_]{2,}.*[^\W\d_]{2,}", re.DOTALL)
_LONGEST = 500
_MOST_STYLED = 200
"""Invisible elements that are looked into; a report shows fewer."""


@dataclass(frozen=True, order=True)
class Place:
    """Characters `start` to `end` of a document, hidden from its readers or overlooked by them."""

    start: int
    end: int
    name: str
    unseen: bool = False
    """True where hiding is the whole point, whatever the text says."""


def places(document: Document) -> list[Place]:
    """Such places, in order of their start; what code shows is seen by everybody."""
    text = document.text
    shown = code_of(document)
    styled = islice(_styled(text), _MOST_STYLED)
    found = [p for p in (*_comments(text), *_links(text), *styled) if not shown.has(p.start)]
    found += _of_blocks(document)
    return sorted(found)


def around(found: Sequence[Place], offset: int) -> list[Place]:
    """The last few places that begin before an offset: those that can reach over it."""
    at = bisect.bisect_right(found, offset, key=lambda place: place.start)
    return list(found[max(0, at - 4) : at])


def instructions(text: str, found: Sequence[Place]) -> Iterator[tuple[int, Place]]:
    """Places whose text speaks to a reviewer or a model."""
    for place in found:
        at = instruction_in(text[place.start : place.end])
        if at is not None:
            yield place.start + at, place


def _comments(text: str) -> Iterator[Place]:
    start = text.find("<!--")
    while start >= 0:
        end = text.find("-->", start)
        end = end if end >= 0 else len(text)
        yield Place(start, end, "a comment")
        start = text.find("<!--", end)


def _links(text: str) -> Iterator[Place]:
    for match in _LINK.finditer(text):
        if match[1]:
            yield Place(*match.span(2), "an alternative text")
        for number in (3, 4):
            if match[number]:
                yield Place(*match.span(number), "a link title")
    for match in _DEFINITION.finditer(text):
        number = next(n for n in (2, 3, 4) if match[n])
        unused = match[1].strip().lower() in ("//", "#", "comment")
        yield Place(*match.span(number), "a comment" if unused else "a link title")
    for match in _ATTRIBUTE.finditer(text):
        yield Place(*match.span(1 if match[1] else 2), "an alternative text")


def _styled(text: str) -> Iterator[Place]:
    for match in OPENING.finditer(text):
        name, attributes = match[1].lower(), match[2]
        if not hides(attributes):
            continue
        inside = text[match.end() : match.end() + _LONGEST]
        inside = re.split(rf"</{re.escape(name)}\b", inside, maxsplit=1, flags=re.IGNORECASE)[0]
        if _WORD.search(_TAG.sub(" ", inside)) and not in_span(text, match.start()):
            yield Place(match.start(), match.end() + len(inside), "unseen text", unseen=True)
    for match in _PALE_FORMULA.finditer(text):
        if not in_span(text, match.start()):
            yield Place(match.start(), match.end() + 200, "unseen text", unseen=True)


def _of_blocks(document: Document) -> Iterator[Place]:
    """Comments of the other formats, comments in code and diagrams, and front matter."""
    for block in document.blocks:
        start = document.offset_of(block.line_start)
        if block.kind is BlockKind.FRONT_MATTER:
            yield Place(start, start + len(block.text), "the front matter")
        elif block.kind is BlockKind.HTML and block.text.lstrip().startswith(("..", "//")):
            yield Place(start, start + len(block.text), "a comment")
        elif block.kind in (BlockKind.CODE, BlockKind.DIAGRAM):
            yield from _code_comments(document, block)


def _code_comments(document: Document, block: Block) -> Iterator[Place]:
    name = "a comment of a diagram" if block.kind is BlockKind.DIAGRAM else "a code comment"
    for number in range(block.line_start, block.line_end + 1):
        line = document.lines(number, number)
        if _COMMENT_LINE.match(line[:_LONGEST]):
            start = document.offset_of(number)
            yield Place(start, start + len(line), name)
