"""Drafts for the evaluations: by the offline rules in processes, by a model on one event loop."""

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from agents.analysts.base import Analyst
from agents.analysts.lexical import LexicalAnalyst
from agents.catalogue.loader import Catalogue, load
from agents.change import Change, SourceText
from agents.findings import Draft, StepRecord
from agents.journal import MemoryJournal
from agents.pipeline import review
from evals.cases import DESIGN
from evals.switches import Part, Without

Timed = tuple[Draft, float]
"""A draft, and how many seconds it took."""
Drafter = Callable[[str, Change], Coroutine[Any, Any, Timed]]
"""From the name of a job and a change; raises whatever the analyst raises."""
AnalystFor = Callable[[str], AbstractAsyncContextManager[Analyst]]
"""The analyst of one job; a model's connections are closed when it is left."""


class OverLimit(Exception):
    """The money for this run is spent."""


@dataclass
class Purse:
    """What a run may cost, and has cost so far, in dollars."""

    limit: float | None = None
    spent: float = field(default=0.0, init=False)

    def check(self, _step: str = "") -> None:
        """Before a step begins. Raises OverLimit; what the steps under way cost comes on top."""
        if self.limit is not None and self.spent >= self.limit:
            raise OverLimit(f"the limit of ${self.limit:.2f} is reached")

    def pay(self, record: StepRecord) -> None:
        """A step that has ended."""
        if not record.from_journal:
            self.spent += record.cost_usd


def design(text: str) -> Change:
    """A case's design as a change on disk."""
    return Change(repository="local", documents=(SourceText(path=DESIGN, text=text),))


@asynccontextmanager
async def offline(
    overlays: Sequence[Path] = (),
    *,
    cap: int,
    parallel: int = 1,
    without: frozenset[Part] = frozenset(),
) -> AsyncIterator[Drafter]:
    """The offline rules; more than one at a time in processes of their own."""
    if parallel <= 1:
        catalogue = load(overlays)

        async def here(_job: str, change: Change) -> Timed:
            return await _timed(change, catalogue, _rules(without), cap)

        yield here
        return
    # A forked child could inherit a lock that a thread of this process holds.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(parallel, context, _prepare, (tuple(overlays),))
    try:

        async def elsewhere(_job: str, change: Change) -> Timed:
            work = partial(_draft, change, tuple(overlays), cap, without)
            return await asyncio.get_running_loop().run_in_executor(pool, work)

        yield elsewhere
    finally:
        pool.shutdown(cancel_futures=True)


def without_parts(analyst_for: AnalystFor, without: frozenset[Part]) -> AnalystFor:
    """The same analysts with parts of the pipeline switched off."""

    @asynccontextmanager
    async def made(job: str) -> AsyncIterator[Analyst]:
        async with analyst_for(job) as analyst:
            yield Without(analyst, without) if without else analyst

    return made


def by_analyst(analyst_for: AnalystFor, catalogue: Catalogue, purse: Purse, *, cap: int) -> Drafter:
    """Whoever `analyst_for` names, one for each job, within what the purse holds."""

    async def draft(job: str, change: Change) -> Timed:
        purse.check()
        async with analyst_for(job) as analyst:
            return await _timed(change, catalogue, analyst, cap, purse)

    return draft


async def _timed(
    change: Change, catalogue: Catalogue, analyst: Analyst, cap: int, purse: Purse | None = None
) -> Timed:
    held = purse or Purse()
    started = time.perf_counter()
    draft = await review(
        change,
        catalogue,
        analyst,
        MemoryJournal(),
        cap=cap,
        on_step=held.check,
        on_done=held.pay,
    )
    return draft, time.perf_counter() - started


def _rules(without: frozenset[Part]) -> Analyst:
    analyst = LexicalAnalyst()
    return Without(analyst, without) if without else analyst


def _prepare(overlays: tuple[Path, ...]) -> None:
    """In each process once: what is loaded once does not count for the first case."""
    asyncio.run(_timed(design("# Desk\n\nA web app.\n"), load(overlays), LexicalAnalyst(), 1))


def _draft(change: Change, overlays: tuple[Path, ...], cap: int, without: frozenset[Part]) -> Timed:
    return asyncio.run(_timed(change, load(overlays), _rules(without), cap))
