"""`lintel eval compare` and `schema`, and what the commands of the group share."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.failures import FOUND, Unreadable
from service.cli.printing import emit
from service.errors import ConfigurationError

if TYPE_CHECKING:
    from evals.report import Report

NEEDED = ("pydantic_evals", "munkres")


def evals_ready() -> None:
    """Raises `ConfigurationError` where the installation lacks what evaluations need."""
    if not all(find_spec(name) for name in NEEDED):
        raise ConfigurationError(
            "evaluations need more packages: install lintel-review[evals], or call make setup"
        )


@contextmanager
def unreadable() -> Iterator[None]:
    """What is wrong in a case's files, as the failure of an input."""
    from evals.files import FileError

    try:
        yield
    except FileError as error:
        raise Unreadable(str(error)) from error


def compare(
    before: Annotated[Path, typer.Argument(metavar="A.json", help="The report to compare with.")],
    after: Annotated[Path, typer.Argument(metavar="B.json", help="The report that is judged.")],
    fail: Annotated[
        bool, typer.Option("--fail", help="Exit with 1 when a metric is worse beyond noise.")
    ] = False,
) -> None:
    """Say for each metric whether B is better, worse or noise, and what changed."""
    evals_ready()
    from evals.compare import compare as compared
    from evals.console import comparison

    found = compared(_report(before), _report(after))
    emit(comparison(found) + "\n")
    if fail and found.worse:
        raise typer.Exit(FOUND)


def schema(
    name: Annotated[
        str | None, typer.Argument(metavar="FILE", help="gold.yaml, meta.yaml or system.yaml.")
    ] = None,
) -> None:
    """Print the JSON schemas of the files of a case."""
    evals_ready()
    from evals.schema import schemas

    known = schemas()
    if name is not None and name not in known:
        raise typer.BadParameter(f"known are {', '.join(known)}", param_hint="FILE")
    emit(json.dumps(known[name] if name else known, indent=2) + "\n")


def _report(path: Path) -> "Report":
    from pydantic import ValidationError

    from evals.evaluate import read_report

    try:
        return read_report(path)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise Unreadable(f"{path} is no report of lintel eval: {where}: {first['msg']}") from error
