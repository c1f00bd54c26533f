"""What a request of the model-backed analyst shows: documents, system model, numbered lists."""

import re
from collections.abc import Iterator, Mapping

_OPENING = re.compile(r"^\[(?P<fence>[0-9a-f]{24}) outline\]$", re.MULTILINE)
_LINE = re.compile(r"^(?:(\d+):)?(\d+)\| ?(.*)$")
_ITEM = re.compile(r"^(\d+)\. (.*)$")


def documents(system: str) -> Mapping[int, tuple[str, str]]:
    """Number to path and text of each document; lines that are not shown are empty."""
    opening = list(_OPENING.finditer(system))
    if not opening:
        return {}
    fence = opening[-1]["fence"]
    head = re.compile(rf"^\[{fence} document (\d+): (.*)\]$")
    found: dict[int, tuple[str, dict[int, str]]] = {}
    current: dict[int, str] = {}
    for line in system[opening[-1].end() :].splitlines():
        begins = head.match(line)
        if begins:
            current = found.setdefault(int(begins[1]), (begins[2], {}))[1]
            continue
        shown = _LINE.match(line)
        if shown and found:
            current[int(shown[2])] = shown[3]
    return {number: (path, _text(lines)) for number, (path, lines) in found.items()}


def _text(lines: Mapping[int, str]) -> str:
    return "\n".join(lines.get(n, "") for n in range(1, max(lines, default=0) + 1)) + "\n"


def items(text: str, heading: str) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Number, first line and `name: value` lines of the list under a heading.

    Where the list has sub-headings (`* title: …`), the first line begins with the title.
    """
    listed = text.rpartition(f"\n{heading}:\n")[2]
    number, first, under, rest = 0, "", "", dict[str, str]()
    for line in listed.splitlines():
        begins = _ITEM.match(line)
        if number and (begins or not line.startswith("   ")):
            yield number, first, rest
            number = 0
        if begins:
            number, first, rest = int(begins[1]), f"{under}{begins[2]}", {}
        elif line.startswith("* "):
            under = f"{line[2:].partition(': ')[0]} | "
        elif line.startswith("   "):
            name, _, value = line.strip().partition(": ")
            rest.setdefault(name, value)
        else:
            break
    if number:
        yield number, first, rest
