"""One review on the loop: the analyst in force, and what happens when its model cannot judge."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Literal

from agents.analysts.base import Analyst
from agents.analysts.trouble import trouble_in
from agents.catalogue.loader import Catalogue, load
from agents.change import Change
from agents.findings import Draft
from agents.pipeline import review as draft_review
from service.analyst import by_a_model, chosen
from service.db import now
from service.models import Review
from service.repository_config.effective import stored
from service.repository_config.model import RepositoryConfig
from service.reviews import waiting
from service.reviews.journal import TableJournal
from service.settings import settings
from workers.analysts import Analysts
from workers.context import database

log = logging.getLogger(__name__)
analysts = Analysts()


@lru_cache
def writer() -> ThreadPoolExecutor:
    """Threads for the journal: one for SQLite, which has one writer, eight for PostgreSQL."""
    threads = 1 if settings().database.startswith("sqlite") else 8
    return ThreadPoolExecutor(threads, thread_name_prefix="journal")


@lru_cache
def catalogue() -> Catalogue:
    """The catalogue with the organisation's directories."""
    return load(tuple(Path(p) for p in settings().catalogue))


def config_of(review: Review) -> RepositoryConfig:
    """What the repository asks for, as it was when the change was fetched."""
    return stored(review.config, cap=settings().author_cap)


def who_judges(review: Review) -> Literal["model", "offline"]:
    """The installation's analyst, unless the repository wants the rules."""
    return "offline" if config_of(review).analyst == "offline" else chosen(settings())


async def judge(
    review: Review, change: Change, on_step: Callable[[str], None]
) -> Draft | waiting.Wait | waiting.GiveUp:
    """The draft, or what becomes of a review that the model could not judge.

    Raises what the pipeline raises, except `Trouble`.
    """

    async def run(analyst: Analyst, change: Change) -> Draft:
        journal = TableJournal(database(), review, writer())
        return await draft_review(
            change,
            catalogue(),
            analyst,
            journal,
            cap=config.cap,
            threshold=config.severity_threshold,
            on_step=on_step,
        )

    config = config_of(review)
    if who_judges(review) == "offline":
        return await run(analysts.offline(), change)
    try:
        draft = await run(analysts.model(), change)
        return by_a_model(draft) if settings().analyst == "model" else draft
    except Exception as e:
        trouble = trouble_in(e)
        if trouble is None:
            raise
    outcome = waiting.after(trouble, settings(), review.waiting_since, now())
    log.warning("review %s: %s: %s", review.id, trouble.kind, trouble.sentence)
    if not isinstance(outcome, waiting.Offline):
        return outcome
    # Notes go into coverage and into no hash: steps that were finished before are still known.
    noted = change.model_copy(update={"notes": (*change.notes, outcome.notice)})
    return await run(analysts.offline(), noted)
