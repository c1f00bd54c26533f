"""YAML files of the evaluations as typed values, with errors that name file and line."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from agents.catalogue.files import CatalogueError, SourceFile, Where, read, schema_problems
from agents.catalogue.files import line_of as _line_of

T = TypeVar("T", bound=BaseModel)


class FileError(Exception):
    """A file of the evaluations cannot be used; the message says where and why, one per line."""


def parsed(path: Path, model: type[T]) -> T:
    """The file as a value of `model`; raises FileError."""
    source = SourceFile(path.name, str(path), content(path))
    try:
        return model.model_validate(read(source))
    except CatalogueError as error:
        raise FileError(str(error)) from error
    except ValidationError as error:
        problems = schema_problems(lambda _: source, error)
        raise FileError("\n".join(str(problem) for problem in problems)) from error


def wrong(path: Path, where: Where, message: str) -> FileError:
    """An error at a place of a file, to be raised."""
    return FileError(f"{path}:{_line_of(content(path), where)}: {message}")


def content(path: Path) -> bytes:
    """The bytes of a file; raises FileError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(f"{path}: {error.strerror or error}") from error


def text(path: Path) -> str:
    """The file as UTF-8 text; raises FileError with the line of a wrong byte."""
    raw = content(path)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise FileError(f"{path}:{line}: not UTF-8 text") from error
