"""The sweep: finds rows whose job was lost with a broker or a process, and queues them again."""

import logging
from datetime import timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from service.db import Database, enqueue, now
from service.models import Decision, Delivery, LoginSession, Post, Review
from service.queue import (
    DRAFT_REVIEW,
    FETCH_CHANGE,
    HANDLE_DELIVERIES,
    POST_REVIEW,
    PUT_CHECK,
    Job,
)
from service.reviews.states import State
from service.settings import Settings

log = logging.getLogger(__name__)

BATCH = 500
"""Rows of each kind per sweep; the next sweep takes the rest."""


def sweep(database: Database, settings: Settings) -> int:
    """Queue what is stuck; returns how many jobs were sent."""
    with database.transaction() as session:
        deliveries(session, settings)
        reviews(session, settings)
        posts(session)
        checks(session, settings)
        session.execute(delete(LoginSession).where(LoginSession.expires_at < now()))
        count = len(session.info.get("jobs", []))
    if count:
        log.info("sweep queued %d jobs again", count)
    return count


def deliveries(session: Session, settings: Settings) -> None:
    """Stored but not handled in time."""
    before = now() - timedelta(seconds=settings.stuck_seconds)
    stuck = session.scalars(
        select(Delivery.id)
        .where(Delivery.state == "received", Delivery.received_at < before)
        .order_by(Delivery.received_at)
        .limit(BATCH)
    )
    for delivery_id in stuck:
        enqueue(session, Job(HANDLE_DELIVERIES, (delivery_id,)))


def reviews(session: Session, settings: Settings) -> None:
    """Queued and forgotten, drafting without a living lease, or due after a wait."""
    moment = now()
    before = moment - timedelta(seconds=settings.stuck_seconds)
    free = or_(Review.lease_until.is_(None), Review.lease_until < moment)
    not_waiting = or_(Review.due_at.is_(None), Review.due_at <= moment)
    due = Review.state.in_((State.QUEUED, State.DRAFTING)) & (Review.due_at <= moment)
    forgotten = (Review.state == State.QUEUED) & (Review.updated_at < before)
    # A lease ends seconds after its worker: what the broker would give back only in an hour
    # goes on at once. Nobody works on a drafting review without one.
    abandoned = (Review.state == State.DRAFTING) & Review.lease_until.is_not(None)
    dropped = (Review.state == State.DRAFTING) & (Review.updated_at < before)
    rows = session.execute(
        select(Review.id, Review.change.is_(None))
        .where(free, not_waiting, or_(due, forgotten, abandoned, dropped))
        .limit(BATCH)
    ).all()
    for review_id, no_change in rows:
        enqueue(session, Job(FETCH_CHANGE if no_change else DRAFT_REVIEW, (review_id,)))
    touched = [row[0] for row in rows]
    # Queued once, not at every sweep until a worker is free.
    values = {"updated_at": moment, "due_at": None}
    session.execute(update(Review).where(Review.id.in_(touched)).values(values))


def posts(session: Session) -> None:
    """Approved and not on GitHub: its worker was lost, or GitHub asked us to wait until now."""
    due = session.scalars(
        select(Post.decision_id)
        .join(Decision, Decision.id == Post.decision_id)
        .join(Review, Review.id == Decision.review_id)
        .where(
            Post.state == "pending",
            or_(Post.due_at.is_(None), Post.due_at < now()),
            or_(Review.lease_until.is_(None), Review.lease_until < now()),
        )
        .limit(BATCH)
    )
    for decision_id in due:
        enqueue(session, Job(POST_REVIEW, (decision_id,)))


def checks(session: Session, settings: Settings) -> None:
    """Check runs that lag behind their review."""
    before = now() - timedelta(seconds=min(settings.stuck_seconds, 60))
    lagging = session.scalars(
        select(Review.id)
        .where(Review.check_state != Review.state, Review.updated_at < before)
        .order_by(Review.updated_at.desc())
        .limit(BATCH)
    )
    for review_id in lagging:
        enqueue(session, Job(PUT_CHECK, (review_id,)))
