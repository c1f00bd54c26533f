"""A run: every case through an analyst, scored by pydantic-evals, none lost for the error of another."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_evals import Case as EvalCase
from pydantic_evals import Dataset
from pydantic_evals.reporting import EvaluationReport, ReportCaseFailure

from agents.analysts.trouble import trouble_in
from agents.catalogue.loader import Catalogue
from agents.findings import Draft, Finding
from evals.cases import Case, GoldItem, is_case, read_case, read_cases
from evals.drafting import Drafter, Timed, design
from evals.files import FileError
from evals.kept import Kept
from evals.reviewed import Job, Reviewed
from evals.scorers import SCORERS

Report = EvaluationReport[Job, Reviewed, Any]
Said = Mapping[str, frozenset[str]]
Judging = Callable[[Sequence[GoldItem], Sequence[Finding]], Coroutine[Any, Any, Said]]
"""From gold and findings of a case: gold id to the ids of the findings that make its point."""
Told = Callable[[str, str], None]
"""Hears the name of each finished job, and what went wrong with it or nothing."""


class Failed(Exception):
    """One case could not be reviewed; the message is for people."""


@dataclass(frozen=True)
class Run:
    """Scored cases, and what could not be reviewed."""

    report: Report
    reused: int
    """Drafts of an earlier run."""
    first_error: Exception | None = None
    """Of the first case that could not be reviewed."""

    @property
    def reviewed(self) -> tuple[Reviewed, ...]:
        """In the order of the jobs."""
        return tuple(case.output for case in self.report.cases)

    @property
    def failures(self) -> dict[str, str]:
        """Sentence by the name of the job."""
        return {failure.name: said(failure) for failure in self.report.failures}


def read_folders(folders: Sequence[Path], only: Sequence[str] = ()) -> tuple[Case, ...]:
    """Cases of several folders, each a case or full of cases. Raises FileError.

    `only` names slugs; one that is in no folder is an error, as is one that is in two.
    """
    found: dict[str, Case] = {}
    for folder in folders:
        cases = (read_case(folder),) if is_case(folder) else read_cases(folder)
        if not cases:
            raise FileError(f"{folder}: there are no cases here")
        for case in cases:
            if found.setdefault(case.slug, case) is not case:
                raise FileError(f"{folder}: the case {case.slug} is in another folder too")
    unknown = sorted(set(only) - found.keys())
    if unknown:
        raise FileError(f"no case {', '.join(unknown)}; there are: {', '.join(sorted(found))}")
    return tuple(case for slug, case in found.items() if not only or slug in only)


async def run(
    cases: Sequence[Case],
    drafter: Drafter,
    catalogue: Catalogue,
    *,
    repeat: int = 1,
    parallel: int = 1,
    kept: Kept | None = None,
    resume: bool = False,
    told: Told | None = None,
    judging: Judging | None = None,
) -> Run:
    """Review and score every case `repeat` times, at most `parallel` at once.

    `judging` says which findings make which gold items; without it the matcher does. With `kept`, finished drafts are written there; with `resume` they are read from there first.
    """
    work = _Work(drafter, catalogue, kept, resume, told or (lambda _name, _wrong: None), judging)
    jobs = [Job(case, number) for case in cases for number in range(1, repeat + 1)]
    dataset = Dataset[Job, Reviewed, Any](
        name="designs",
        cases=[EvalCase(name=job.name, inputs=job) for job in jobs],
        evaluators=SCORERS,
    )
    report = await dataset.evaluate(
        work.review, name="review", max_concurrency=parallel, progress=False
    )
    for case in report.cases:
        for broken in case.evaluator_failures:
            raise RuntimeError(f"{case.name}: {broken.name}: {broken.error_message}")
    order = {job.name: place for place, job in enumerate(jobs)}
    report.cases.sort(key=lambda case: order[case.name])
    return Run(report, work.reused, work.first_error)


class _Work:
    """The task that pydantic-evals runs for each job."""

    def __init__(
        self,
        drafter: Drafter,
        catalogue: Catalogue,
        kept: Kept | None,
        resume: bool,
        told: Told,
        judging: Judging | None,
    ) -> None:
        self._drafter = drafter
        self._catalogue = catalogue
        self._kept = kept
        self._resume = resume
        self._told = told
        self._judging = judging
        self.reused = 0
        self.first_error: Exception | None = None

    async def review(self, job: Job) -> Reviewed:
        """Raises Failed with a sentence for people."""
        try:
            draft, seconds = await self._draft(job)
            said = await self._said(job, draft)
        except Exception as error:
            wrong = sentence(error)
            self.first_error = self.first_error or error
            self._told(job.name, wrong)
            raise Failed(wrong) from error
        self._told(job.name, "")
        return Reviewed(job, draft, seconds, self._catalogue, said)

    async def _said(self, job: Job, draft: Draft) -> Said | None:
        return await self._judging(job.case.gold, draft.findings) if self._judging else None

    async def _draft(self, job: Job) -> Timed:
        change = design(job.case.text)
        if self._kept and self._resume:
            found = self._kept.get(job.name, change)
            if found:
                self.reused += 1
                return found
        draft, seconds = await self._drafter(job.name, change)
        if self._kept:
            self._kept.put(job.name, change, draft, seconds)
        return draft, seconds


def said(failure: ReportCaseFailure[Any, Any, Any]) -> str:
    """The sentence of a `Failed`, which pydantic-evals keeps behind the name of its class."""
    return failure.error_message.removeprefix(f"{Failed.__name__}: ")


def sentence(error: Exception) -> str:
    """What went wrong, for people."""
    trouble = trouble_in(error)
    if trouble:
        return trouble.sentence
    inner: BaseException = error
    while isinstance(inner, BaseExceptionGroup):
        inner = inner.exceptions[0]
    return f"{type(inner).__name__}: {inner}".rstrip(": ")
