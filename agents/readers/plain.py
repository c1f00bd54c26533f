"""Plain text, line by line: the headings, lists, tables and drawings that people write into it."""

import re

from agents.document import Block, BlockKind
from agents.readers.fences import has_boxes
from agents.readers.page import Page, begins_fence, fenced, walk
from agents.readers.tables import bars, grid, is_grid, region_end

_UNDERLINE = re.compile(r"([=\-~^\"'`#*+:.<>_])\1{2,}\s*$")
_HASH = re.compile(r"(#{1,6})\s+(\S.*)")
_BULLET = re.compile(r"\s{0,40}(?:[-*+•–▪●◦]|o(?=\s\s)|\(?(?:\d{1,4}|[a-zA-Z#])[.)])\s+\S")
_NUMBERED = re.compile(
    r"(?:(?i:section|chapter|part|appendix|annex)\s+(?=[\dA-Z]))?"
    r"(?:(\d{1,3}(?:\.\d{1,3}){0,5})[.):]?|([A-Z](?:\.\d{1,3}){1,4}|[A-Z])[.):])"
    r"\s+[\"'(\[]?[A-Z0-9].{1,70}$"
)
_ENDS_SENTENCE = re.compile(r"[.;,:!?]\s*$")
_CAPITALS = re.compile(r"[^a-z\n]{0,60}[A-Z]{2}[^a-z\n]{0,20}$")
_DRAWN = re.compile(r"[┌┐└┘├┤┬┴╔╗╚╝│║]|\+-{2}|-{2}\+")
_CONNECTOR = re.compile(r"[\s|│║v^▼▲↓↑/\\]*[|│║▼▲↓↑][\s|│║v^▼▲↓↑/\\]*$")


def blocks(text: str) -> list[Block]:
    """Blocks of a normalised text, in order. Linear in its length."""
    return walk(Page(text), (_heading, fenced, _drawing, grid, bars), _prose)


def _heading(page: Page) -> bool:
    line = page.line(page.at)
    match = _HASH.match(line)
    if match:
        page.heading(match.group(2).rstrip("# \r"), len(match.group(1)), page.at + 1)
        return True
    return _overlined(page, line) or _underlined(page, line) or _alone(page, line)


def _overlined(page: Page, line: str) -> bool:
    title, below = page.line(page.at + 1).strip(), page.line(page.at + 2).rstrip()
    if not _UNDERLINE.match(line) or not title or line.rstrip() != below:
        return False
    page.heading(title, page.level(line[0] * 2), page.at + 3)
    return True


def _underlined(page: Page, line: str) -> bool:
    below = page.line(page.at + 1).rstrip()
    if line[:1].isspace() or not _UNDERLINE.match(below) or _UNDERLINE.match(line):
        return False
    if len(below) < min(len(line.strip()), 60):
        return False
    page.heading(line, page.level(below[0]), page.at + 2)
    return True


def _alone(page: Page, line: str) -> bool:
    """A numbered title, or one in capitals, with a blank line on both sides."""
    if line[:1].isspace() or not (page.blank(page.at - 1) and page.blank(page.at + 1)):
        return False
    title = line.rstrip()
    if _ENDS_SENTENCE.search(title):
        return False
    number = _NUMBERED.match(title)
    if number and not _in_list(page, number.group(1) or number.group(2)):
        depth = (number.group(1) or number.group(2)).count(".") + 1
        page.heading(title, page.level(f"number {min(depth, 6)}"), page.at + 1)
        return True
    if not _CAPITALS.match(title):
        return False
    page.heading(title, page.level("capitals"), page.at + 1)
    return True


def _in_list(page: Page, number: str) -> bool:
    """True where the numbered line is an item: its neighbour is the item with the next number."""
    if "." in number:
        return False
    before = page.result[-1] if page.result else None
    if before is not None and before.kind is BlockKind.LIST_ITEM and number.isdigit():
        return number != "1" and _BULLET.match(before.text) is not None
    after = page.at + 1
    while after < len(page.lines) and page.blank(after):
        after += 1
    following = _NUMBERED.match(page.line(after).rstrip())
    return following is not None and "." not in (following.group(1) or following.group(2))


def _drawing(page: Page) -> bool:
    """Boxes and arrows drawn with characters, without a fence around them."""
    line = page.line(page.at)
    if not _DRAWN.search(line) or line.lstrip().startswith("|"):
        return False
    if is_grid(page.lines[page.at : region_end(page, page.at)], columns=2):
        return False
    end = page.at
    while end < len(page.lines):
        if page.blank(end) and not _goes_on(page, end + 1):
            break
        end += 1
    if not has_boxes("\n".join(page.lines[page.at : end])):
        return False
    page.code("ascii", range(page.at, end), end)
    return True


def _goes_on(page: Page, at: int) -> bool:
    """True where the drawing goes on behind a blank line."""
    line = page.line(at)
    if _CONNECTOR.match(line):
        return True
    drawn = _DRAWN.search(line) is not None and not line.lstrip().startswith("|")
    return drawn and not is_grid(page.lines[at : region_end(page, at)], columns=2)


def _prose(page: Page) -> None:
    item = _BULLET.match(page.line(page.at)) is not None
    end = page.at + 1
    while not page.blank(end) and _continues(page, end):
        end += 1
    page.add(BlockKind.LIST_ITEM if item else BlockKind.PARAGRAPH, end)


def _continues(page: Page, at: int) -> bool:
    line = page.lines[at]
    if _BULLET.match(line) or begins_fence(line) or _HASH.match(line) or _DRAWN.search(line):
        return False
    return line[:1].isspace() or not _UNDERLINE.match(page.line(at + 1))
