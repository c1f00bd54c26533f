"""`lintel review`: a design on disk, reviewed at once, with no server and no database."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from service.cli.failures import FOUND
from service.cli.printing import emit
from service.exports.formats import FormatName, export_format

if TYPE_CHECKING:
    from agents.catalogue.loader import Catalogue
    from agents.findings import Draft
    from service.cli.source import Source

Threshold = Literal["critical", "high", "medium", "low"]
_ORDER = ("critical", "high", "medium", "low")


def review(
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="A document, a directory, or - for stdin.")
    ],
    format_: Annotated[
        FormatName,
        typer.Option(
            "--format",
            help="A report (md), everything (json), the file of another tool (SARIF 2.1.0, Open "
            "Threat Model 0.2.0, Threat Composer v1), or the compliance view alone as JSON.",
        ),
    ] = "md",
    fail_on: Annotated[
        Threshold | None,
        typer.Option(help="Exit with 1 when a finding has this severity or a higher one."),
    ] = None,
    cap: Annotated[
        int | None,
        typer.Option(min=1, max=50, help="Findings shown in full. [default: LINTEL_AUTHOR_CAP]"),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write here instead of to stdout.")
    ] = None,
    catalogue: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="A catalogue directory of your own; may be repeated."),
    ] = None,
    compliance: Annotated[
        bool,
        typer.Option(
            "--compliance",
            help="Add what the review shows for the EU AI Act, NIST AI RMF and ISO/IEC 42001 to "
            "the report (md).",
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on stderr.")] = False,
) -> None:
    """Review a design document, with the offline analyst."""
    from service.cli.source import read_source

    _checked(output, format_, compliance=compliance)
    source = read_source(path)
    if not quiet:
        _say_what_is_missing(source)
    knowledge = _knowledge(catalogue or [])
    draft = draft_of(source, knowledge, cap=cap, progress=_progress(quiet))
    _deliver(_rendered(draft, knowledge, format_, compliance=compliance), output)
    if fail_on is not None and _reaches(draft, fail_on):
        raise typer.Exit(FOUND)


def draft_of(
    source: "Source", catalogue: "Catalogue", *, cap: int | None, progress: bool = False
) -> "Draft":
    """Runs the pipeline on these documents with the offline analyst, in this process."""
    import asyncio

    from agents.analysts.lexical import LexicalAnalyst
    from agents.change import Change
    from agents.pipeline import MemoryJournal, review
    from service.settings import settings

    change = Change(
        repository="local",
        title=source.documents[0].path,
        documents=source.documents,
        notes=source.notes,
    )
    return asyncio.run(
        review(
            change,
            catalogue,
            LexicalAnalyst(),
            MemoryJournal(),
            cap=cap if cap is not None else settings().author_cap,
            on_step=_say if progress else None,
        )
    )


def _rendered(
    draft: "Draft", catalogue: "Catalogue", format_: "FormatName", *, compliance: bool
) -> str:
    if compliance:
        from service.exports.compliance import report_with_compliance

        return report_with_compliance(draft, catalogue)
    return export_format(format_).render(draft, catalogue)


def _knowledge(overlays: list[Path]) -> "Catalogue":
    """The catalogue with the directories of the settings, then these. Raises `CatalogueError`."""
    from agents.catalogue.loader import load
    from service.cli.catalogue import directories

    return load(directories(overlays))


def _progress(quiet: bool) -> bool:
    return not quiet and sys.stderr.isatty()


def _say(step: str) -> None:
    typer.echo(f"lintel: {step}", err=True)


def _say_what_is_missing(source: "Source") -> None:
    """Partial is said, wherever stderr goes."""
    for document in source.documents:
        if document.cut_from_bytes is not None:
            kept = len(document.text.encode())
            whole = f"{document.cut_from_bytes:,} bytes"
            typer.echo(
                f"lintel: note: {document.path} is cut: the first {kept:,} of {whole} are read",
                err=True,
            )
    for note in source.notes:
        typer.echo(f"lintel: note: {note}", err=True)


def _reaches(draft: "Draft", threshold: Threshold) -> bool:
    counted = _ORDER[: _ORDER.index(threshold) + 1]
    return any(f.severity in counted for f in draft.findings if f.dismissed is None)


def _checked(output: Path | None, format_: FormatName, *, compliance: bool) -> None:
    """Say before the work, not after it, what does not go together or has nowhere to go."""
    if output is not None:
        _writable(output)
    if compliance and format_ != "md":
        reason = "goes with --format md; --format compliance prints it alone"
        raise typer.BadParameter(reason, param_hint="--compliance")


def _writable(output: Path) -> None:
    place = output if output.exists() else output.parent
    if output.is_dir() or not place.exists() or not os.access(place, os.W_OK):
        raise typer.BadParameter(f"{output} cannot be written", param_hint="--output")


def _deliver(text: str, output: Path | None) -> None:
    if output is None:
        emit(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = f"{output} could not be written: {error.strerror}"
        raise typer.BadParameter(reason, param_hint="--output") from error
