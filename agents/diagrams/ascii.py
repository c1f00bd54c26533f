"""Drawings in characters: boxes with arrows between them, and names in lines or columns."""

import re
from dataclasses import dataclass

from agents.diagrams.drawing import Drawing
from agents.readers import chains

_TOP_LEFT, _TOP_RIGHT = "┌╔╭+", "┐╗╮+"
_ACROSS, _DOWN = "─═-━┬┴┼", "│║|┃├┤┼+"
_CONNECTOR = re.compile(r"[-─═━.=\s<>◀▶►◄→←A-Za-z0-9/ ,()┼┤├]*")
_RIGHT, _LEFT = re.compile(r"[>▶►→]\s*$"), re.compile(r"^\s*[<◀◄←]")
_INLINE = re.compile(r"\[([^\[\]]{2,60})\]|\(([^()]{2,60})\)")
_ARROW = re.compile(
    r"^\s*(<)?[-=─]{1,40}(?:\s*[\w /]{1,40}?\s*[-=─]{1,40})?(>|▶|►|→)?\s*$|^\s*(→)\s*$"
)
_MAX_LINES, _MAX_BOXES = 400, 120


@dataclass(frozen=True)
class _Box:
    top: int
    bottom: int
    left: int
    right: int
    label: str
    name_row: int


def parse(source: str, first_line: int) -> Drawing:
    """Draw a picture made of characters whose first line has this number in the document."""
    rows = source.split("\n")[:_MAX_LINES]
    width = max((len(row) for row in rows), default=0)
    grid = [row.rstrip("\r").ljust(min(width, 400))[:400] for row in rows]
    drawing = Drawing()
    boxes = _boxes(grid)
    inner = [b for b in boxes if not any(_contains(b, other) for other in boxes if other is not b)]
    for box in inner:
        drawing.node(box.label, first_line + box.name_row, label=box.label)
    for box in boxes:
        if box not in inner:
            drawing.group(box.label, box.label, first_line + box.name_row)
    for number, row in enumerate(grid):
        _across(row, number, inner, drawing, first_line)
        if not boxes:
            _inline(row, first_line + number, drawing)
    for source, above, target, below in [] if boxes else chains.column(grid):
        drawing.node(source, first_line + above, label=source)
        drawing.node(target, first_line + below, label=target)
        drawing.edge(source, target, first_line + below)
    for box in inner:
        _below(grid, box, inner, drawing, first_line)
    return drawing


def _contains(outer: _Box, inner: _Box) -> bool:
    return (
        outer.top < inner.top
        and outer.bottom > inner.bottom
        and outer.left < inner.left
        and outer.right > inner.right
    )


def _boxes(grid: list[str]) -> list[_Box]:
    found: list[_Box] = []
    for top, row in enumerate(grid):
        for left, character in enumerate(row):
            if character in _TOP_LEFT and len(found) < _MAX_BOXES:
                box = _box(grid, top, left)
                if box is not None:
                    found.append(box)
    return found


def _box(grid: list[str], top: int, left: int) -> _Box | None:
    row = grid[top]
    right = left + 1
    while right < len(row) and row[right] in _ACROSS:
        right += 1
    if right - left < 4 or right >= len(row) or row[right] not in _TOP_RIGHT:
        return None
    bottom = top + 1
    while bottom < len(grid) and grid[bottom][left] in _DOWN and grid[bottom][left] != "+":
        bottom += 1
    if bottom - top < 2 or bottom >= len(grid) or grid[bottom][left] not in "└╚╰+":
        return None
    texts = [(r, grid[r][left + 1 : right].strip(" │|║")) for r in range(top + 1, bottom)]
    words = [(r, t) for r, t in texts if re.search(r"\w", t) and not re.search(r"[┌└│]|\+--", t)]
    if not words:
        return None
    label = " ".join(t for _, t in words[:2] if not t.startswith(("-", "•", "*", "(")))[:80]
    return _Box(top, bottom, left, right, label or words[0][1][:80], words[0][0])


def _across(row: str, number: int, boxes: list[_Box], drawing: Drawing, first_line: int) -> None:
    here = sorted((b for b in boxes if b.top < number < b.bottom), key=lambda b: b.left)
    for left, right in zip(here, here[1:], strict=False):
        gap = row[left.right + 1 : right.left]
        if len(gap) > 60 or not _CONNECTOR.fullmatch(gap):
            continue
        label = re.sub(r"[^A-Za-z0-9/ ,]", " ", gap)
        if _RIGHT.search(gap):
            drawing.edge(left.label, right.label, first_line + number, label)
        if _LEFT.search(gap):
            drawing.edge(right.label, left.label, first_line + number, label)


def _below(
    grid: list[str], box: _Box, boxes: list[_Box], drawing: Drawing, first_line: int
) -> None:
    for column in range(box.left + 1, box.right):
        path = ""
        row = box.bottom + 1
        while row < len(grid) and grid[row][column] in "│|┃v▼↓^▲↑║┼V":
            path += grid[row][column]
            row += 1
        under = next((b for b in boxes if b.top == row and b.left < column < b.right), None)
        edge_row = first_line + box.bottom + 1
        if not path or under is None:
            continue
        if re.search(r"[v▼↓V]", path):
            drawing.edge(box.label, under.label, edge_row)
        if re.search(r"[\^▲↑]", path):
            drawing.edge(under.label, box.label, edge_row)


def _inline(row: str, line: int, drawing: Drawing) -> None:
    links = chains.chain(row)
    for (before, arrow), (after, _) in zip(links, links[1:], strict=False):
        for name in (before, after):
            drawing.node(name, line, label=name)
        if not arrow.startswith(("<", "←")) or arrow.endswith((">", "▶", "►")):
            drawing.edge(before, after, line)
        if arrow.startswith(("<", "←")):
            drawing.edge(after, before, line)
    if not links:
        _bracketed(row, line, drawing)


def _bracketed(row: str, line: int, drawing: Drawing) -> None:
    nodes = list(_INLINE.finditer(row))
    for before, after in zip(nodes, nodes[1:], strict=False):
        arrow = _ARROW.match(row[before.end() : after.start()])
        if not arrow:
            continue
        names = [(m.group(1) or m.group(2)).strip() for m in (before, after)]
        for name in names:
            drawing.node(name, line, label=name)
        if arrow.group(2) or arrow.group(3):
            drawing.edge(names[0], names[1], line)
        if arrow.group(1):
            drawing.edge(names[1], names[0], line)
