"""Finished drafts on disk, so that a run that was broken off goes on where it stopped."""

import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import ValidationError

from agents.change import Change
from agents.findings import Draft
from agents.journal import digest
from agents.values import Value

PACKAGES = ("agents", "prompts")
"""What decides a draft besides its inputs."""


class _Entry(Value):
    hash: str
    seconds: float
    draft: Draft


class Kept:
    """A folder with one file for each job, under a hash of everything that decides the draft."""

    def __init__(self, folder: Path, decided_by: str) -> None:
        """`decided_by`: analyst, catalogue and options, as one text."""
        self.folder = folder
        self._decided_by = decided_by

    def get(self, job: str, change: Change) -> tuple[Draft, float] | None:
        """The draft with its seconds, or None where there is none for these inputs."""
        try:
            entry = _Entry.model_validate_json(self._path(job).read_bytes())
        except (OSError, ValidationError):
            return None
        return (entry.draft, entry.seconds) if entry.hash == self._hash(change) else None

    def put(self, job: str, change: Change, draft: Draft, seconds: float) -> None:
        """Keep a finished draft. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        entry = _Entry(hash=self._hash(change), seconds=seconds, draft=draft)
        # Whole or not at all: a run may be killed at any point.
        beside = self._path(job).with_suffix(".part")
        beside.write_text(entry.model_dump_json(), encoding="utf-8")
        beside.replace(self._path(job))

    def _path(self, job: str) -> Path:
        return self.folder / f"{job}.json"

    def _hash(self, change: Change) -> str:
        return digest(change, self._decided_by, code())


@cache
def code() -> str:
    """sha256 over the files of the packages that judge: a changed rule makes other drafts."""
    found = hashlib.sha256()
    for package in PACKAGES:
        for name, content in sorted(_walk(files(package), package)):
            found.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return found.hexdigest()


def _walk(folder: Traversable, name: str) -> list[tuple[str, bytes]]:
    entries: list[tuple[str, bytes]] = []
    for child in folder.iterdir():
        inner = f"{name}/{child.name}"
        if child.is_dir() and child.name != "__pycache__":
            entries += _walk(child, inner)
        elif child.is_file():
            entries.append((inner, child.read_bytes()))
    return entries
