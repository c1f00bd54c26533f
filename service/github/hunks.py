"""Which lines of a pull request can take a comment, and where a comment on any line goes. Pure."""

import re
from collections.abc import Sequence
from typing import Literal

from agents.change import ChangedFile
from agents.values import Value

Side = Literal["LEFT", "RIGHT"]
_HEADER = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


class Hunk(Value):
    """One hunk. Lines count from 1; `right_end < right_start` when no line of the new file is in it."""

    right_start: int
    right_end: int
    deleted: tuple[int, ...]
    """Lines of the old file that the hunk removes."""


class Hunks(Value):
    """All hunks of one file's patch, in order."""

    hunks: tuple[Hunk, ...]

    @property
    def right_lines(self) -> frozenset[int]:
        """Lines of the new file (added or context) that take a comment on side RIGHT."""
        return frozenset(n for h in self.hunks for n in range(h.right_start, h.right_end + 1))

    @property
    def left_lines(self) -> frozenset[int]:
        """Lines of the old file (removed) that take a comment on side LEFT."""
        return frozenset(n for h in self.hunks for n in h.deleted)


class LineAnchor(Value):
    """A comment on lines of the new file; `start_line` is None for a single line."""

    kind: Literal["line"] = "line"
    path: str
    line: int
    start_line: int | None = None
    side: Side = "RIGHT"


class FileAnchor(Value):
    """A comment on a whole file of the diff."""

    kind: Literal["file"] = "file"
    path: str


class SummaryAnchor(Value):
    """No place in the diff: the comment goes into the review's own text."""

    kind: Literal["summary"] = "summary"
    path: str


Anchor = LineAnchor | FileAnchor | SummaryAnchor


class _Cursor:
    """Reads the lines of one hunk, which end when the counts of its header are used up."""

    def __init__(self, header: re.Match[str]) -> None:
        old_start, old_count, new_start, new_count = header.groups()
        self.old, self.new = int(old_start), int(new_start)
        self.old_left, self.new_left = int(old_count or 1), int(new_count or 1)
        self.right_start = self.new
        self.deleted: list[int] = []

    def take(self, line: str) -> None:
        mark = line[:1] or " "
        if mark == "-" and self.old_left:
            self.deleted.append(self.old)
            self._step(old=1)
        elif mark == "+" and self.new_left:
            self._step(new=1)
        elif mark == " " and self.old_left and self.new_left:
            self._step(old=1, new=1)

    def _step(self, old: int = 0, new: int = 0) -> None:
        self.old, self.old_left = self.old + old, self.old_left - old
        self.new, self.new_left = self.new + new, self.new_left - new

    def hunk(self) -> Hunk:
        # Counted from the lines seen: a patch that was cut short claims more than it shows.
        return Hunk(
            right_start=self.right_start, right_end=self.new - 1, deleted=tuple(self.deleted)
        )


def parse(patch: str) -> Hunks:
    """Hunks of one file's patch as GitHub gives it (no file header, lines end in LF).

    Text outside hunks is passed over, so a damaged patch yields fewer lines, never wrong ones.
    """
    hunks: list[Hunk] = []
    cursor: _Cursor | None = None
    for line in patch.split("\n"):
        header = _HEADER.match(line)
        if header:
            hunks += [cursor.hunk()] if cursor else []
            cursor = _Cursor(header)
        elif cursor:
            cursor.take(line)
    hunks += [cursor.hunk()] if cursor else []
    return Hunks(hunks=tuple(hunks))


def place(path: str, line_start: int, line_end: int, files: Sequence[ChangedFile]) -> Anchor:
    """Where a comment on these lines of the new file can go so that GitHub accepts it.

    Lines count from 1 and `line_end` is included. A range that is only partly in the diff shrinks
    to the part with its end, else with its start, else to the last part of it that the diff shows.
    """
    if not 1 <= line_start <= line_end:
        raise ValueError(f"not a range of lines: {line_start} to {line_end}")
    file = next((f for f in files if f.path == path), None)
    if file is None:
        return SummaryAnchor(path=path)
    parts = [_part(h, line_start, line_end) for h in parse(file.patch or "").hunks]
    inside = [p for p in parts if p is not None]
    if not inside:
        return FileAnchor(path=path)
    start, end = max(inside, key=lambda p: (p[1] == line_end, p[0] == line_start, p[1]))
    return LineAnchor(path=path, line=end, start_line=start if start < end else None)


def _part(hunk: Hunk, start: int, end: int) -> tuple[int, int] | None:
    part = max(start, hunk.right_start), min(end, hunk.right_end)
    return part if part[0] <= part[1] else None
