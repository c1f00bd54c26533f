"""Where a review comment may stand: GitHub's rules, and the hunk the comment is shown with."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from service.demo.diff import FileDiff, Hunk, Spot, parse_hunks
from service.demo.repository import changed_files, commits_between
from service.demo.rows import Pull
from service.demo.store import Store

MAX_BODY = 65_536
TOO_LONG = f"Body is too long (maximum is {MAX_BODY} characters)"
LINE = "Line could not be resolved"
START_LINE = "Start line could not be resolved"


class Anchor(BaseModel):
    """The place fields of a comment as they are sent; GitHub does not convert types."""

    model_config = ConfigDict(strict=True)

    path: str
    line: int | None = None
    side: str | None = None
    start_line: int | None = None
    start_side: str | None = None
    position: int | None = None


@dataclass(frozen=True)
class Place:
    """A checked anchor."""

    path: str
    line: int | None
    side: str | None
    start_line: int | None
    start_side: str | None
    diff_hunk: str


class BadAnchor(Exception):
    """An anchor outside the diff; the message is GitHub's."""


def files_at(store: Store, pull: Pull, commit_id: str) -> dict[str, FileDiff] | None:
    """The diff as of a commit of the pull request, by path; None if it is not one of them."""
    commits = commits_between(store, pull.base_sha, pull.head_sha)
    if commit_id not in {item.sha for item in commits}:
        return None
    return {file.path: file for file in changed_files(store, pull.base_sha, commit_id)}


def place(anchor: Anchor, files: dict[str, FileDiff]) -> Place:
    """Resolve an anchor, or raise BadAnchor."""
    file = files.get(anchor.path)
    if file is None:
        raise BadAnchor("Path could not be resolved")
    hunks = parse_hunks(file.patch) if file.patch else []
    if anchor.position is not None and anchor.line is None:
        end = _at_position(hunks, anchor.position)
        return Place(anchor.path, end[1], end[0], None, None, _excerpt(hunks, end))
    end = _end(anchor)
    hunk = _hunk_of(hunks, end, LINE)
    start = _start(anchor, end)
    if start is None:
        return Place(anchor.path, end[1], end[0], None, None, _excerpt(hunks, end))
    if start not in hunk.spots:
        raise BadAnchor(START_LINE)
    if hunk.spots.index(start) >= hunk.spots.index(end):
        raise BadAnchor("Start line must precede the end line.")
    return Place(anchor.path, end[1], end[0], start[1], start[0], _excerpt(hunks, end))


def _end(anchor: Anchor) -> Spot:
    side = anchor.side or "RIGHT"
    if side not in ("LEFT", "RIGHT"):
        raise BadAnchor(f"Side {side} is not included in the list")
    if anchor.line is None:
        raise BadAnchor(LINE)
    return side, anchor.line


def _start(anchor: Anchor, end: Spot) -> Spot | None:
    if anchor.start_line is None:
        if anchor.start_side is not None:
            raise BadAnchor("Start line must be given with start side")
        return None
    start_side = anchor.start_side or end[0]
    if start_side not in ("LEFT", "RIGHT"):
        raise BadAnchor(f"Start side {start_side} is not included in the list")
    if start_side == end[0] and anchor.start_line >= end[1]:
        raise BadAnchor("Start line must precede the end line.")
    return start_side, anchor.start_line


def _hunk_of(hunks: Sequence[Hunk], spot: Spot, message: str) -> Hunk:
    for hunk in hunks:
        if spot in hunk.spots:
            return hunk
    raise BadAnchor(message)


def _at_position(hunks: Sequence[Hunk], position: int) -> Spot:
    for hunk in hunks:
        index = position - hunk.first_position
        if 0 <= index < len(hunk.spots):
            spot = hunk.spots[index]
            if spot:
                return spot
    raise BadAnchor("Position could not be resolved")


def _excerpt(hunks: Sequence[Hunk], end: Spot) -> str:
    """The hunk down to the line commented on, as GitHub stores it with the comment."""
    hunk = _hunk_of(hunks, end, LINE)
    return "\n".join(hunk.text[: hunk.spots.index(end) + 2])


def body_errors(body: str) -> list[str]:
    if not body.strip():
        return ["Body can't be blank"]
    return [TOO_LONG] if len(body) > MAX_BODY else []


def is_in_diff(store: Store, pull: Pull, path: str, spot: Spot) -> bool:
    """Whether a line is still part of what the pull request shows."""
    for file in changed_files(store, pull.base_sha, pull.head_sha):
        if file.path == path and file.patch:
            return any(spot in hunk.spots for hunk in parse_hunks(file.patch))
    return False
