"""`lintel review`: a design on disk, reviewed at once, with no server and no database."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from service.cli.drafting import drafted, judging_by
from service.cli.failures import FOUND
from service.cli.options import (
    AnalystName,
    FormatOption,
    ModelOption,
    QuietOption,
    TranscriptOption,
)
from service.cli.printing import emit
from service.cli.progress import Progress
from service.exports.formats import FormatName, export_format

if TYPE_CHECKING:
    from agents.catalogue.loader import Catalogue
    from agents.change import Change
    from agents.findings import Draft
    from service.cli.source import Source

Threshold = Literal["critical", "high", "medium", "low"]
_ORDER = ("critical", "high", "medium", "low")

AnalystOption = Annotated[
    AnalystName | None,
    typer.Option(
        "--analyst",
        help="A language model, the offline rules, or (auto) the model when a key is known and the "
        "rules where it cannot judge. [default: LINTEL_ANALYST, which is auto]",
    ),
]
ReplayOption = Annotated[
    Path | None,
    typer.Option(
        "--replay",
        metavar="DIR",
        help="Answer from the transcript in this folder: no network, no key. The document, the "
        "catalogue, the prompts and the model must be those of the transcript.",
    ),
]
FailOption = Annotated[
    Threshold | None,
    typer.Option(help="Exit with 1 when a finding has this severity or a higher one."),
]
OutputOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write here instead of to stdout.")
]
CatalogueOption = Annotated[
    list[Path] | None,
    typer.Option(metavar="DIR", help="A catalogue directory of your own; may be repeated."),
]
ComplianceOption = Annotated[
    bool,
    typer.Option(
        "--compliance",
        help="Add what the review shows for the EU AI Act, NIST AI RMF and ISO/IEC 42001 to "
        "the report (md).",
    ),
]


def review(
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="A document, a directory, or - for stdin.")
    ],
    format_: FormatOption = "md",
    analyst: AnalystOption = None,
    model: ModelOption = None,
    fail_on: FailOption = None,
    cap: Annotated[
        int | None,
        typer.Option(min=1, max=50, help="Findings shown in full. [default: LINTEL_AUTHOR_CAP]"),
    ] = None,
    output: OutputOption = None,
    catalogue: CatalogueOption = None,
    compliance: ComplianceOption = False,
    transcript: TranscriptOption = None,
    replay: ReplayOption = None,
    quiet: QuietOption = False,
) -> None:
    """Review a design document, with a language model or with the offline rules."""
    from service.cli.source import read_source

    _checked(output, format_, compliance=compliance)
    judging = judging_by(analyst, model, transcript=transcript, replay=replay)
    source = read_source(path)
    if not quiet:
        _say_what_is_missing(source)
    known = knowledge(catalogue or [])
    progress = Progress(quiet=quiet, model=judging.by_model)
    draft = drafted(_change(source), known, judging, progress, cap=cap)
    _deliver(rendered(draft, known, format_, compliance=compliance), output)
    if fail_on is not None and _reaches(draft, fail_on):
        raise typer.Exit(FOUND)


def _change(source: "Source") -> "Change":
    from agents.change import Change

    return Change(
        repository="local",
        title=source.documents[0].path,
        documents=source.documents,
        notes=source.notes,
    )


def rendered(
    draft: "Draft", catalogue: "Catalogue", format_: FormatName, *, compliance: bool = False
) -> str:
    """The draft as text in this format."""
    if compliance:
        from service.exports.compliance import report_with_compliance

        return report_with_compliance(draft, catalogue)
    return export_format(format_).render(draft, catalogue)


def knowledge(overlays: list[Path]) -> "Catalogue":
    """The catalogue with the directories of the settings, then these. Raises `CatalogueError`."""
    from agents.catalogue.loader import load
    from service.cli.catalogue import directories

    return load(directories(overlays))


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
        writable(output)
    if compliance and format_ != "md":
        reason = "goes with --format md; --format compliance prints it alone"
        raise typer.BadParameter(reason, param_hint="--compliance")


def writable(output: Path, option: str = "--output") -> None:
    """Raises `typer.BadParameter` where a file has nowhere to go."""
    place = output if output.exists() else output.parent
    if output.is_dir() or not place.exists() or not os.access(place, os.W_OK):
        raise typer.BadParameter(f"{output} cannot be written", param_hint=option)


def _deliver(text: str, output: Path | None) -> None:
    if output is None:
        emit(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = f"{output} could not be written: {error.strerror}"
        raise typer.BadParameter(reason, param_hint="--output") from error
