"""Catalogue files: reading, line numbers, and the problems that are found in them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

import yaml
from pydantic import ValidationError

# The C parser is about ten times faster; a Python without it still works.
LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

FOLDERS = ("threats", "patterns", "frameworks")
SINGLES = ("vocabulary.yaml", "version.yaml")

ID_FIELD = {"threats": "id", "patterns": "id", "frameworks": "key"}
"""Which field of a file is its id."""

Where = tuple[str | int, ...]
"""A path of keys and list positions inside a file."""


@dataclass(frozen=True)
class Problem:
    """What is wrong in a catalogue, where, and how to put it right."""

    file: str
    message: str
    fix: str
    line: int | None = None
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}. {self.fix}."


class CatalogueError(Exception):
    """The catalogue cannot be used; `problems` says why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class SourceFile:
    """One YAML file of one layer. `name` is its path inside the layer, with slashes."""

    name: str
    shown: str
    """The path that a message prints."""
    text: bytes
    builtin: bool = False
    """True for a file shipped with the product."""

    @property
    def folder(self) -> str:
        """`threats`, `patterns`, `frameworks`, or empty for a file at the top."""
        return self.name.split("/")[0] if "/" in self.name else ""

    @property
    def stem(self) -> str:
        """File name without `.yaml`."""
        return self.name.rsplit("/", 1)[-1].removesuffix(".yaml")

    def problem(self, where: Where, message: str, fix: str) -> Problem:
        """An error at a place in this file."""
        return Problem(self.shown, message, fix, line_of(self.text, where))

    def warning(self, where: Where, message: str, fix: str) -> Problem:
        """The same for what works but deserves a look."""
        return replace(self.problem(where, message, fix), level="warning")


def builtin_files() -> tuple[SourceFile, ...]:
    """The files shipped with the package, by name; works from a wheel."""
    found = _walk(files("agents.catalogue"), "", "catalogue")
    return tuple(replace(source, builtin=True) for source in found)


def overlay_files(directory: Path) -> tuple[SourceFile, ...]:
    """The YAML files of an organisation's own directory, by name."""
    if not directory.is_dir():
        problem = Problem(
            str(directory),
            "this is not a directory",
            "Name a directory with the catalogue's layout",
        )
        raise CatalogueError([problem])
    try:
        return tuple(_walk(directory, "", str(directory)))
    except OSError as error:
        where = str(error.filename or directory)
        problem = Problem(
            where, f"not readable: {error.strerror}", "Correct the file or its rights"
        )
        raise CatalogueError([problem]) from error


def _walk(at: Traversable, name: str, shown: str) -> Iterator[SourceFile]:
    for entry in sorted(at.iterdir(), key=lambda e: e.name):
        inner = f"{name}/{entry.name}" if name else entry.name
        if entry.name.startswith((".", "__")):
            continue
        if entry.is_dir():
            yield from _walk(entry, inner, f"{shown}/{entry.name}")
        elif entry.name.endswith((".yaml", ".yml")):
            yield SourceFile(inner, f"{shown}/{entry.name}", entry.read_bytes())


def content_hash(layers: Sequence[Sequence[SourceFile]]) -> str:
    """Sha256 over the names and contents of all files, layer by layer; line ends do not count."""
    digest = hashlib.sha256()
    for number, layer in enumerate(layers):
        for source in sorted(layer, key=lambda s: s.name):
            body = source.text.replace(b"\r\n", b"\n")
            digest.update(f"{number}\0{source.name}\0{len(body)}\0".encode())
            digest.update(body)
    return digest.hexdigest()


def read(source: SourceFile) -> dict[str, object]:
    """The mapping in a file; raises CatalogueError when it is not one."""
    try:
        data: object = yaml.load(source.text, LOADER)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else None
        detail = getattr(error, "problem", None) or str(error).splitlines()[0]
        problem = Problem(source.shown, f"not readable YAML: {detail}", "Correct the syntax", line)
        raise CatalogueError([problem]) from error
    if not isinstance(data, dict):
        fix = "Write the fields as `name: value`"
        raise CatalogueError([Problem(source.shown, "the file holds no fields", fix, 1)])
    return {str(key): value for key, value in data.items()}


def repeated_keys(source: SourceFile) -> list[Problem]:
    """Keys that stand twice in one mapping: YAML would silently keep the last."""
    found: list[Problem] = []
    root = _tree(source.text)
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    line = key.start_mark.line + 1
                    message = f"`{key.value}` stands twice"
                    found.append(Problem(source.shown, message, "Keep one of them", line))
                seen.add(str(key.value))
                waiting.append(value)
    return found


def line_of(text: bytes, where: Where) -> int | None:
    """1-based line of the deepest part of `where` that exists; None for unreadable text."""
    node = _tree(text)
    if node is None:
        return None
    line = node.start_mark.line + 1
    for step in where:
        found = _child(node, step)
        if found is None:
            return line
        node, line = found
    return line


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        entry = node.value[step]
        return entry, entry.start_mark.line + 1
    return None


# Bounded: repositories' own files come by here too, in processes that live for weeks.
@lru_cache(maxsize=1024)
def _tree(text: bytes) -> yaml.Node | None:
    try:
        node = yaml.compose(text, LOADER)
    except yaml.YAMLError:
        return None
    return node if isinstance(node, yaml.Node) else None


def schema_problems(
    file_of: Callable[[Where], SourceFile], error: ValidationError
) -> list[Problem]:
    """A validation error as problems with lines and fixes; `file_of` names the file of a place."""
    found: list[Problem] = []
    for item in error.errors(include_url=False, include_context=False):
        where = item["loc"]
        field = ".".join(str(step) for step in where) or "the file"
        message, fix = item["msg"].removeprefix("Value error, "), "Correct the value"
        if item["type"] == "missing":
            message, fix = "it is missing", f"Add `{where[-1]}`"
        elif item["type"] == "extra_forbidden":
            message, fix = "this field is unknown", f"Remove `{where[-1]}` or correct its name"
        text = f"{field}: {message[:1].lower()}{message[1:]}"
        found.append(file_of(where).problem(where, text, fix))
    return found
