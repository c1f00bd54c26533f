"""Unified diffs between two snapshots, in the shape GitHub gives them, and what may be commented on."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from functools import lru_cache

MAX_PATCH_BYTES = 500_000
MAX_PATCH_LINES = 20_000
RENAME_SIMILARITY = 0.5

Spot = tuple[str, int]
"""Side (`LEFT` or `RIGHT`) and line number."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_NO_NEWLINE = "\\ No newline at end of file"


@dataclass(frozen=True)
class FileDiff:
    """One changed file; `patch` is None for binary, identical or very large content."""

    path: str
    previous_path: str | None
    status: str
    patch: str | None
    additions: int
    deletions: int


@dataclass(frozen=True)
class Hunk:
    """One hunk: its text and, for each line of it, the side and number it can be commented at."""

    text: tuple[str, ...]
    spots: tuple[Spot | None, ...]
    """Beside each line after the header: (`LEFT` or `RIGHT`, line number)."""
    first_position: int
    """GitHub's `position` of the line after the header, counted through the whole patch."""


def split_lines(text: str) -> list[str]:
    """Lines as git counts them: only a line feed ends one."""
    return _LINE.findall(text)


def is_binary(data: bytes) -> bool:
    if b"\0" in data:
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return False


def _section(lines: list[str], before: int) -> str:
    """The text git prints after a hunk header: the last line above it that begins with a word."""
    for line in reversed(lines[:before]):
        if line[:1].isalpha() or line[:1] in "_$":
            return " " + line.rstrip()[:80]
    return ""


def _patch_lines(old: list[str], new: list[str]) -> Iterator[str]:
    for line in list(unified_diff(old, new, n=3))[2:]:
        header = _HUNK.match(line)
        if header:
            yield line.rstrip("\n") + _section(old, max(int(header[1]) - 1, 0))
        elif line.endswith("\n"):
            yield line[:-1]
        else:
            yield from (line, _NO_NEWLINE)


@lru_cache(maxsize=2048)
def make_patch(old: bytes, new: bytes) -> str | None:
    """Hunks with three lines of context, or None where GitHub leaves `patch` out."""
    if old == new or is_binary(old) or is_binary(new):
        return None
    lines = list(_patch_lines(split_lines(old.decode()), split_lines(new.decode())))
    patch = "\n".join(lines)
    if len(lines) > MAX_PATCH_LINES or len(patch.encode()) > MAX_PATCH_BYTES:
        return None
    return patch


def _file(path: str, previous: str | None, status: str, old: bytes, new: bytes) -> FileDiff:
    patch = make_patch(old, new)
    body = (patch or "").split("\n")
    added = sum(line.startswith("+") for line in body)
    removed = sum(line.startswith("-") for line in body)
    return FileDiff(path, previous, status, patch or None, added, removed)


def _renames(removed: Mapping[str, bytes], added: Mapping[str, bytes]) -> dict[str, str]:
    """New path → old path, for files at least half alike; the closest pair wins."""
    scores = [
        (_similarity(old, new), path, previous)
        for previous, old in removed.items()
        for path, new in added.items()
    ]
    pairs: dict[str, str] = {}
    for score, path, previous in sorted(scores, reverse=True):
        if score >= RENAME_SIMILARITY and path not in pairs and previous not in pairs.values():
            pairs[path] = previous
    return pairs


def _similarity(old: bytes, new: bytes) -> float:
    if old == new:
        return 1.0 if old else 0.0
    if is_binary(old) or is_binary(new):
        return 0.0
    return SequenceMatcher(None, split_lines(old.decode()), split_lines(new.decode())).ratio()


def diff_snapshots(base: Mapping[str, bytes], head: Mapping[str, bytes]) -> list[FileDiff]:
    """Changed files between two snapshots, by path."""
    removed = {path: data for path, data in base.items() if path not in head}
    added = {path: data for path, data in head.items() if path not in base}
    renames = _renames(removed, added)
    files = [
        _file(path, None, "modified", base[path], head[path])
        for path in base.keys() & head.keys()
        if base[path] != head[path]
    ]
    for path, data in added.items():
        previous = renames.get(path)
        status = "renamed" if previous else "added"
        files.append(_file(path, previous, status, removed[previous] if previous else b"", data))
    for path, data in removed.items():
        if path not in renames.values():
            files.append(_file(path, None, "removed", data, b""))
    return sorted(files, key=lambda file: file.path)


def parse_hunks(patch: str) -> list[Hunk]:
    """The hunks of a patch with the place each line can be commented at."""
    hunks: list[Hunk] = []
    lines = patch.split("\n")
    starts = [at for at, line in enumerate(lines) if _HUNK.match(line)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        header = _HUNK.match(lines[start])
        left, right = (int(header[1]), int(header[3])) if header else (0, 0)
        spots: list[Spot | None] = []
        for line in lines[start + 1 : end]:
            spot, left, right = _spot(line, left, right)
            spots.append(spot)
        hunks.append(Hunk(tuple(lines[start:end]), tuple(spots), start + 1))
    return hunks


def _spot(line: str, left: int, right: int) -> tuple[Spot | None, int, int]:
    if line.startswith("-"):
        return ("LEFT", left), left + 1, right
    if line.startswith("+"):
        return ("RIGHT", right), left, right + 1
    if line.startswith("\\"):
        return None, left, right
    return ("RIGHT", right), left + 1, right + 1


def carry_line(old: bytes, new: bytes, line: int) -> int | None:
    """Where a line of the old text is in the new one, or None if it was changed or removed."""
    if is_binary(old) or is_binary(new):
        return None
    matcher = SequenceMatcher(None, split_lines(old.decode()), split_lines(new.decode()))
    for block in matcher.get_matching_blocks():
        if block.a <= line - 1 < block.a + block.size:
            return block.b + line - block.a
    return None
