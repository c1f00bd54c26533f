"""Diagrams as text: one reader per language, one result."""

import re
from collections.abc import Callable
from html import unescape

from agents.diagrams import ascii as characters
from agents.diagrams import dot, drawio, mermaid, plantuml, plantuml_skip
from agents.diagrams.drawing import Drawing as Drawing
from agents.document import Block

_READERS: dict[str, Callable[[str, int], Drawing]] = {
    "mermaid": mermaid.parse,
    "plantuml": plantuml.parse,
    "dot": dot.parse,
    "drawio": drawio.parse,
    "ascii": characters.parse,
}
_SUBJECTS: dict[str, Callable[[str], str]] = {
    "mermaid": mermaid.subject,
    "plantuml": plantuml_skip.subject,
}
_LONGEST = 200_000
"""Characters of a diagram that are read; draw.io is read whole, because half of it is no XML."""
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,}|:{3,})")
_QUOTE = re.compile(r"(?:[ \t]{0,3}>[ \t]?)+")
_DIRECTIVE = re.compile(r"\s*\.\.\s")
_OPTION = re.compile(r"\s+:[\w-]{1,40}:")
_DELIMITER = re.compile(r"\s*(?:-{2}|-{4,}|\.{4,}|\+{4,}|={4,})\s*$")
_HTML = re.compile(r"\s*<(?:pre|div)\b[^<>]*>\s*(?:<code\b[^<>]*>)?", re.IGNORECASE)
_HTML_END = re.compile(r"(?:</code>)?\s*</(?:pre|div)>\s*$", re.IGNORECASE)


def draw(block: Block) -> Drawing:
    """What a diagram block shows; empty for a language that is not read. Never raises."""
    reader = _READERS.get(block.info)
    if reader is None:
        return Drawing()
    body, first = _body(block)
    return reader(body, block.line_start + first)


def subject(block: Block) -> str:
    """What a diagram shows instead of parts and flows, as `the states of one part`; else empty."""
    known = _SUBJECTS.get(block.info)
    return known(_body(block)[0]) if known is not None else ""


def _body(block: Block) -> tuple[str, int]:
    """The text of the diagram itself, as far as it is read, and how many lines stand before it."""
    lines, first = _inside(block.text.split("\n"))
    body = "\n".join(lines)
    return (body if block.info == "drawio" else body[:_LONGEST]), first


def _inside(lines: list[str]) -> tuple[list[str], int]:
    """The lines of the diagram itself, and how many stand before them."""
    top = lines[0]
    if _FENCE.match(top):
        body = _unquoted(lines[1:])
        return (body[:-1] if body and _FENCE.match(body[-1]) else body), 1
    if _DIRECTIVE.match(top):
        start = 1
        while start < len(lines) and _OPTION.match(lines[start]):
            start += 1
        return lines[start:], start
    if _DELIMITER.match(top):
        return (lines[1:-1] if lines[-1].strip() == top.strip() else lines[1:]), 1
    if _HTML.match(top):
        whole = _HTML_END.sub("", unescape("\n".join([_HTML.sub("", top), *lines[1:]])))
        return whole.split("\n"), 0
    return lines, 0


def _unquoted(lines: list[str]) -> list[str]:
    """Lines of a fence inside a quote, without the marks of the quote."""
    if lines and all(_QUOTE.match(line) for line in lines):
        return [_QUOTE.sub("", line, count=1) for line in lines]
    return lines
