"""`lintel eval ablate`: what each part of the pipeline is worth."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from service.cli.eval_more import evals_ready, unreadable
from service.cli.eval_options import Folders, OnlyOption
from service.cli.eval_progress import EvalProgress
from service.cli.failures import FOUND
from service.cli.options import ModelOption, QuietOption
from service.cli.printing import emit

if TYPE_CHECKING:
    from evals.cases import Case
    from evals.drafting import Purse
    from evals.evaluate import Wanted
    from evals.report import Report
    from evals.switches import Part
    from service.cli.drafting import Judging

RULES = "rules"
"""The offline analyst, where the others of the table ask a model."""


def ablate(
    folders: Folders,
    analyst: Annotated[
        Literal["offline", "model"], typer.Option(help="Offline rules or a language model.")
    ] = "offline",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A report of each variant goes here.")
    ] = None,
    only: OnlyOption = None,
    cost_limit: Annotated[
        float | None, typer.Option(min=0, metavar="USD", help="Of all variants together.")
    ] = None,
    model: ModelOption = None,
    quiet: QuietOption = False,
) -> None:
    """Measure with parts switched off: catalogue, proposals, refuter, paved roads."""
    evals_ready()
    from evals.ablate import WHOLE, ablations
    from evals.run import read_folders
    from service.cli.drafting import judging_by

    if model and analyst == "offline":
        raise typer.BadParameter("offline has no model for --model", param_hint="--analyst")
    with unreadable():
        cases = read_folders(folders, only or [])
    judging = judging_by(analyst, model).strict()
    reports = asyncio.run(_all(cases, judging, cost_limit, quiet=quiet))
    if out is not None:
        _write(out, reports)
    failures = [f"{n}: {f}: {why}" for n, r in reports.items() for f, why in r.failures.items()]
    emit("\n".join([ablations(reports, WHOLE), *failures, ""]))
    if failures:
        raise typer.Exit(FOUND)


async def _all(
    cases: "tuple[Case, ...]", judging: "Judging", limit: float | None, *, quiet: bool
) -> "dict[str, Report]":
    from evals.ablate import VARIANTS
    from evals.drafting import Purse
    from evals.evaluate import Wanted
    from service.cli.review import knowledge

    parallel = min(4, os.cpu_count() or 1, len(cases))
    wanted = Wanted(cases, knowledge([]), decided_by="ablation", parallel=parallel)
    purse = Purse(limit)
    names = [(v.name, v.without, False) for v in VARIANTS]
    if judging.by_model:
        names.append((RULES, frozenset(), True))
    progress = EvalProgress(wanted.jobs * len(names), quiet=quiet)
    reports = {}
    try:
        for name, without, rules in names:
            reports[name] = await _one(
                wanted, judging, purse, without, rules=rules, progress=progress
            )
    finally:
        progress.end()
    return reports


async def _one(
    wanted: "Wanted",
    judging: "Judging",
    purse: "Purse",
    without: "frozenset[Part]",
    *,
    rules: bool,
    progress: EvalProgress,
) -> "Report":
    from evals.drafting import by_analyst, offline, without_parts
    from evals.evaluate import evaluate
    from service.cli.drafting import model_analyst
    from service.cli.overlays import directories

    def told(job: str, wrong: str) -> None:
        progress.done(job, wrong, purse.spent)

    cap = judging.settings.author_cap
    if rules or not judging.by_model:
        made = offline(directories([]), cap=cap, parallel=wanted.parallel, without=without)
        async with made as drafter:
            return (await evaluate(wanted, drafter, told))[0]
    analyst_for = without_parts(lambda _job: model_analyst(judging), without)
    drafter = by_analyst(analyst_for, wanted.catalogue, purse, cap=cap)
    return (await evaluate(wanted, drafter, told))[0]


def _write(folder: Path, reports: "dict[str, Report]") -> None:
    from evals.evaluate import write_report

    folder.mkdir(parents=True, exist_ok=True)
    for name, report in reports.items():
        write_report(folder / f"{name.replace(' ', '-')}.json", report)
