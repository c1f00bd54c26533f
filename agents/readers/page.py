"""A page under a line reader: the lines, the place reached, the headings above, the blocks found."""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from agents.document import Block, BlockKind
from agents.readers.fences import classify
from agents.readers.outline import Outline, front_matter_end

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})\s*([\w+{}.-]*)")

P = TypeVar("P", bound="Page")


class Page:
    """Walks over the lines; every rule of a format takes lines from `at` on, or leaves them."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        if not self.lines[-1]:
            self.lines.pop()
        self.at = 0
        self.result: list[Block] = []
        self.outline = Outline()
        self._styles: list[str] = []

    def line(self, at: int) -> str:
        """A line by its place; empty behind the end."""
        return self.lines[at] if at < len(self.lines) else ""

    def blank(self, at: int) -> bool:
        """True for an empty line, and before the first and behind the last."""
        return not 0 <= at < len(self.lines) or not self.lines[at].strip()

    def add(
        self,
        kind: BlockKind,
        end: int,
        *,
        level: int = 0,
        info: str = "",
        skip: int = 0,
        cells: Sequence[str] = (),
    ) -> None:
        """Make a block of the lines `at` up to, not including, `end`, and go on behind it.

        `skip` characters of the first line belong to a mark around the block. Lines without any
        text make no block.
        """
        start, self.at = self.at, max(end, self.at + 1)
        body = "\n".join(self.lines[start:end])[skip:].rstrip()
        if not body:
            return
        self.result.append(
            Block(
                kind=kind,
                text=body,
                line_start=start + 1,
                line_end=start + 1 + body.count("\n"),
                section=self.outline.above,
                level=level,
                info=info,
                cells=tuple(cells),
            )
        )

    def heading(self, title: str, level: int, end: int) -> None:
        """Make a heading of the lines up to `end`; what follows stands under it."""
        self.outline.leave(level)
        self.add(BlockKind.HEADING, end, level=min(level, 6))
        self.outline.enter(level, title)

    def level(self, style: str) -> int:
        """Level of a heading by the order in which its style was first used."""
        if style not in self._styles:
            self._styles.append(style)
        return self._styles.index(style) + 1

    def code(self, language: str, body: range, end: int) -> None:
        """Make a code block or a diagram of the lines up to `end`; `body` is what stands in it."""
        kind, info = classify(language, "\n".join(self.lines[body.start : body.stop]))
        self.add(kind, end, info=info)

    def delimited(self, language: str, closes: Callable[[str], bool]) -> None:
        """Make a code block of all lines up to the one that closes it, or to the end."""
        end = self.at + 1
        while end < len(self.lines) and not closes(self.lines[end].strip()):
            end += 1
        self.code(language, range(self.at + 1, end), min(end + 1, len(self.lines)))

    def indented_end(self, at: int, indent: int) -> int:
        """Where the lines end that are indented deeper; blank lines at their end are outside."""
        end = at
        while at < len(self.lines):
            line = self.lines[at]
            if line.strip():
                if indent_of(line) <= indent:
                    break
                end = at + 1
            at += 1
        return end


def indent_of(line: str) -> int:
    """Number of white-space characters before the text."""
    return len(line) - len(line.lstrip())


def walk(page: P, rules: Sequence[Callable[[P], bool]], prose: Callable[[P], None]) -> list[Block]:
    """Blocks of a page: the first rule that takes a line wins; what none takes is prose."""
    settings = front_matter_end(page.lines)
    if settings:
        page.add(BlockKind.FRONT_MATTER, settings)
    while page.at < len(page.lines):
        if page.blank(page.at):
            page.at += 1
        elif not any(rule(page) for rule in rules):
            prose(page)
    return page.result


def fenced(page: Page) -> bool:
    """A block between fences of backticks or tildes, as in Markdown."""
    match = _FENCE.match(page.line(page.at))
    if not match:
        return False
    fence, language = match.groups()
    page.delimited(language, lambda line: line.startswith(fence) and not line.strip(fence[0]))
    return True


def begins_fence(line: str) -> bool:
    """True for a line that opens a block of code."""
    return _FENCE.match(line) is not None
