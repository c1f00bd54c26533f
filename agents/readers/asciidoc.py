"""AsciiDoc, line by line: titles, delimited blocks, tables by their columns, lists, paragraphs."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from agents.document import Block, BlockKind
from agents.readers.fences import DIAGRAM_LANGUAGES
from agents.readers.page import Page, begins_fence, fenced, indent_of, walk

_TITLE = re.compile(r"(={1,6}|#{1,6})\s+(\S.*)")
_UNDERLINE = re.compile(r"([=~^+-])\1+\s*$")
_UNDERLINES = "=-~^+"
_ITEM = re.compile(r"\s*(?:\*{1,5}|\.{1,5}|-|\d{1,4}\.|[a-zA-Z]\.|<(?:\d{1,3}|\.)>)\s+\S")
_TERM = re.compile(r"\s*\S.{0,200}?(?::{2,4}|;;)(?:\s|$)")
_ATTRIBUTES = re.compile(r"\[([\w.#%,\"'* :=-][^\[\]]*|)\]\s*$|\[\[[^\[\]]{1,80}\]\]\s*$")
_CAPTION = re.compile(r"\.[^\s.]")
_ENTRY = re.compile(r":!?[\w-]{1,60}!?:(?:\s|$)")
_AUTHOR = re.compile(
    r"[^.<>]{1,80}<[^<>\s]{3,80}>\s*;?|v?\d[\w.]{0,20},\s|(?:[A-Z][\w.-]*\s*){1,4}$"
)
_COMMENT = re.compile(r"//(?!/)")
_COMMENT_BLOCK = re.compile(r"/{4,}\s*$")
_CODE = re.compile(r"(-{4,}|\.{4,}|\+{4,})\s*$")
_CONTAINER = re.compile(r"(?:={4,}|\*{4,}|_{4,}|--|'{3,}|<{3,}|\+)\s*$")
_TABLE = re.compile(r"([|,:!])={3,}\s*$")
_MACRO = re.compile(r"\w{2,20}::\S*\[.*\]\s*$")
_CELL = re.compile(
    r"(?:(?:(?<=\s)|^)(?:(?P<times>\d{1,2})\*|(?P<over>\d{1,2})?(?:\.(?P<down>\d{1,2}))?\+)?"
    r"[<^>]?(?:\.[<^>])?[adehlmsv]?|(?<!\\))\|"
)
_COLUMNS = re.compile(r"cols\s*=\s*(?:\"([^\"]{1,400})\"|'([^']{1,400})'|(\d{1,3}\*?))")
_HEADER = re.compile(r"%[\w%]*header|options\s*=\s*\"?[\w,]*header|opts\s*=\s*\"?[\w,]*header")


class _Page(Page):
    """A page that remembers the attributes written above a block."""

    attributes = ""

    @property
    def language(self) -> str:
        """Language of the block that the attributes stand above; they count for one block."""
        words = [w.strip() for w in re.sub(r"[\"']", "", self.attributes).split(",")]
        self.attributes = ""
        style = re.split(r"[#.%]", words[0])[0] if words else ""
        if style in ("source", "listing", "") and len(words) > 1 and "=" not in words[1]:
            return words[1]
        return "" if style in ("listing", "literal", "source") or "=" in style else style


@dataclass
class _Row:
    """Cells of one table row while they are collected; lines are places."""

    start: int
    end: int
    wanted: int
    """Columns that are still free; rows above may reach down into the others."""
    cells: list[str] = field(default_factory=list)


@dataclass
class _Cell:
    """A cell with the columns and rows that it takes."""

    text: str
    over: int = 1
    down: int = 1


def blocks(text: str) -> list[Block]:
    """Blocks of a normalised text, in order. Linear in its length."""
    rules = (_comment, _entries, _above, _heading, _delimited, _table, _literal)
    return walk(_Page(text), rules, _prose)


def _comment(page: _Page) -> bool:
    line = page.line(page.at)
    if _COMMENT_BLOCK.match(line):
        closing = line.strip()
        end = page.at + 1
        while end < len(page.lines) and page.lines[end].strip() != closing:
            end += 1
        page.add(BlockKind.HTML, min(end + 1, len(page.lines)))
        return True
    if not (_COMMENT.match(line) or _MACRO.match(line)):
        return False
    page.add(BlockKind.HTML, page.at + 1)
    return True


def _entries(page: _Page) -> bool:
    """Settings of the document, `:name: value`."""
    if not _ENTRY.match(page.line(page.at)):
        return False
    end = page.at + 1
    while _ENTRY.match(page.line(end)) or page.line(end - 1).rstrip().endswith(" \\"):
        end += 1
    page.add(BlockKind.FRONT_MATTER, end)
    return True


def _above(page: _Page) -> bool:
    """Attributes of the block that follows, and its title."""
    line = page.line(page.at)
    if _CAPTION.match(line):
        page.add(BlockKind.PARAGRAPH, page.at + 1, skip=1)
        return True
    if not _ATTRIBUTES.match(line):
        return False
    inner = line.strip()[1:-1]
    page.attributes = page.attributes if inner.startswith("[") else inner
    page.at += 1
    return True


def _heading(page: _Page) -> bool:
    line, below = page.line(page.at), page.line(page.at + 1).rstrip()
    match = _TITLE.match(line)
    if match:
        page.attributes = ""
        mark, title = match.groups()
        first = all(block.kind is BlockKind.FRONT_MATTER for block in page.result)
        page.heading(title.rstrip().removesuffix(" " + mark), len(mark), page.at + 1)
        if first and mark == "=":
            _header(page)
        return True
    underline = _UNDERLINE.match(below)
    if not underline or not re.search(r"\w", line) or abs(len(below) - len(line.rstrip())) > 1:
        return False
    if line[:1].isspace() or _TABLE.match(line) or _ITEM.match(line):
        return False
    page.attributes = ""
    page.heading(line, _UNDERLINES.index(underline.group(1)) + 1, page.at + 2)
    return True


def _header(page: _Page) -> None:
    """Author, revision and settings directly below the title of the document."""
    end = page.at
    while _ENTRY.match(page.line(end)) or _AUTHOR.match(page.line(end)):
        end += 1
    if end > page.at:
        page.add(BlockKind.FRONT_MATTER, end)


def _delimited(page: _Page) -> bool:
    line = page.line(page.at)
    code = _CODE.match(line)
    if code or (_CONTAINER.match(line) and _holds_code(page)):
        closing = line.strip()
        page.delimited(page.language, lambda other: other == closing)
        return True
    if _CONTAINER.match(line):
        page.at += 1
        return True
    if line.startswith("```"):
        return fenced(page)
    return False


def _holds_code(page: _Page) -> bool:
    """True where the attributes make code or a diagram of a block that else holds text."""
    style = re.split(r"[,#.%]", page.attributes.strip())[0].strip()
    kept = page.attributes
    language = page.language
    page.attributes = kept
    return style in ("source", "listing", "literal") or _is_diagram(language)


def _is_diagram(language: str) -> bool:
    return language.lower() in DIAGRAM_LANGUAGES


def _table(page: _Page) -> bool:
    match = _TABLE.match(page.line(page.at))
    if not match:
        return False
    closing, attributes = page.line(page.at).strip(), page.attributes
    page.attributes = ""
    start, end = page.at + 1, page.at + 1
    while end < len(page.lines) and page.lines[end].strip() != closing:
        end += 1
    rows = _rows(page.lines, range(start, end), match.group(1), attributes)
    first = next((at for at in range(start, end) if not page.blank(at)), start)
    implicit = first == start and page.blank(first + 1) and first + 1 < end
    head = _HEADER.search(attributes) is not None or implicit
    for number, row in enumerate(rows):
        page.at = row.start
        kind = BlockKind.TABLE_HEAD if head and number == 0 else BlockKind.TABLE_ROW
        page.add(kind, row.end, cells=row.cells)
    page.at = min(end + 1, len(page.lines))
    return True


def _rows(lines: Sequence[str], span: range, mark: str, attributes: str) -> list[_Row]:
    """Rows of whole lines: a row ends with the line in which it has all its cells."""
    rows: list[_Row] = []
    width = _width(attributes)
    taken: Counter[int] = Counter()
    for at in span:
        cells = _cells(lines[at], mark)
        if not lines[at].strip() or (not cells and not rows):
            continue
        if cells and (not rows or rows[-1].wanted <= 0):
            width = width or sum(cell.over for cell in cells)
            rows.append(_Row(at, at + 1, width - taken[len(rows)]))
        row = rows[-1]
        row.end = at + 1
        if not cells:
            row.cells[-1] += " " + lines[at].strip()
        for cell in cells:
            row.cells.append(cell.text)
            row.wanted -= cell.over
            for below in range(len(rows), len(rows) + cell.down - 1):
                taken[below] += cell.over
    return rows


def _cells(line: str, mark: str) -> list[_Cell]:
    """Cells that begin in a line; none where it goes on with the cell before."""
    if mark in ",:":
        return [_Cell(cell.strip()) for cell in line.split(mark)] if line.strip() else []
    if mark == "!":
        return [_Cell(cell.strip()) for cell in re.split(r"(?<!\\)!", line)[1:]]
    marks = list(_CELL.finditer(line))
    found = []
    for match, end in zip(marks, [*(m.start() for m in marks[1:]), len(line)], strict=False):
        times, over, down = (int(match.group(name) or 1) for name in ("times", "over", "down"))
        found += [_Cell(line[match.end() : end].strip(), over, down)] * min(times, 50)
    return found


def _width(attributes: str) -> int:
    """Number of columns that the attributes of a table name; 0 where they name none."""
    match = _COLUMNS.search(attributes)
    if match is None:
        return 0
    given = (match.group(1) or match.group(2) or match.group(3)).strip()
    if given.isdigit():
        return min(int(given), 1000)
    total = 0
    for part in re.split(r"[,;]", given):
        times = re.match(r"\s*(\d{1,3})\*", part)
        total += int(times.group(1)) if times else 1
    return total


def _literal(page: _Page) -> bool:
    """A paragraph that begins with white space is shown as it is; a styled one is code."""
    line = page.line(page.at)
    if _ITEM.match(line) or _TERM.match(line):
        return False
    kept = page.attributes
    language = page.language
    styled = kept.startswith(("source", "listing", "literal", ",")) or _is_diagram(language)
    if not styled and not line[:1].isspace():
        return False
    end = page.at + 1
    while not page.blank(end):
        end += 1
    page.code(language, range(page.at, end), end)
    return True


def _prose(page: _Page) -> None:
    page.attributes = ""
    line = page.line(page.at)
    item = _ITEM.match(line) is not None or _TERM.match(line) is not None
    end = page.at + 1
    while not page.blank(end) and not _begins(page, end, item):
        end += 1
    page.add(BlockKind.LIST_ITEM if item else BlockKind.PARAGRAPH, end)


def _begins(page: _Page, at: int, item: bool) -> bool:
    """True for a line that ends the paragraph or item before it."""
    line = page.lines[at]
    ends = _CODE.match(line) or _CONTAINER.match(line) or _TABLE.match(line)
    if ends or begins_fence(line) or _COMMENT.match(line) or _COMMENT_BLOCK.match(line):
        return True
    if _ATTRIBUTES.match(line) or _ITEM.match(line) or _ENTRY.match(line):
        return True
    return item and indent_of(line) == 0 and _TERM.match(line) is not None
