"""Documents as blocks with exact line ranges: the ground that every quote stands on."""

import bisect
from enum import StrEnum
from functools import cached_property

from agents.values import Value


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_HEAD = "table_head"
    TABLE_ROW = "table_row"
    CODE = "code"
    DIAGRAM = "diagram"
    """A fenced Mermaid, PlantUML, DOT or draw.io text, or an ASCII drawing."""
    HTML = "html"
    FRONT_MATTER = "front_matter"


class Block(Value):
    """A piece of a document, verbatim, with the headings above it."""

    kind: BlockKind
    text: str
    """The exact source text, without the trailing line end."""
    line_start: int
    line_end: int
    """1-based, inclusive."""
    section: tuple[str, ...] = ()
    """Titles of the headings above, outermost first."""
    level: int = 0
    """Heading level 1-6; 0 for other blocks."""
    info: str = ""
    """Language of a fence (`mermaid`, `yaml` ...)."""


class Document(Value):
    """One document at a commit."""

    path: str
    text: str
    """Normalised once: no byte order mark, lone CR as LF. CRLF stays, so lines match the file."""
    blocks: tuple[Block, ...]
    cut_from_bytes: int | None = None

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(i + 1 for i, c in enumerate(self.text) if c == "\n")]

    @property
    def line_count(self) -> int:
        """Number of lines; a final line end does not begin another line."""
        starts = self._starts
        return max(1, len(starts) - (1 if self.text.endswith("\n") else 0))

    def line_at(self, offset: int) -> int:
        """1-based line of a character offset."""
        return bisect.bisect_right(self._starts, offset)

    def lines(self, start: int, end: int) -> str:
        """Text of lines `start` to `end` (1-based, inclusive), without the last line end."""
        starts = self._starts
        stop = starts[end] - 1 if end < len(starts) else len(self.text)
        return self.text[starts[start - 1] : stop].rstrip("\n")

    @property
    def words(self) -> int:
        """Words of the whole text, split at white space."""
        return len(self.text.split())
