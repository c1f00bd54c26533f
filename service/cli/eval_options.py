"""Arguments and options of `lintel eval`, as typer wants them."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Who = Literal["offline", "model", "replay"]

Folders = Annotated[
    list[Path], typer.Argument(metavar="DIR...", help="Folders of cases, or single cases.")
]
AnalystOption = Annotated[
    Who, typer.Option(help="Offline rules, a language model, or recorded answers of one.")
]
OutOption = Annotated[
    Path, typer.Option(metavar="FILE", help="The report as JSON; drafts are kept beside it.")
]
HtmlOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Also a page with charts and each case.")
]
OnlyOption = Annotated[
    list[str] | None, typer.Option(metavar="SLUG", help="This case; may be repeated.")
]
RepeatOption = Annotated[int, typer.Option(min=1, max=100, help="Reviews of each case.")]
ParallelOption = Annotated[
    int | None, typer.Option(min=1, max=64, help="Reviews at the same time.")
]
CostOption = Annotated[
    float | None, typer.Option(min=0, metavar="USD", help="Begin no step beyond this.")
]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Use drafts of an earlier run with the same inputs.")
]
AttacksOption = Annotated[
    bool, typer.Option("--attacks", help="Also the hostile designs: injection resistance.")
]
JudgeOption = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help="Let this model say which findings make which gold items, instead of the matcher.",
    ),
]
TranscriptsOption = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="With model: record into it. With replay: answer from it."),
]
