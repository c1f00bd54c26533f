"""Reviews that wait: for a model that is away, or for the next day's money."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import SystemRandom

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from agents.analysts.trouble import Remedy, Trouble
from service.analyst import BY_RULES, clause, left_to_rules
from service.db import enqueue, now
from service.metrics.spending import spent
from service.models import Review
from service.queue import DRAFT_REVIEW, Job
from service.reviews import service
from service.reviews.states import State
from service.settings import Settings

SHORTEST, LONGEST = 15.0, 300.0
"""Seconds between two attempts where the provider named none."""
UNFINISHED = (State.QUEUED, State.DRAFTING)

_chance = SystemRandom()


@dataclass(frozen=True)
class Wait:
    """Try again at `due_at`."""

    due_at: datetime
    since: datetime
    """When the model could first not judge."""
    sentence: str


@dataclass(frozen=True)
class Offline:
    """The rules draft it, and the draft says why."""

    notice: str


@dataclass(frozen=True)
class GiveUp:
    """Not reviewed, for this reason."""

    reason: str


def after(
    trouble: Trouble, settings: Settings, since: datetime | None, moment: datetime
) -> Wait | Offline | GiveUp:
    """What becomes of a review whose model could not judge; `since` is when it first could not."""
    if trouble.remedy is not Remedy.WAIT:
        if settings.analyst == "model":
            return GiveUp(trouble.sentence)
        return Offline(left_to_rules(trouble))
    first, minutes = since or moment, settings.model_wait_minutes
    end = first + timedelta(minutes=minutes)
    if moment >= end:
        for_long = f" for {minutes} minute{'' if minutes == 1 else 's'}" if minutes else ""
        return Offline(f"The model could not be reached{for_long}: {clause(trouble)}; {BY_RULES}")
    # As long as it has been waited already: each pause doubles the time.
    waited = (moment - first).total_seconds()
    pause = trouble.retry_after or min(max(waited, SHORTEST), LONGEST)
    # Many reviews wait for the same model: they must not all come back at the same moment.
    pause *= 1 + 0.2 * _chance.random()
    due_at = min(moment + timedelta(seconds=pause), end)
    return Wait(due_at, first, trouble.sentence)


def wait(session: Session, review_id: str, owner: str, pause: Wait) -> bool:
    """Put a review aside until it is due; False when it is not this worker's any more.

    What it began does not count as the try of a worker that died.
    """
    changed = session.execute(
        update(Review)
        .where(
            Review.id == review_id,
            Review.state == State.DRAFTING,
            Review.lease_owner == owner,
        )
        .values(
            due_at=pause.due_at,
            waiting_since=pause.since,
            reason=pause.sentence,
            progress="",
            tries=Review.tries - 1,
            lease_owner="",
            lease_until=None,
            updated_at=now(),
        )
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def wake(session: Session, review_id: str) -> None:
    """Queue a review that is due; does nothing when the sweep was faster."""
    moment = now()
    changed = session.execute(
        update(Review)
        .where(Review.id == review_id, Review.state.in_(UNFINISHED), Review.due_at <= moment)
        .values(due_at=None, updated_at=moment)
    )
    if changed.rowcount == 1:  # type: ignore[attr-defined]
        enqueue(session, Job(DRAFT_REVIEW, (review_id,)))


def without_money(session: Session, review_id: str, settings: Settings) -> bool:
    """True when the installation's money of this UTC day is spent: the review waits for the next.

    A review that somebody works on goes on: what it costs was begun with money at hand.
    """
    limit, moment = settings.installation_usd_per_day, now()
    review = service.get(session, review_id)
    if not limit or spent(session, review.installation_id, moment) < limit:
        return False
    midnight = datetime.combine(moment.date() + timedelta(days=1), time(), UTC)
    session.execute(
        update(Review)
        .where(
            Review.id == review_id,
            Review.state.in_(UNFINISHED),
            or_(Review.lease_until.is_(None), Review.lease_until < moment),
        )
        .values(
            due_at=midnight,
            waiting_since=None,
            reason=f"Today's model budget of this installation (${limit:,.2f}) is spent.",
            progress="",
            updated_at=moment,
        )
    )
    return True
