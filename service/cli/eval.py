"""`lintel eval`: how good the reviews are, measured on cases with what experts found."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

from service.cli.drafting import Judging, judging_by, model_analyst
from service.cli.eval_ablate import ablate
from service.cli.eval_extract import extract
from service.cli.eval_more import compare, evals_ready, schema, unreadable
from service.cli.eval_options import (
    AnalystOption,
    AttacksOption,
    CostOption,
    Folders,
    HtmlOption,
    JudgeOption,
    OnlyOption,
    OutOption,
    ParallelOption,
    RepeatOption,
    ResumeOption,
    TranscriptsOption,
    Who,
)
from service.cli.eval_progress import EvalProgress
from service.cli.failures import FOUND
from service.cli.options import ModelOption, QuietOption
from service.cli.overlays import Directories
from service.cli.printing import emit

if TYPE_CHECKING:
    from typer._click.core import Context  # not exported; `typer.Context` is narrower

    from agents.analysts.base import Analyst
    from evals.drafting import Drafter, Purse
    from evals.evaluate import Wanted
    from evals.judge import Judge
    from evals.report import Report
    from evals.run import Run

MOST_PARALLEL = 4
"""Reviews at the same time where nothing else is said: more gains little and heats a laptop."""


class _Cases(TyperGroup):
    """`lintel eval DIR` measures; a command of the group goes by its name."""

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        """Put the name of the default command before its arguments."""
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_Cases,
    help="Measure reviews on cases with what experts found: lintel eval DIR... "
    "(its options: lintel eval run --help).",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command()(compare)
app.command()(ablate)
app.command()(extract)
app.command()(schema)


@app.command()
def run(
    folders: Folders,
    analyst: AnalystOption = "offline",
    out: OutOption = Path("lintel-eval.json"),
    html: HtmlOption = None,
    only: OnlyOption = None,
    repeat: RepeatOption = 1,
    parallel: ParallelOption = None,
    cost_limit: CostOption = None,
    resume: ResumeOption = False,
    attacks: AttacksOption = False,
    judge: JudgeOption = None,
    model: ModelOption = None,
    transcripts: TranscriptsOption = None,
    catalogue: Directories = None,
    quiet: QuietOption = False,
) -> None:
    """Review every case and measure it (the default command)."""
    evals_ready()
    chosen = _Chosen(
        analyst,
        _judging(analyst, model, transcripts),
        transcripts,
        cost_limit,
        catalogue or [],
        judge,
    )
    wanted = _wanted(
        chosen, folders, only or [], out,
        repeat=repeat, parallel=parallel, resume=resume, attacks=attacks,
    )  # fmt: skip
    progress = EvalProgress(wanted.jobs, quiet=quiet)
    report, done = asyncio.run(_evaluated(chosen, wanted, progress))
    _deliver(report, done, out, html)
    if report.failures:
        raise typer.Exit(FOUND)


@dataclass(frozen=True)
class _Chosen:
    """Who judges, and within what."""

    analyst: Who
    judging: Judging
    transcripts: Path | None
    cost_limit: float | None
    catalogue: list[Path]
    judge: str | None

    @property
    def decided_by(self) -> str:
        """What decides a draft besides design, catalogue and code."""
        from service.analyst import model_options

        settings = self.judging.settings
        options = model_options(settings).model_dump_json(exclude={"api_key"})
        who = "" if self.analyst == "offline" else options
        return f"{self.analyst} {who} cap {settings.author_cap}"

    def for_job(self, job: str) -> "AbstractAsyncContextManager[Analyst]":
        """An analyst of its own for each review, with a transcript of its own."""
        folder = self.transcripts / job if self.transcripts else None
        if self.analyst == "replay":
            return model_analyst(replace(self.judging, replay=folder))
        return model_analyst(replace(self.judging, transcript=folder))


def _judging(analyst: Who, model: str | None, transcripts: Path | None) -> Judging:
    if analyst == "offline":
        if transcripts or model:
            named = "--transcripts" if transcripts else "--model"
            raise typer.BadParameter(f"offline has no model for {named}", param_hint="--analyst")
        return judging_by("offline", None)
    if analyst == "replay" and transcripts is None:
        raise typer.BadParameter("name the folder of the recording", param_hint="--transcripts")
    judging = judging_by("model", model, replay=transcripts if analyst == "replay" else None)
    return judging.strict()


def _wanted(
    chosen: _Chosen,
    folders: list[Path],
    only: list[str],
    out: Path,
    *,
    repeat: int,
    parallel: int | None,
    resume: bool,
    attacks: bool,
) -> "Wanted":
    from evals.evaluate import Wanted
    from evals.hostile import load_attacks
    from evals.run import read_folders
    from service.cli.review import knowledge, writable

    writable(out, "--out")
    with unreadable():
        cases = read_folders(folders, only)
    return Wanted(
        cases=cases,
        catalogue=knowledge(chosen.catalogue),
        decided_by=chosen.decided_by,
        attacks=load_attacks() if attacks else (),
        repeat=repeat,
        parallel=parallel or min(MOST_PARALLEL, os.cpu_count() or 1, len(cases) * repeat),
        resume=resume,
        beside=out,
    )


async def _evaluated(
    chosen: _Chosen, wanted: "Wanted", progress: EvalProgress
) -> "tuple[Report, Run]":
    from agents.analysts.trouble import trouble_in
    from evals.drafting import Purse
    from evals.evaluate import NothingReviewed, evaluate
    from service.errors import ServiceError

    purse = Purse(chosen.cost_limit)
    try:
        async with _drafter(chosen, wanted, purse) as drafter, _judge(chosen, purse) as judge:
            return await evaluate(
                wanted, drafter, lambda job, wrong: progress.done(job, wrong, purse.spent), judge
            )
    except NothingReviewed as error:
        trouble = trouble_in(error.__cause__) if error.__cause__ else None
        if trouble:
            raise trouble from error
        raise ServiceError(f"no case could be reviewed: {error}") from error
    finally:
        progress.end()


@asynccontextmanager
async def _drafter(chosen: _Chosen, wanted: "Wanted", purse: "Purse") -> "AsyncIterator[Drafter]":
    from evals.drafting import by_analyst, offline
    from service.cli.overlays import directories

    cap = chosen.judging.settings.author_cap
    if chosen.analyst == "offline":
        overlays = directories(chosen.catalogue)
        made: AbstractAsyncContextManager[Drafter] = offline(
            overlays, cap=cap, parallel=wanted.parallel
        )
    else:
        made = nullcontext(by_analyst(chosen.for_job, wanted.catalogue, purse, cap=cap))
    async with made as drafter:
        yield drafter


@asynccontextmanager
async def _judge(chosen: _Chosen, purse: "Purse") -> "AsyncIterator[Judge | None]":
    if chosen.judge is None:
        yield None
        return
    from agents.analysts.model.models import Models
    from evals.judge import Judge
    from service.analyst import model_options

    settings = chosen.judging.settings.model_copy(update={"model": chosen.judge})
    models = Models(model_options(settings))
    try:
        yield Judge(models, purse)
    finally:
        await models.close()


def _deliver(report: "Report", done: "Run", out: Path, html: Path | None) -> None:
    from evals.console import table
    from evals.evaluate import write_report

    write_report(out, report)
    written = f"written to {out}"
    if html is not None:
        from evals.page.page import page

        html.write_text(page(report, done.reviewed), encoding="utf-8")
        written += f" and {html}"
    reused = f"; {done.reused} drafts of an earlier run" if done.reused else ""
    emit(f"{table(report)}\n\n{written}{reused}\n")
