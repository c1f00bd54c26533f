"""From the text of a configuration file to a `RepositoryConfig`, or to problems with lines.

A pull request from a fork may bring any file: nothing here follows aliases, goes deep or repeats
more than a few words of it.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from agents.catalogue.files import (
    LOADER,
    CatalogueError,
    Problem,
    SourceFile,
    read,
    repeated_keys,
)
from service.errors import BadInput
from service.repository_config.model import Ignore, Labels, RepositoryConfig

PATH = ".github/lintel.yml"
MAX_BYTES = 64_000
MAX_DEPTH = 8
_SHOWN = 60
"""Characters of a name that a message repeats."""

_GROUPS: Mapping[str, type[BaseModel]] = {"labels": Labels, "ignore": Ignore}
_FIXES = {
    "documents": 'Write a list of globs, as in `documents: ["docs/design/**/*.md"]`',
    "labels": 'Write lists of labels below it, as in `skip: ["no-design-review"]`',
    "cap": "Write a whole number from 1 to 50",
    "severity_threshold": "Write critical, high, medium or low",
    "analyst": "Write auto or offline",
    "ignore": 'Write lists of globs below it, as in `authors: ["dependabot[bot]"]`',
}
_SHAPES = {"tuple_type": "it should be a list", "model_type": "it should hold keys of its own"}
"""For what pydantic says in words of Python."""
_OPENS = (
    yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken, yaml.FlowSequenceStartToken,
)  # fmt: skip
_CLOSES = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


class ConfigError(BadInput):
    """The file cannot be in force; `problems` says where, why and what to write instead."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def parsed(text: bytes | None, shown: str = PATH) -> RepositoryConfig:
    """The file as a value; what it leaves out is not in `model_fields_set`. An empty file is one.

    `shown` is the path in messages, `text` None for a file that was too large to be fetched.
    Raises `ConfigError`.
    """
    if text is None or len(text) > MAX_BYTES:
        fix = f"Keep it below {MAX_BYTES:,} bytes"
        raise ConfigError([Problem(shown, "the file is too large", fix, 1)])
    source = SourceFile(shown, shown, text)
    try:
        if not _holds_something(source):
            return RepositoryConfig()
        data = read(source)
    except CatalogueError as error:
        raise ConfigError(map(_short, error.problems)) from error
    except ValueError as error:
        fix = "Put it into quotation marks"
        raise ConfigError([Problem(shown, "a value cannot be read", fix, 1)]) from error
    found = [*map(_short, repeated_keys(source))]
    try:
        config = RepositoryConfig.model_validate(data)
    except ValidationError as error:
        found += _problems(source, error)
    if found:
        raise ConfigError(sorted(found, key=lambda p: p.line or 0))
    return config


def _holds_something(source: SourceFile) -> bool:
    """Whether there is more than comments. Raises CatalogueError for what is refused unread."""
    depth, something = 0, False
    try:
        for token in yaml.scan(source.text, LOADER):
            line = token.start_mark.line + 1
            if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
                message, fix = "anchors and aliases are not read here", "Write the value out"
                raise CatalogueError([Problem(source.shown, message, fix, line)])
            depth += isinstance(token, _OPENS) - isinstance(token, _CLOSES)
            if depth > MAX_DEPTH:
                fix = "The keys are in docs/repository-config.md"
                raise CatalogueError([Problem(source.shown, "it is nested too deep", fix, line)])
            something |= isinstance(token, (yaml.ScalarToken, *_OPENS))
    except yaml.YAMLError:
        return True  # `read` says it with its line
    return something


def _problems(source: SourceFile, error: ValidationError) -> Iterator[Problem]:
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        where = item["loc"]
        if item["type"] == "extra_forbidden":
            yield source.problem(where, f"{_name(where)} is not a key of this file", _near(where))
        else:
            plain = item["msg"].removeprefix("Value error, ")
            message = _SHAPES.get(item["type"], plain)
            text = f"{_name(where)}: {message[:1].lower()}{message[1:]}"
            yield source.problem(where, text, _fix(item))


def _fix(item: ErrorDetails) -> str:
    if item["type"] == "value_error":
        return "Correct the glob"
    return _FIXES.get(str(item["loc"][0]), "Correct the value")


def _near(where: tuple[str | int, ...]) -> str:
    group = _GROUPS.get(str(where[0])) if len(where) > 1 else None
    known = [*(group or RepositoryConfig).model_fields]
    near = difflib.get_close_matches(str(where[-1])[:_SHOWN], known, n=1)
    return f"Perhaps `{near[0]}` is meant" if near else f"The keys here are {', '.join(known)}"


def _name(where: tuple[str | int, ...]) -> str:
    name = _words(".".join(str(step) for step in where), _SHOWN)
    return f"`{name.replace('`', ' ')}`"


def _short(problem: Problem) -> Problem:
    message = _words(problem.message, 200)
    return Problem(problem.file, message, problem.fix, problem.line)


def _words(text: str, limit: int) -> str:
    """Printable characters on one line."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= limit else plain[:limit] + "…"
