"""Names with arrows between them, without boxes: beside each other or below each other."""

import re
from collections.abc import Sequence

_LINK = re.compile(r"\s+(<?[-=─]{1,20}[>▶►]|<[-=─]{1,20}|[→←⇒⟶])\s+")
_NAME = re.compile(r"[A-Z][\w.'’/&+()-]*(?: [\w.'’/&+()-]+){0,4}")
_DOWN = re.compile(r"\s*(?:[|│║]|[vV▼↓⬇⇩])(?:\s+[\w(][\w /().:-]{0,40})?\s*$")
_HEAD = re.compile(r"\s*[vV▼↓⬇⇩](?:\s|$)")
_LONGEST_LINE = 500


def chain(line: str) -> list[tuple[str, str]]:
    """The names of a line `Client -> API --> Store` with the arrow behind each; else nothing."""
    pieces = _LINK.split(line[:_LONGEST_LINE].strip())
    names = [name.strip() for name in pieces[::2]]
    if len(names) < 2 or not all(_NAME.fullmatch(name) for name in names):
        return []
    return list(zip(names, [*pieces[1::2], ""], strict=True))


def column(lines: Sequence[str]) -> list[tuple[str, int, str, int]]:
    """Arrows from one name to the name below it, each with its line; places count from 0."""
    found: list[tuple[str, int, str, int]] = []
    above: tuple[str, int] | None = None
    between = head = False
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        if _DOWN.match(line):
            between, head = True, head or _HEAD.match(line) is not None
            continue
        name = line.strip()[:_LONGEST_LINE].strip("[]() ")
        named = _NAME.fullmatch(name) is not None
        if above and between and head and named:
            found.append((*above, name, at))
        above = (name, at) if named else None
        between = head = False
    return found


def is_chains(body: str) -> bool:
    """True where most lines are names with arrows between them, and two arrows or more are drawn."""
    lines = [line for line in body.split("\n") if line.strip()]
    below = column(lines)
    connectors = sum(_DOWN.match(line) is not None for line in lines)
    if below and 2 * (connectors + len(below) + 1) > len(lines):
        return True
    chains = [names for names in map(chain, lines) if names]
    arrows = sum(len(names) - 1 for names in chains)
    return arrows >= 2 and 2 * len(chains) > len(lines)
