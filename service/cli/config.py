"""`lintel config`: a repository's `.github/lintel.yml`, checked and with what it comes to."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.failures import FOUND, Unreadable
from service.cli.printing import emit, printable

if TYPE_CHECKING:
    from service.repository_config.effective import EffectiveConfig, Layer

app = typer.Typer(
    help="The configuration of a repository.", no_args_is_help=True, rich_markup_mode=None
)

DEFAULT_FILE = Path(".github/lintel.yml")
FileArgument = Annotated[
    Path, typer.Argument(metavar="[FILE]", help="The file, by default that of this repository.")
]


@app.command()
def check(file: FileArgument = DEFAULT_FILE) -> None:
    """Say what is wrong in the file, line by line; exit with 1 when something is."""
    found = _layer(file)
    keys = len(found.given)
    emit(f"ok: {file} sets {keys} key{'' if keys == 1 else 's'}\n")


@app.command()
def show(
    file: FileArgument = DEFAULT_FILE,
    repo: Annotated[
        str | None,
        typer.Option(
            metavar="OWNER/NAME",
            help="Instead of a file: what was last read of this repository without errors.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the values in force, and where each of them comes from."""
    from service.repository_config.effective import effective
    from service.settings import settings

    if repo is not None:
        layers = _known(repo)
    else:
        layers = [_layer(file)] if file != DEFAULT_FILE or file.exists() else []
    found = effective(layers, cap=settings().author_cap)
    emit(_as_json(found) if as_json else _as_text(found))


@app.command()
def schema() -> None:
    """Print the JSON Schema of the file, for editors."""
    from service.repository_config.model import json_schema

    emit(json_schema())


def _layer(file: Path) -> "Layer":
    """The file as a layer; ends the command where it is wrong. Raises `Unreadable`."""
    from service.repository_config.effective import layer
    from service.repository_config.reading import ConfigError, parsed

    try:
        return layer(str(file), "", parsed(file.read_bytes(), str(file)))
    except ConfigError as error:
        count = len(error.problems)
        lines = [f"error: {printable(str(problem))}" for problem in error.problems]
        emit("\n".join([*lines, f"{count} problem{'' if count == 1 else 's'}", ""]))
        raise typer.Exit(FOUND) from error
    except OSError as error:
        raise Unreadable(f"{file} cannot be read: {error.strerror or error}") from error


def _known(repository: str) -> "list[Layer]":
    """The files in force of a repository. Raises `Unreadable` where it was never reviewed."""
    from service.cli.audit import reading
    from service.repository_config.store import known
    from service.settings import settings

    with reading(settings().database) as session:
        layers = known(session, repository)
    if layers is None:
        raise Unreadable(f"no pull request of {repository} was reviewed in this database")
    return layers


def _as_json(found: "EffectiveConfig") -> str:
    body = {
        "schema_version": "1.0",
        "kind": "lintel.config",
        "config": found.config.model_dump(mode="json"),
        "origins": found.origins,
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _as_text(found: "EffectiveConfig") -> str:
    from service.repository_config.effective import by_key

    rows = [
        (key, json.dumps(value, ensure_ascii=False), found.origins[key])
        for key, value in by_key(found.config.model_dump(mode="json"))
    ]
    wide = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"{key:<{wide[0]}}  {value:<{wide[1]}}  {origin}" for key, value, origin in rows]
    return "\n".join([*lines, ""])
