"""Queue `draft`: the pipeline over one review. Has no GitHub credential and no way to write there."""

import asyncio
import logging
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import uuid4

from celery.exceptions import Reject
from celery.signals import worker_init, worker_shutdown, worker_shutting_down
from opentelemetry import trace

from agents.change import Change
from agents.findings import Draft
from service.db import now
from service.errors import Conflict
from service.models import Review
from service.queue import DRAFT_REVIEW
from service.reviews import service as reviews
from service.reviews import waiting
from service.reviews.states import State
from service.settings import settings
from service.telemetry import configure_tracing
from workers.app import app
from workers.context import database, owner
from workers.drafting import analysts, judge, who_judges, writer
from workers.loop import Draining, LoopBox
from workers.progress import Progress

log = logging.getLogger(__name__)
tracer = trace.get_tracer("lintel")
box = LoopBox()
progress = Progress()

GRACE = 8.0
"""Seconds that a review in flight gets after SIGTERM; what it finished is in the journal."""


@app.task(name=DRAFT_REVIEW)
def draft(review_id: str) -> None:
    """Draft one review, or resume it where a worker was lost or a model was away."""
    mine = f"{owner()}:{uuid4().hex[:8]}"
    with database().transaction() as session:
        review = reviews.get(session, review_id)
        by_model = who_judges(review) == "model"
        if by_model and waiting.without_money(session, review_id, settings()):
            return
        change = reviews.begin_draft(session, review_id, mine, settings().lease_seconds)
    if change is None:
        return
    try:
        analysts.prepare()
        box.run(_draft(review, change, mine), limit=settings().review_limit_seconds)
    except Draining:
        with database().transaction() as session:
            reviews.release(session, review_id, mine)
        raise Reject("draining", requeue=True) from None
    except TimeoutError:
        _fail(review_id, f"drafting took longer than {settings().review_limit_seconds} s", mine)
    except Exception as e:
        log.exception("review %s failed", review_id)
        cause = _first(e)
        _fail(review_id, f"{type(cause).__name__}: {cause}", mine)


async def _draft(review: Review, change: Change, mine: str) -> None:
    on_step = partial(progress.note, review.id)
    with tracer.start_as_current_span("review.draft", attributes={"lintel.review": review.id}):
        work = asyncio.ensure_future(judge(review, change, on_step))
        beat = asyncio.ensure_future(_keep_lease(review.id, mine, work))
        try:
            outcome = await work
        except asyncio.CancelledError:
            if beat.done() and not beat.cancelled() and beat.exception() is None:
                log.info("review %s was superseded while it was drafted", review.id)
                return
            raise
        finally:
            beat.cancel()
            work.cancel()
    await _in_writer(_conclude, review.id, mine, outcome)
    if isinstance(outcome, waiting.Wait):
        # To the second; where this process ends before, the sweep does it.
        seconds = (outcome.due_at - now()).total_seconds() + 0.05
        loop = asyncio.get_running_loop()
        loop.call_later(seconds, loop.run_in_executor, writer(), _wake, review.id)


async def _keep_lease(review_id: str, mine: str, work: "asyncio.Future[Any]") -> None:
    """Renew the lease; when it is refused the review is superseded or taken over, so stop."""
    while True:
        await asyncio.sleep(settings().lease_seconds / 3)
        try:
            ours = await _in_writer(_renew, review_id, mine)
        except Exception:  # a database that is away comes back, or the lease ends by itself
            log.exception("the lease of review %s was not renewed", review_id)
            continue
        if not ours:
            work.cancel()
            return


async def _in_writer(function: Any, *args: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(writer(), function, *args)


def _renew(review_id: str, mine: str) -> bool:
    with database().transaction() as session:
        seconds = settings().lease_seconds
        return reviews.lease(session, review_id, mine, seconds, (State.DRAFTING,))


def _conclude(review_id: str, mine: str, outcome: Draft | waiting.Wait | waiting.GiveUp) -> None:
    if isinstance(outcome, waiting.GiveUp):
        _fail(review_id, outcome.reason, mine)
        return
    with database().transaction() as session:
        if isinstance(outcome, Draft):
            reviews.finish_draft(session, review_id, mine, outcome)
        else:
            waiting.wait(session, review_id, mine, outcome)


def _wake(review_id: str) -> None:
    with database().transaction() as session:
        waiting.wake(session, review_id)


def _first(error: BaseException) -> BaseException:
    """What went wrong first, where several steps ran side by side."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _fail(review_id: str, reason: str, mine: str) -> None:
    """Fails the review, unless another worker has taken it over meanwhile."""
    with suppress(Conflict), database().transaction() as session:
        if reviews.get(session, review_id).lease_owner == mine:
            reviews.fail(session, review_id, reason)


@worker_init.connect
def _coming(**_: object) -> None:
    configure_tracing(settings())
    analysts.settle()


@worker_shutting_down.connect
def _going(**_: object) -> None:
    box.drain(GRACE)


@worker_shutdown.connect
def _gone(**_: object) -> None:
    box.stop(analysts.close)
