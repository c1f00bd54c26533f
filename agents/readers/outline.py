"""The headings above a place, and the settings at the top of a file: alike in every format."""

import re
from collections.abc import Sequence

_METADATA = re.compile(r"(?:-{3}|\+{3})\s*$")
_KEY = re.compile(r"[\w.\"' -]{1,60}[:=]|\[|#")
_LONGEST_METADATA = 2000


class Outline:
    """Headings that are open, outermost first."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []
        self.above: tuple[str, ...] = ()

    def leave(self, level: int) -> None:
        """Close the headings that one of this level ends."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        self.above = tuple(title for _, title in self._open)

    def enter(self, level: int, title: str) -> None:
        """Open a heading: what follows stands under it."""
        self._open.append((level, title.strip()))
        self.above = (*self.above, title.strip())


def front_matter_end(lines: Sequence[str]) -> int:
    """Number of lines of the YAML or TOML between `---` or `+++` at the very top; 0 for none."""
    if len(lines) < 3 or not _METADATA.match(lines[0]) or not _KEY.match(lines[1]):
        return 0
    mark = lines[0].rstrip()
    limit = min(len(lines), _LONGEST_METADATA)
    return next((at + 1 for at in range(2, limit) if lines[at].rstrip() == mark), 0)
