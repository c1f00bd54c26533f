"""`make eval`: the offline analyst on the project's own cases, against the committed baseline.

Exits with 1 when a case cannot be reviewed, a case of the baseline is gone, or a metric has fallen
below the baseline beyond noise. `--accept` makes the new figures the baseline.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from agents.catalogue.loader import load
from evals.compare import Comparison, Difference, compare
from evals.console import comparison, table
from evals.drafting import offline
from evals.evaluate import Wanted, evaluate, read_report, write_report
from evals.files import FileError
from evals.metrics import METRICS
from evals.report import Report
from evals.run import read_folders

CASES = Path(__file__).with_name("cases")
BASELINE = Path(__file__).parent / "results" / "eval-offline.json"
CAP = 7
"""Findings that an author gets, as in the default settings."""


def main(arguments: list[str] | None = None) -> int:
    """0 where nothing is worse, 1 where something is, 2 where it cannot run."""
    chosen = _chosen(arguments)
    try:
        found = asyncio.run(measured(chosen.cases, chosen.parallel))
    except FileError as error:
        print(error, file=sys.stderr)
        return 2
    print(table(found))
    if chosen.accept:
        write_report(chosen.baseline, found)
        print(f"\nwritten to {chosen.baseline}")
        return 1 if found.failures else 0
    if not chosen.baseline.exists():
        print(f"{chosen.baseline} is missing: make eval ACCEPT=1 writes it", file=sys.stderr)
        return 2
    compared = compare(read_report(chosen.baseline), found)
    print(f"\nagainst {chosen.baseline.name}:\n{comparison(_told(compared))}")
    return _judged(found, compared)


async def measured(folder: Path, parallel: int) -> Report:
    """The report of the offline analyst. Raises FileError."""
    wanted = Wanted(
        cases=read_folders([folder]), catalogue=load(), decided_by="gate", parallel=parallel
    )
    async with offline(cap=CAP, parallel=parallel) as drafter:
        found, _ = await evaluate(wanted, drafter, lambda _job, _wrong: None)
    return found


def fallen(compared: Comparison) -> list[Difference]:
    """What the gate fails for: guarded metrics that are worse beyond noise."""
    return [d for d in compared.worse if METRICS[d.metric].gated]


def _told(compared: Comparison) -> Comparison:
    """Without what is the same and what depends on the machine."""
    kept = [d for d in compared.differences if d.verdict != "same" and METRICS[d.metric].gated]
    return compared.model_copy(update={"differences": tuple(kept)})


def _judged(found: Report, compared: Comparison) -> int:
    problems = [f"{d.metric} fell from {d.before:.3f} to {d.after:.3f}" for d in fallen(compared)]
    problems += [f"the case {slug} is gone" for slug in compared.only_before]
    problems += [f"{name}: {why}" for name, why in found.failures.items()]
    for problem in problems:
        print(f"worse: {problem}", file=sys.stderr)
    if not problems:
        print("ok: no metric is worse than the baseline beyond noise")
    return 1 if problems else 0


def _chosen(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.gate", description=__doc__)
    parser.add_argument("--cases", type=Path, default=CASES, help="folder of the cases")
    parser.add_argument("--baseline", type=Path, default=BASELINE, help="report to hold on to")
    parser.add_argument("--accept", action="store_true", help="make this the baseline")
    parser.add_argument("--parallel", type=int, default=min(4, os.cpu_count() or 1))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
