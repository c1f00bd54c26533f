"""`lintel catalogue new`: a complete, commented file to write a threat or a pattern from."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from service.cli.overlays import directories, unknown
from service.cli.printing import emit

if TYPE_CHECKING:
    from agents.catalogue.loader import Catalogue
    from agents.catalogue.skeletons import Skeleton


def new(
    kind: Annotated[Literal["threat", "pattern"], typer.Argument(metavar="threat|pattern")],
    id_: Annotated[
        str,
        typer.Argument(metavar="ID", help="stale-price-feed for a threat, ACME-01 for a pattern."),
    ],
    domain: Annotated[
        str | None, typer.Option(help="Domain of the threat; a threat needs one.")
    ] = None,
    covers: Annotated[
        list[str] | None,
        typer.Option(
            metavar="THREAT", help="A threat that the pattern answers; needed, may be repeated."
        ),
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the threat or pattern.")] = None,
    directory: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Your catalogue directory. [default: the last one of LINTEL_CATALOGUE]",
        ),
    ] = None,
) -> None:
    """Write the skeleton of a threat or a pattern into your own catalogue directory.

    The file is valid as it is and says in its comments what each field means. Nothing is
    overwritten.
    """
    from agents.catalogue.loader import load

    root = _root(directory)
    _well_formed(kind, id_)
    _not_there(root, f"{kind}s", id_)
    known = load(_layers(root))
    if kind == "threat":
        skeleton = _threat(id_, domain, title, covers, known)
    else:
        skeleton = _pattern(id_, title, domain, covers, known)
    _write(root / skeleton.name, skeleton.text)
    emit("\n".join([f"wrote {root / skeleton.name}", *_next_steps(root), ""]))


def _root(directory: Path | None) -> Path:
    chosen = directory or next(iter(reversed(directories([]))), None)
    if chosen is None:
        text = "there is no catalogue directory of your own: pass --directory DIR, or name one in "
        raise typer.BadParameter(text + "LINTEL_CATALOGUE", param_hint="--directory")
    if chosen.exists() and not chosen.is_dir():
        raise typer.BadParameter(f"{chosen} is not a directory", param_hint="--directory")
    return chosen


def _named(root: Path) -> bool:
    return root.resolve() in {path.resolve() for path in directories([])}


def _layers(root: Path) -> list[Path]:
    """The layers as they will be loaded; a directory may still have to be made."""
    extra = [] if _named(root) else [root]
    return [path for path in directories(extra) if path.is_dir()]


def _well_formed(kind: str, id_: str) -> None:
    from agents.catalogue import skeletons

    if kind == "threat":
        good, form = skeletons.is_threat_id(id_), skeletons.THREAT_ID_IN_WORDS
    else:
        good, form = skeletons.is_pattern_id(id_), skeletons.PATTERN_ID_IN_WORDS
    if not good:
        text = f"{id_!r} cannot be used: a {kind}'s id is {form}"
        raise typer.BadParameter(text, param_hint="ID")


def _not_there(root: Path, folder: str, id_: str) -> None:
    there = next(iter(sorted((root / folder).glob(f"**/{id_}.y*ml"))), None)
    if there is not None:
        raise typer.BadParameter(f"{there} is there already; nothing is overwritten")


def _threat(
    id_: str,
    domain: str | None,
    title: str | None,
    covers: Sequence[str] | None,
    known: "Catalogue",
) -> "Skeleton":
    from agents.catalogue import skeletons

    if covers:
        raise typer.BadParameter("only a pattern covers threats", param_hint="--covers")
    taken = known.threats.get(id_)
    folder = f"threats/{taken.domain if taken else 'DOMAIN'}"
    _not_taken(id_, folder, (*known.threats, *known.disabled))
    words = known.vocabulary.domains
    if domain is None or domain not in words:
        fitting = skeletons.fitting_domains(domain or id_, known)
        likely = f"perhaps {' or '.join(fitting)}; " if fitting else ""
        said = "a threat needs a domain" if domain is None else f"{domain!r} is no domain"
        text = f"{said}: {likely}there are {', '.join(words)}"
        raise typer.BadParameter(text, param_hint="--domain")
    return skeletons.threat_skeleton(id_, domain, title, known)


def _pattern(
    id_: str,
    title: str | None,
    domain: str | None,
    covers: Sequence[str] | None,
    known: "Catalogue",
) -> "Skeleton":
    from agents.catalogue import skeletons

    if domain is not None:
        raise typer.BadParameter("a pattern has no domain", param_hint="--domain")
    _not_taken(id_, "patterns", known.patterns)
    if not covers:
        text = "a pattern covers at least one threat: name one; `lintel catalogue list` names all"
        raise typer.BadParameter(text, param_hint="--covers")
    for threat in covers:
        if threat not in known.threats:
            raise unknown(threat, known.threats, "--covers")
    return skeletons.pattern_skeleton(id_, title, tuple(dict.fromkeys(covers)), known)


def _not_taken(id_: str, folder: str, taken: Collection[str]) -> None:
    if id_ in taken:
        text = (
            f"{id_!r} is in the catalogue already. To change it, write {folder}/{id_}.yaml in "
            "your directory with the id and the fields that differ (docs/catalogue.md)"
        )
        raise typer.BadParameter(text, param_hint="ID")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise typer.BadParameter(f"{path} could not be written: {error.strerror}") from error


def _next_steps(root: Path) -> list[str]:
    named = _named(root)
    option = "" if named else f" --catalogue {root}"
    lines = [
        "next: replace what begins with REPLACE:, then run "
        f"`lintel catalogue check{option}` until it warns of nothing"
    ]
    if named:
        return [*lines, "note: `lintel review` uses the file now, running workers after a restart"]
    return [*lines, f"note: reviews use it once {root} is in LINTEL_CATALOGUE"]
