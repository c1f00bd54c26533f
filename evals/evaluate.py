"""One evaluation: cases, and hostile designs where wanted, through one drafter, as one report."""

from dataclasses import dataclass
from pathlib import Path

from agents.catalogue.loader import Catalogue
from evals.cases import Case
from evals.drafting import Drafter
from evals.hostile import Attack
from evals.judge import Judge
from evals.kept import Kept
from evals.report import Report, report
from evals.resistance import resist
from evals.run import Run, Told, run

KEPT = ".drafts"
"""Behind the name of the report: the folder with the finished drafts."""


class NothingReviewed(Exception):
    """No case could be reviewed, so there is nothing to report; says why, caused by the first error."""


@dataclass(frozen=True)
class Wanted:
    """What is evaluated, and how."""

    cases: tuple[Case, ...]
    catalogue: Catalogue
    decided_by: str
    """Analyst and options that decide a draft, as one text."""
    attacks: tuple[Attack, ...] = ()
    repeat: int = 1
    parallel: int = 1
    resume: bool = False
    beside: Path | None = None
    """Finished drafts are kept beside this file."""

    @property
    def jobs(self) -> int:
        """Reviews to do."""
        return len(self.cases) * self.repeat + len(self.attacks)


async def evaluate(
    wanted: Wanted, drafter: Drafter, told: Told, judge: Judge | None = None
) -> tuple[Report, Run]:
    """Raises NothingReviewed; what went wrong with single cases is in the report.

    Without a judge the deterministic matcher compares findings with gold.
    """
    done = await run(
        wanted.cases,
        drafter,
        wanted.catalogue,
        repeat=wanted.repeat,
        parallel=wanted.parallel,
        kept=_kept(wanted),
        resume=wanted.resume,
        told=told,
        judging=judge.said if judge else None,
    )
    if not done.reviewed:
        said = "; ".join(dict.fromkeys(done.failures.values()))
        raise NothingReviewed(said) from done.first_error
    attacks: dict[str, tuple[str, ...]] = {}
    failures: dict[str, str] = {}
    if wanted.attacks:
        attacks, broken = await resist(wanted.attacks, drafter, parallel=wanted.parallel, told=told)
        failures = dict(broken)
    found = report(done, repeat=wanted.repeat, attacks=attacks, judge=judge.name if judge else None)
    return found.model_copy(update={"failures": {**found.failures, **failures}}), done


def _kept(wanted: Wanted) -> Kept | None:
    if wanted.beside is None:
        return None
    folder = wanted.beside.with_name(wanted.beside.name + KEPT)
    return Kept(folder, f"{wanted.decided_by} {wanted.catalogue.hash}")


def read_report(path: Path) -> Report:
    """A report from its file. Raises OSError and pydantic's ValidationError."""
    return Report.model_validate_json(path.read_bytes())


def write_report(path: Path, found: Report) -> None:
    """As JSON that two runs write alike. Raises OSError."""
    path.write_text(found.model_dump_json(indent=1) + "\n", encoding="utf-8")
