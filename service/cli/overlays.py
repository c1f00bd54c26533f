"""What the commands of the catalogue share: its directories, and a word about an unknown id."""

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

Directories = Annotated[
    list[Path] | None,
    typer.Option(
        "--catalogue",
        metavar="DIR",
        help="A catalogue directory of your own, over those of LINTEL_CATALOGUE; may be repeated.",
    ),
]


def directories(extra: Sequence[Path]) -> tuple[Path, ...]:
    """Those of LINTEL_CATALOGUE, then `extra`; the later one wins."""
    from service.settings import settings

    return (*(Path(word) for word in settings().catalogue), *extra)


def unknown(
    given: str, known: Iterable[str], hint: str, instead: str = "`lintel catalogue list` names all"
) -> typer.BadParameter:
    """The error for an id that is not there, with those that are spelt alike."""
    near = difflib.get_close_matches(given, list(known), n=3)
    advice = f"did you mean {', '.join(near)}?" if near else instead
    return typer.BadParameter(f"{given!r} is not in the catalogue; {advice}", param_hint=hint)
