"""Queue `draft`: the pipeline over one review. Has no GitHub credential and no way to write there."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from celery.exceptions import Reject
from celery.signals import worker_shutdown, worker_shutting_down

from agents.analysts.base import Analyst
from agents.analysts.lexical import LexicalAnalyst
from agents.catalogue.loader import Catalogue, load
from agents.change import Change
from agents.pipeline import review as draft_review
from service.errors import Conflict
from service.models import Review
from service.queue import DRAFT_REVIEW
from service.reviews import service as reviews
from service.reviews.journal import TableJournal, scope_of
from service.reviews.states import State
from service.settings import settings
from workers.app import app
from workers.context import database, owner
from workers.loop import Draining, LoopBox

log = logging.getLogger(__name__)
box = LoopBox()

GRACE = 4.0
"""Seconds that a review in flight gets after SIGTERM; what it finished is in the journal."""


@lru_cache
def writer() -> ThreadPoolExecutor:
    """Threads for the journal: one for SQLite, which has one writer, eight for PostgreSQL."""
    threads = 1 if settings().database.startswith("sqlite") else 8
    return ThreadPoolExecutor(threads, thread_name_prefix="journal")


@lru_cache
def catalogue() -> Catalogue:
    """The catalogue with the organisation's directories."""
    return load(tuple(Path(p) for p in settings().catalogue))


@lru_cache
def analyst() -> Analyst:
    """The analyst of this process."""
    return LexicalAnalyst()


@app.task(name=DRAFT_REVIEW)
def draft(review_id: str) -> None:
    """Draft one review, or resume it where a worker was lost."""
    mine = f"{owner()}:{uuid4().hex[:8]}"
    with database().transaction() as session:
        change = reviews.begin_draft(session, review_id, mine, settings().lease_seconds)
        review = reviews.get(session, review_id)
    if change is None:
        return
    try:
        box.run(_draft(review, change, mine), limit=settings().review_limit_seconds)
    except Draining:
        with database().transaction() as session:
            reviews.release(session, review_id, mine)
        raise Reject("draining", requeue=True) from None
    except TimeoutError:
        _fail(review_id, f"drafting took longer than {settings().review_limit_seconds} s")
    except Exception as e:
        log.exception("review %s failed", review_id)
        cause = _first(e)
        _fail(review_id, f"{type(cause).__name__}: {cause}")


async def _draft(review: Review, change: Change, mine: str) -> None:
    journal = TableJournal(database(), scope_of(review), writer())
    work = asyncio.ensure_future(
        draft_review(
            change,
            catalogue(),
            analyst(),
            journal,
            cap=settings().author_cap,
            on_step=partial(_progress, review.id, asyncio.get_running_loop()),
        )
    )
    beat = asyncio.ensure_future(_keep_lease(review.id, mine, work))
    try:
        result = await work
    except asyncio.CancelledError:
        if beat.done() and not beat.cancelled() and beat.exception() is None:
            log.info("review %s was superseded while it was drafted", review.id)
            return
        raise
    finally:
        beat.cancel()
        work.cancel()
    await _in_writer(_finish, review.id, mine, result)


async def _keep_lease(review_id: str, mine: str, work: "asyncio.Future[Any]") -> None:
    """Renew the lease; when it is refused the review is superseded or taken over, so stop."""
    while True:
        await asyncio.sleep(settings().lease_seconds / 3)
        if not await _in_writer(_renew, review_id, mine):
            work.cancel()
            return


async def _in_writer(function: Any, *args: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(writer(), function, *args)


def _renew(review_id: str, mine: str) -> bool:
    with database().transaction() as session:
        seconds = settings().lease_seconds
        return reviews.lease(session, review_id, mine, seconds, (State.DRAFTING,))


def _finish(review_id: str, mine: str, result: Any) -> bool:
    with database().transaction() as session:
        return reviews.finish_draft(session, review_id, mine, result)


def _progress(review_id: str, loop: asyncio.AbstractEventLoop, step: str) -> None:
    """Shown in the queue; best effort, so nobody waits for it."""
    loop.run_in_executor(writer(), _write_progress, review_id, step)


def _write_progress(review_id: str, step: str) -> None:
    with database().transaction() as session:
        reviews.set_progress(session, review_id, step)


def _first(error: BaseException) -> BaseException:
    """What went wrong first, where several steps ran side by side."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _fail(review_id: str, reason: str) -> None:
    with suppress(Conflict), database().transaction() as session:
        reviews.fail(session, review_id, reason)


@worker_shutting_down.connect
def _going(**_: object) -> None:
    box.drain(GRACE)


@worker_shutdown.connect
def _gone(**_: object) -> None:
    box.stop()
