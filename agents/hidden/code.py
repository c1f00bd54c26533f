"""Where a document shows code: what stands there is seen by everybody, or spoken of."""

import bisect
from collections.abc import Sequence

from agents.document import Block, BlockKind, Document

_LONGEST = 500


class Ranges:
    """Line ranges of blocks, for looking up offsets."""

    def __init__(self, document: Document, blocks: Sequence[Block]) -> None:
        self.document = document
        self.starts = [block.line_start for block in blocks]
        self.ends = [block.line_end for block in blocks]

    def has(self, offset: int) -> bool:
        """True for an offset on a line of one of the blocks."""
        line = self.document.line_at(offset)
        at = bisect.bisect_right(self.starts, line) - 1
        return at >= 0 and line <= self.ends[at]


def code_of(document: Document) -> Ranges:
    """Its code blocks and diagrams."""
    kinds = (BlockKind.CODE, BlockKind.DIAGRAM)
    return Ranges(document, [block for block in document.blocks if block.kind in kinds])


def in_span(text: str, offset: int) -> bool:
    """True between the backticks of a code span."""
    start = max(text.rfind("\n", max(0, offset - _LONGEST), offset) + 1, offset - _LONGEST, 0)
    return text.count("`", start, offset) % 2 == 1
