"""`lintel eval extract`: decided reviews as cases, with names taken out; nothing leaves the machine."""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.eval_more import evals_ready
from service.cli.failures import Unreadable
from service.cli.printing import emit, printable
from service.errors import ConfigurationError


def extract(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where the cases go; others cannot read them.")
    ],
    most: Annotated[
        int | None,
        typer.Option(min=1, help="At most so many, those with added findings more often."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the choice of reviews.")] = 0,
    names: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Further names to take out, one on a line."),
    ] = None,
) -> None:
    """Write approved reviews as cases: the approved text is the gold."""
    evals_ready()
    from evals.decided import decided
    from evals.extract import chosen, extracted, write
    from service.cli.audit import reading
    from service.settings import settings

    known = _names(names)
    with reading(settings().database) as session:
        reviews = chosen(list(decided(session)), most, seed)
    lines = []
    for review in reviews:
        case = extracted(review, known)
        if case is None:
            continue
        try:
            write(case, folder)
        except OSError as error:
            raise ConfigurationError(f"{folder}: {error.strerror or error}") from error
        left = f"; still in parts of words: {', '.join(case.left)}" if case.left else ""
        lines.append(f"{case.slug}: {case.gold} gold items, {case.added} added{printable(left)}")
    lines.append(
        f"{len(lines)} cases in {folder}. Rules do not know every name: read them before you "
        "show them to others"
    )
    emit("\n".join(lines) + "\n")


def _names(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path}: {error}") from error
