"""Documents as blocks with exact line ranges: the ground that every quote stands on."""

import bisect
import re
from enum import StrEnum
from functools import cached_property

from agents.values import Value

_LONE_CR = re.compile(r"\r(?!\n)")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


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
    """The exact source text, without white space at its end. Where a container begins on the same
    line (`> `, `- `, `<p>`, `.. note:: `), the text begins behind its mark."""
    line_start: int
    line_end: int
    """1-based, inclusive."""
    section: tuple[str, ...] = ()
    """Titles of the headings above, outermost first."""
    level: int = 0
    """Heading level 1-6; 0 for other blocks."""
    info: str = ""
    """Language of a fence (`mermaid`, `yaml` ...)."""
    cells: tuple[str, ...] = ()
    """Of a table row or head: the text of each cell, trimmed, its lines joined by a space."""


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

    def offset_of(self, line: int) -> int:
        """Character offset at which a 1-based line begins; the nearest line where there is none."""
        return self._starts[min(max(line, 1), len(self._starts)) - 1]

    def lines(self, start: int, end: int) -> str:
        """Text of lines `start` to `end` (1-based, inclusive), without the last line end."""
        starts = self._starts
        stop = starts[end] - 1 if end < len(starts) else len(self.text)
        return self.text[starts[start - 1] : stop].rstrip("\n")

    def section_at(self, line: int) -> str:
        """Text of all blocks under the same headings as the block on this line."""
        own = next((b.section for b in self.blocks if b.line_start <= line <= b.line_end), None)
        return "\n".join(b.text for b in self.blocks if b.section == own)

    @property
    def words(self) -> int:
        """Words of the whole text, split at white space."""
        return len(self.text.split())


def normalise(text: str) -> str:
    """No byte order mark, lone CR as LF, lone surrogates as U+FFFD. Lines stay those of the file."""
    return _SURROGATE.sub("\ufffd", _LONE_CR.sub("\n", text.removeprefix("\ufeff")))


def read(path: str, text: str, cut_from_bytes: int | None = None) -> Document:
    """Parse a document into blocks; the suffix of `path` names the format. Never raises.

    Markdown for `.md`, `.markdown` and no suffix, reStructuredText for `.rst`, AsciiDoc for
    `.adoc`, `.asciidoc` and `.asc`, one diagram for `.mmd`, `.puml`, `.dot`, `.drawio` and their
    like, plain text for the rest.
    """
    # The readers import the types above, so they are imported here.
    from agents.readers import blocks

    clean = normalise(text)
    found = tuple(blocks(path, clean))
    return Document(path=path, text=clean, blocks=found, cut_from_bytes=cut_from_bytes)
