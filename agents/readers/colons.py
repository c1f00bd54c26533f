"""Containers between lines of colons, in Markdown: `::: mermaid` is a fence, others hold text."""

import re

from agents.readers.fences import DIAGRAM_LANGUAGES

_COLONS = re.compile(r"([ \t]{0,12})(:{3,})[ \t]*\{?([\w-]*)\}?(.*)$", re.S)
_FENCE = re.compile(r"[ \t>]{0,20}(`{3,}|~{3,})")


def as_fences(text: str) -> str:
    """The text with as many bytes, in which such lines are fences of backticks or blank."""
    if ":::" not in text:
        return text
    lines = text.split("\n")
    fence = closing = ""
    for at, line in enumerate(lines):
        fence, was = _fence(line, fence), fence
        if fence or was:
            continue
        match = _COLONS.match(line)
        if match is None:
            continue
        indent, colons, name, rest = match.groups()
        if closing or name.lower() in DIAGRAM_LANGUAGES:
            closes = bool(closing) and not name and len(colons) >= len(closing)
            if not closing or closes:
                shown = "" if closes else " " + name
                lines[at] = _as_long_as(line, indent + "`" * len(colons) + shown)
                closing = "" if closes else colons
            continue
        lines[at] = _as_long_as(line, "")
    return "\n".join(lines)


def _fence(line: str, open_: str) -> str:
    """The fence that is open behind this line."""
    match = _FENCE.match(line)
    if match is None:
        return open_
    mark = match.group(1)
    if not open_:
        return mark
    return "" if mark[0] == open_[0] and len(mark) >= len(open_) else open_


def _as_long_as(line: str, text: str) -> str:
    carriage = "\r" if line.endswith("\r") else ""
    return text.ljust(len(line.encode()) - len(carriage)) + carriage
