"""Loads `prompts/<name>/v<N>.md` and renders it without leniency."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

import yaml

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_VERSION = re.compile(r"v([1-9][0-9]*)")
_FIELD = re.compile(r"\{\{([a-z][a-z0-9_]*)\}\}")


class PromptError(Exception):
    """A prompt file is missing or malformed, or was rendered with the wrong variables."""


@dataclass(frozen=True)
class Prompt:
    """One version of one text."""

    name: str
    version: str
    """`v1`, `v2` ..."""
    variables: tuple[str, ...]
    text: str
    """Body below the front matter, with `{{variable}}` fields."""
    sha256: str
    """Of the whole file, front matter included."""

    @property
    def label(self) -> str:
        """`name/version sha256:…`, as provenance records it."""
        return f"{self.name}/{self.version} sha256:{self.sha256}"

    def render(self, **values: str) -> str:
        """The text with every field filled, in one pass: values are never expanded again.

        Raises PromptError when a variable is missing or unknown.
        """
        missing = sorted(set(self.variables) - set(values))
        unknown = sorted(set(values) - set(self.variables))
        if missing or unknown:
            parts = [f"missing {', '.join(missing)}"] if missing else []
            parts += [f"unknown {', '.join(unknown)}"] if unknown else []
            raise PromptError(f"{self.name}/{self.version}: {'; '.join(parts)}")
        return _FIELD.sub(lambda field: values[field[1]], self.text)


@lru_cache(maxsize=64)
def load(name: str, version: str | None = None) -> Prompt:
    """The named version, or the highest one. Raises PromptError."""
    if not _NAME.fullmatch(name) or (version is not None and not _VERSION.fullmatch(version)):
        raise PromptError(f"not a prompt name and version: {name!r}, {version!r}")
    folder = resources.files("prompts") / name
    chosen = version or _newest(folder, name)
    file = folder / f"{chosen}.md"
    if not file.is_file():
        raise PromptError(f"no prompt {name}/{chosen}")
    return parse(name, chosen, file.read_bytes())


def parse(name: str, version: str, raw: bytes) -> Prompt:
    """A prompt from the bytes of its file. Raises PromptError."""
    where = f"{name}/{version}"
    match = re.match(r"---\n(.*?)\n---\n(.*)\Z", raw.decode(), re.DOTALL)
    if match is None:
        raise PromptError(f"{where}: no front matter between two lines of ---")
    front = yaml.safe_load(match[1])
    if not isinstance(front, dict) or set(front) != {"version", "variables", "changelog"}:
        raise PromptError(f"{where}: front matter is version, variables and changelog")
    if f"v{front['version']}" != version:
        raise PromptError(f"{where}: front matter says version {front['version']}")
    variables = tuple(front["variables"] or ())
    if set(variables) != set(_FIELD.findall(match[2])):
        raise PromptError(f"{where}: variables differ from the fields of the text")
    return Prompt(name, version, variables, match[2].strip(), hashlib.sha256(raw).hexdigest())


def released() -> dict[tuple[str, str], str]:
    """(name, version) to sha256 of every released file: those never change again."""
    lines = (resources.files("prompts") / "released.txt").read_text().splitlines()
    rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return {(name, version): sha256 for name, version, sha256 in rows}


def every() -> Iterator[tuple[str, str]]:
    """(name, version) of every prompt file."""
    for folder in sorted(resources.files("prompts").iterdir(), key=lambda entry: entry.name):
        if folder.is_dir() and _NAME.fullmatch(folder.name):
            for number in sorted(_numbers(folder)):
                yield folder.name, f"v{number}"


def _newest(folder: Traversable, name: str) -> str:
    numbers = _numbers(folder)
    if not numbers:
        raise PromptError(f"no prompt {name}")
    return f"v{max(numbers)}"


def _numbers(folder: Traversable) -> list[int]:
    if not folder.is_dir():
        return []
    stems = (file.name.removesuffix(".md") for file in folder.iterdir() if file.name[-3:] == ".md")
    return [int(match[1]) for stem in stems if (match := _VERSION.fullmatch(stem))]
