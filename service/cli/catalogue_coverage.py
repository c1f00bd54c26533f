"""`lintel catalogue coverage`: which ids of the public frameworks the catalogue speaks of."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.overlays import Directories, directories, unknown
from service.cli.printing import emit

if TYPE_CHECKING:
    from agents.catalogue.coverage import FrameworkCoverage, ItemCoverage, PartCoverage
    from agents.catalogue.loader import Catalogue

_WIDEST = 24
"""A version that is longer is cut in the table; JSON has all of it."""


def coverage(
    framework: Annotated[
        str | None, typer.Option(metavar="KEY", help="Only this framework, such as eu-ai-act.")
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="List the ids that nothing speaks of.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    catalogue: Directories = None,
) -> None:
    """Show which ids of public frameworks have at least one threat or pattern.

    Covered means that a threat in force refers to the id, or to an id below it (a requirement of a
    section, a sub-technique of a technique). A pattern covers what the threats that it covers refer
    to, so it adds no id of its own. It does not mean that an id is answered in full, or that any
    design was checked against it. Tactics of ATLAS, and functions and categories of the NIST AI
    RMF, are headings and do not count.
    """
    from agents.catalogue.coverage import coverage as compute
    from agents.catalogue.loader import load

    known = load(directories(catalogue or []))
    if framework is not None and framework not in known.frameworks:
        instead = "`lintel catalogue coverage` names all"
        raise unknown(framework, known.frameworks, "--framework", instead)
    found = [f for f in compute(known) if framework in (None, f.key)]
    emit(_as_json(known, found, missing) if as_json else _as_text(found, missing))


def _as_json(known: "Catalogue", found: Sequence["FrameworkCoverage"], missing: bool) -> str:
    from agents.catalogue.coverage import MEANING

    body = {
        "schema_version": "1.0",
        "kind": "lintel.catalogue.coverage",
        "version": known.version,
        "hash": known.hash,
        "meaning": MEANING,
        "only_missing": missing,
        "frameworks": [
            {
                "key": framework.key,
                "name": framework.name,
                "version": framework.version,
                "subset": framework.subset,
                "parts": [_part(part, missing) for part in framework.parts],
            }
            for framework in found
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _part(part: "PartCoverage", missing: bool) -> dict[str, object]:
    items = part.missing if missing else part.items
    return {
        "type": part.type,
        "ids": len(part.items),
        "covered": len(part.covered),
        "share": round(part.share, 4),
        "items": [item.model_dump(mode="json") | {"covered": item.covered} for item in items],
    }


def _as_text(found: Sequence["FrameworkCoverage"], missing: bool) -> str:
    rows = [("framework", "version", "ids", "covered", "share")]
    rows += [_row(framework, part) for framework in found for part in framework.parts]
    lines = list(_table(rows))
    if any(framework.subset for framework in found):
        lines += ["", "* the list holds a part of the framework; the share is of that part"]
    if missing:
        lines += [line for framework in found for line in _missing(framework)]
    return "\n".join([*lines, ""])


def _row(framework: "FrameworkCoverage", part: "PartCoverage") -> tuple[str, str, str, str, str]:
    name = " ".join((framework.key, part.type.replace("_", "-"))).rstrip()
    version = framework.version
    if len(version) > _WIDEST:
        version = version[: _WIDEST - 1].rstrip() + "…"
    share = f"{100 * len(part.covered) // len(part.items)} %"
    mark = "*" if framework.subset else ""
    return name + mark, version, str(len(part.items)), str(len(part.covered)), share


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Columns as wide as their widest cell; the numbers stand to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        words = [cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True)]
        numbers = [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
        yield "  ".join([*words, *numbers])


def _missing(framework: "FrameworkCoverage") -> Iterator[str]:
    for part in framework.parts:
        if part.missing:
            name = " ".join((framework.key, part.type.replace("_", "-"))).rstrip()
            yield from ("", f"{name}, not covered:", *map(_named, part.missing))


def _named(item: "ItemCoverage") -> str:
    return f"  {item.id:<16} {item.title}"
