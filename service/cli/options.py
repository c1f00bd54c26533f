"""Options that more than one command has, as typer wants them."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from service.exports.formats import FormatName

AnalystName = Literal["auto", "model", "offline"]

FormatOption = Annotated[
    FormatName,
    typer.Option(
        "--format",
        help="A report (md), everything (json), the file of another tool (SARIF 2.1.0, Open "
        "Threat Model 0.2.0, Threat Composer v1), or the compliance view alone as JSON.",
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="NAME", help="Ask this model in every step. [default: LINTEL_MODEL]"
    ),
]
TranscriptOption = Annotated[
    Path | None,
    typer.Option(
        "--transcript",
        metavar="DIR",
        help="Write every request to the model and its answer into this folder, with the text of "
        "the documents in them.",
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on stderr.")]
