"""Design documents of a pull request: which files are one, and their text at a commit."""

import base64
import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from github.ContentFile import ContentFile
from github.Repository import Repository

from agents.change import ChangedFile, SourceText, cut
from agents.encoding import Decoded, NotText, decode
from agents.readers import SUFFIXES
from service.github.errors import GitHubRefused
from service.github.translate import translated

IsDocument = Callable[[str], bool]

MAX_DOCUMENTS = 100
"""Documents of one change that are fetched; the rest is named in a note."""
MAX_FETCH_BYTES = 20_000_000
"""Bytes fetched for one change, and so for one document; what is larger is named in a note."""

_FOLDERS = {
    "docs", "doc", "design", "designs", "architecture", "adr", "rfc", "rfcs", "proposals", "keps",
}  # fmt: skip
_NAMES = re.compile(
    r"design|architecture|threat[-_ ]?model|proposal|(?<![a-z])(adr|rfc)(?![a-z])", re.IGNORECASE
)
_NOT_DESIGNS = re.compile(r"(readme|changelog|licen[cs]e|contributing)([._-]|$)", re.IGNORECASE)
_NUMBERED = re.compile(r"\d{2,}[-_]")
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def is_design_document(path: str) -> bool:
    """The rule without configuration: a text or a diagram as text, in a folder for designs or named
    like one.

    A README counts only where its folder is the design, numbered as in `keps/net/0042-name/`.
    """
    file = PurePosixPath(path)
    folders = [f.lower() for f in file.parts[:-1]]
    if file.suffix.lower() not in SUFFIXES:
        return False
    in_folder = bool(_FOLDERS.intersection(folders))
    if _NOT_DESIGNS.match(file.name):
        own_folder = in_folder and _NUMBERED.match(folders[-1]) is not None
        return own_folder and file.stem.lower() == "readme"
    return in_folder or _NAMES.search(file.name) is not None


def fetch_documents(
    repository: Repository, sha: str, files: Sequence[ChangedFile], is_document: IsDocument
) -> tuple[tuple[SourceText, ...], tuple[str, ...]]:
    """Text of every changed document at `sha`, and a note for each that could not be read.

    Costs one GET per document, two above 1 MB. Raises PyGithub's exceptions.
    """
    wanted = [f.path for f in files if f.status != "removed" and is_document(f.path)]
    documents: list[SourceText] = []
    notes: list[str] = []
    left = MAX_FETCH_BYTES
    for path in wanted[:MAX_DOCUMENTS]:
        read = _fetch(repository, path, sha, left)
        if isinstance(read, str):
            notes.append(f"{path} was not read: {read}.")
            continue
        document = cut(path, read.text)
        left -= document.cut_from_bytes or len(document.text.encode())
        documents.append(document)
        if read.guess:
            notes.append(f"{path}: {read.guess}.")
        if document.cut_from_bytes:
            notes.append(f"{path} is cut: it has {document.cut_from_bytes:,} bytes.")
    if len(wanted) > MAX_DOCUMENTS:
        notes.append(
            f"{len(wanted) - MAX_DOCUMENTS} of {len(wanted)} design documents were not read: "
            f"at most {MAX_DOCUMENTS} are, and {wanted[MAX_DOCUMENTS]} is the first left out."
        )
    return tuple(documents), tuple(notes)


def _fetch(repository: Repository, path: str, sha: str, limit: int) -> Decoded | str:
    """The text, or why it cannot be read."""
    try:
        with translated(f"read {path}"):
            return _read(repository, path, sha, limit)
    except GitHubRefused as e:
        # Anything else (a missing permission, say) concerns every document: let it be seen.
        if e.github_status == 404:
            return "GitHub has no such file at this commit"
        if e.github_status in (403, 413, 422) and "large" in e.message:
            return "it is too large for GitHub's API"
        raise


def _read(repository: Repository, path: str, sha: str, limit: int) -> Decoded | str:
    found = repository.get_contents(path, ref=sha)
    if isinstance(found, list) or found.type != "file":
        return "it is not a regular file"
    if found.size > limit:
        return f"it has {found.size:,} bytes, more than is fetched for one change"
    raw = _bytes(repository, found)
    if raw.startswith(_LFS_POINTER):
        return "its text is kept in Git LFS"
    try:
        return decode(raw)
    except NotText as error:
        return f"it is not a text: {error}"


def _bytes(repository: Repository, found: ContentFile) -> bytes:
    # Above 1 MB the contents answer says `none` and leaves the text out; the blob has it.
    if found.encoding == "base64":
        return base64.b64decode(found.content)
    blob = repository.get_git_blob(found.sha)
    return base64.b64decode(blob.content) if blob.encoding == "base64" else blob.content.encode()
