"""Reads what `lintel review` is given: a file, a directory or stdin, as documents of a change."""

import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from agents.change import MAX_DOCUMENT_BYTES, SourceText, cut
from agents.encoding import NotText, decode
from agents.readers import SUFFIXES
from service.cli.failures import Unreadable
from service.cli.printing import printable

STDIN_PATH = "stdin"
"""The path that evidence names when the document came through a pipe."""
STDIN_LIMIT = 100_000_000
"""Bytes counted on stdin before giving up: a pipe may never end."""
_NOT_ENTERED = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})
_CHUNK = 1_000_000


@dataclass(frozen=True)
class Source:
    """Documents under the paths that evidence will name, and what was left out, in sentences."""

    documents: tuple[SourceText, ...]
    notes: tuple[str, ...] = ()


def read_source(path: str) -> Source:
    """The documents at `path`: a file, a directory, or `-` for stdin. Raises `Unreadable`."""
    if path == "-":
        if sys.stdin is None:
            raise Unreadable("stdin is closed. Give a file, or pipe a document in")
        return _document(STDIN_PATH, *_take(sys.stdin.buffer, STDIN_LIMIT))
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        raise _refused(path, error) from error
    if stat.S_ISDIR(mode):
        return _directory(Path(path))
    return _file(Path(path))


def _refused(path: str, error: OSError) -> Unreadable:
    if isinstance(error, FileNotFoundError):
        return Unreadable(f"{path}: no such file or directory. Give a file, a directory, or -")
    if isinstance(error, PermissionError):
        return Unreadable(f"{path}: permission denied. Give yourself the right to read it")
    reason = (error.strerror or type(error).__name__).lower()
    return Unreadable(f"{path}: {reason}. Give the path of a readable file")


def _file(path: Path) -> Source:
    name = _shown(path)
    try:
        # A FIFO would block when opened, so the kind is asked first.
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable(f"{name}: not a regular file. For a pipe: lintel review - < {name}")
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            return _document(name, *_take(stream, max(size, STDIN_LIMIT)))
    except OSError as error:
        raise _refused(name, error) from error


def _shown(path: Path) -> str:
    """The path as text that any terminal and JSON can hold."""
    return printable(path.as_posix())


def _take(stream: BinaryIO, limit: int) -> tuple[bytes, int]:
    """The first `MAX_DOCUMENT_BYTES` bytes and the number of all, counted up to `limit`."""
    head = stream.read(MAX_DOCUMENT_BYTES + 1)
    count = len(head)
    while chunk := stream.read(_CHUNK):
        count += len(chunk)
        if count > limit:
            raise Unreadable(
                f"the input has more than {limit:,} bytes. Split it; the first "
                f"{MAX_DOCUMENT_BYTES:,} bytes of a document are read"
            )
    return head, count


def _document(name: str, head: bytes, count: int) -> Source:
    partial = count > MAX_DOCUMENT_BYTES
    try:
        decoded = decode(head[:MAX_DOCUMENT_BYTES], whole=not partial)
    except NotText as error:
        raise Unreadable(f"{name}: not a text: {error}. Give a text document") from error
    text = _whole_lines(decoded.text) if partial else decoded.text
    if not text.strip("\ufeff \t\r\n\f\v"):
        raise Unreadable(f"{name}: the document is empty. Give one with text in it")
    document = cut(name, text)
    if partial or document.cut_from_bytes:
        document = document.model_copy(update={"cut_from_bytes": count})
    return Source((document,), (f"{name}: {decoded.guess}.",) if decoded.guess else ())


def _whole_lines(text: str) -> str:
    """The beginning of a text up to its last line end; all of it where it is one line."""
    return text[: text.rfind("\n") + 1] or text


def _directory(root: Path) -> Source:
    from service.github.documents import MAX_DOCUMENTS, MAX_FETCH_BYTES

    notes: list[str] = []
    found = _chosen(root, _texts(root, notes), notes)
    documents: list[SourceText] = []
    left = MAX_FETCH_BYTES
    for path in found[:MAX_DOCUMENTS]:
        if left <= 0:
            notes.append(
                f"{_shown(path)} was not read: {MAX_FETCH_BYTES:,} bytes are read at most."
            )
            continue
        try:
            read = _file(path)
        except Unreadable as error:
            notes.append(f"Not read: {error.message}.")
            continue
        left -= sum(len(document.text.encode()) for document in read.documents)
        documents += read.documents
        notes += read.notes
    if len(found) > MAX_DOCUMENTS:
        notes.append(
            f"{len(found) - MAX_DOCUMENTS} of {len(found)} documents were not read: "
            f"at most {MAX_DOCUMENTS} are, and {_shown(found[MAX_DOCUMENTS])} is the first left out."
        )
    if not documents:
        why = f" ({notes[0].rstrip('.')})" if notes else ""
        kinds = " ".join(sorted(SUFFIXES))
        raise Unreadable(f"{root}: no readable design document here{why}. Looked for {kinds}")
    return Source(tuple(documents), tuple(notes))


def _texts(root: Path, notes: list[str]) -> Iterator[Path]:
    """Files below `root` with a document's suffix, sorted; links to directories are not followed."""

    def unlisted(error: OSError) -> None:
        notes.append(f"{printable(str(error.filename))} was not listed: {error.strerror}.")

    for folder, folders, files in os.walk(root, onerror=unlisted):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _NOT_ENTERED)
        for name in sorted(files):
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith("."):
                yield Path(folder) / name


def _chosen(root: Path, texts: Iterator[Path], notes: list[str]) -> list[Path]:
    """Those that a pull request would count as design documents; all, where none is named so."""
    from service.github.documents import is_design_document

    every = list(texts)
    base = root.resolve().name
    designs = [p for p in every if is_design_document(f"{base}/{p.relative_to(root).as_posix()}")]
    others = len(every) - len(designs)
    if designs and others:
        what = "file is not a design document" if others == 1 else "files are not design documents"
        notes.append(f"{others} other text {what} by place or name; give a path to have it read.")
    return designs or every
