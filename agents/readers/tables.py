"""Tables drawn with characters: grids, columns under rules, and bars; one block for each row."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence

from agents.document import BlockKind
from agents.readers.page import Page, indent_of

_GRID_TOP = re.compile(r"\s*\+(?:[-=]+\+)+\s*$")
_GRID_PART = re.compile(r"[-=+\s]*$")
_RULE = re.compile(r"\s*=+(?:[ ]+=+)+\s*$")
_SPAN = re.compile(r"\s*-+(?:[ ]+-+)*\s*$")
_BAR = re.compile(r"(?<!\\)\|")
_BARS_RULE = re.compile(r"[\s|:+=-]*$")


def split_cells(row: str) -> tuple[str, ...]:
    """Cells of a row with bars between them; a bar at either end is the edge."""
    text = row.strip().removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return tuple(" ".join(cell.split()) for cell in _BAR.split(text))


def grid(page: Page) -> bool:
    """A grid of `+---+` and `|`; rows that share a cell over several rows are one block."""
    if not _GRID_TOP.match(page.line(page.at)):
        return False
    end = region_end(page, page.at)
    if is_grid(page.lines[page.at : end]):
        _grid_rows(page, end)
    while page.at < end:
        # A broken table: its rows line by line.
        if not bars(page):
            page.at += 1
    return True


def region_end(page: Page, at: int) -> int:
    """Where the lines from `at` on end that begin with `+` or `|`."""
    end = at
    while end < len(page.lines) and page.lines[end].strip()[:1] in ("+", "|"):
        end += 1
    return end


def is_grid(lines: Sequence[str], columns: int = 1) -> bool:
    """True for a closed grid of at least this many columns whose lines are equally wide."""
    top = lines[0].rstrip() if lines else ""
    return (
        len(lines) >= 3
        and top.count("+") > columns
        and _GRID_TOP.match(top) is not None
        and _GRID_TOP.match(lines[-1]) is not None
        and all(_width(line.rstrip()) == len(top) for line in lines)
    )


def _width(line: str) -> int:
    """Columns that a line takes on a screen."""
    if line.isascii():
        return len(line)
    marks = sum(unicodedata.combining(c) != 0 for c in line)
    return len(line) - marks + sum(unicodedata.east_asian_width(c) in "WF" for c in line)


def _grid_rows(page: Page, end: int) -> None:
    edges = [at for at, character in enumerate(page.lines[page.at].rstrip()) if character == "+"]
    rules = [at for at in range(page.at, end) if _GRID_TOP.match(page.lines[at])]
    head = next((at for at in rules[1:] if "=" in page.lines[at]), page.at)
    for above, below in zip(rules, rules[1:], strict=False):
        page.at = above + 1
        if page.at < below:
            kind = BlockKind.TABLE_HEAD if below <= head else BlockKind.TABLE_ROW
            page.add(kind, below, cells=_grid_cells(page.lines[above + 1 : below], edges))
    page.at = end


def _grid_cells(lines: Sequence[str], edges: Sequence[int]) -> list[str]:
    cells: list[list[str]] = [[] for _ in edges[:-1]]
    for line in lines:
        start = 0
        pieces = iter(split_cells(line))
        for number, at in enumerate(edges[1:], 1):
            if line.isascii() and line[at : at + 1] not in ("|", "+"):
                continue
            piece = line[edges[start] + 1 : at].strip() if line.isascii() else next(pieces, "")
            if not _GRID_PART.match(piece):
                cells[start].append(piece)
            start = number
    return [" ".join(" ".join(cell).split()) for cell in cells]


def columns(page: Page) -> bool:
    """A simple table: columns under rules of `=`; a row goes on where its first cell is empty."""
    top = page.line(page.at)
    if not _RULE.match(top):
        return False
    rules = _rules(page)
    starts = [match.start() for match in re.finditer(r"=+", top)]
    if len(rules) < 2:
        page.add(BlockKind.PARAGRAPH, rules[-1] + 1)
        return True
    for number, (above, below) in enumerate(zip(rules, rules[1:], strict=False)):
        head = number == 0 and len(rules) > 2
        kind = BlockKind.TABLE_HEAD if head else BlockKind.TABLE_ROW
        page.at = above + 1
        while page.at < below:
            _column_row(page, below, kind, starts)
    page.at = rules[-1] + 1
    return True


def _rules(page: Page) -> list[int]:
    """Places of the top, the rule under the head where there is one, and the bottom."""
    rules = [page.at]
    at = page.at + 1
    while at < len(page.lines) and len(rules) < 3:
        if _RULE.match(page.lines[at]):
            rules.append(at)
            if page.blank(at + 1):
                break
        elif page.blank(at):
            if page.blank(at + 1):
                break
        elif indent_of(page.lines[at]) < indent_of(page.lines[page.at]):
            break
        at += 1
    return rules


def _column_row(page: Page, limit: int, kind: BlockKind, starts: Sequence[int]) -> None:
    if page.blank(page.at) or _SPAN.match(page.lines[page.at]):
        page.at += 1
        return
    first = starts[1]
    end = page.at + 1
    while end < limit and not page.blank(end) and not _SPAN.match(page.lines[end]):
        if page.lines[end][:first].strip():
            break
        end += 1
    rows = page.lines[page.at : end]
    longest = max(len(row) for row in rows)
    within = starts[: bisect_left(starts, longest)]
    cells = [
        " ".join(" ".join(row[start:stop] for row in rows).split())
        for start, stop in zip(within, [*within[1:], longest], strict=True)
    ]
    page.add(kind, end, cells=cells)


def bars(page: Page) -> bool:
    """A row between bars, as in Markdown; the first row of a table is its head."""
    line = page.line(page.at)
    if not line.lstrip().startswith("|"):
        return False
    if _BARS_RULE.match(line):
        page.at += 1
        return True
    above = page.result[-1] if page.result else None
    inside = above is not None and above.kind in (BlockKind.TABLE_HEAD, BlockKind.TABLE_ROW)
    near = inside and above is not None and page.at - above.line_end <= 1
    kind = BlockKind.TABLE_ROW if near else BlockKind.TABLE_HEAD
    page.add(kind, page.at + 1, cells=split_cells(line))
    return True
