"""A change: what is to be reviewed, as plain values. Fetched by `service.github`, read by the steps."""

from typing import Literal

from agents.values import Value

MAX_DOCUMENT_BYTES = 2_000_000
"""A document beyond this many UTF-8 bytes is cut at a line end, and coverage says so."""


class SourceText(Value):
    """One document at the head commit, as text."""

    path: str
    text: str
    cut_from_bytes: int | None = None
    """Size of the whole document in bytes where only its beginning is in `text`."""


class ChangedFile(Value):
    """One file of the diff between base and head."""

    path: str
    previous_path: str | None = None
    status: Literal["added", "modified", "removed", "renamed", "copied", "changed", "unchanged"]
    patch: str | None = None
    """Unified hunks as GitHub gives them; None for binary or very large files."""


class Change(Value):
    """A pull request (or a local document) at one head commit."""

    repository: str
    """`owner/name`; `local` for a file on disk."""
    number: int | None = None
    title: str = ""
    body: str = ""
    author: str = ""
    base_sha: str = ""
    head_sha: str = ""
    documents: tuple[SourceText, ...] = ()
    files: tuple[ChangedFile, ...] = ()
    notes: tuple[str, ...] = ()
    """What could not be fetched or was left out, in sentences; copied into coverage."""


def cut(path: str, text: str, limit: int = MAX_DOCUMENT_BYTES) -> SourceText:
    """Keep at most `limit` UTF-8 bytes of a document, ending at a line end."""
    raw = text.encode()
    if len(raw) <= limit:
        return SourceText(path=path, text=text)
    head = raw[:limit]
    newline = head.rfind(b"\n")
    kept = head[: newline + 1] if newline >= 0 else head
    return SourceText(path=path, text=kept.decode(errors="ignore"), cut_from_bytes=len(raw))
