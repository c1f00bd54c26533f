"""Reviews from opening to draft: open, fetch, lease, save, fail. Decisions are in `decisions`."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from agents.change import Change
from agents.findings import Draft
from service.audit.service import record
from service.db import enqueue, now
from service.errors import Conflict, NotFound
from service.models import DraftRevision, Review
from service.queue import DRAFT_REVIEW, FETCH_CHANGE, PUT_CHECK, Job
from service.repository_config.effective import EffectiveConfig
from service.reviews.states import State, transition
from service.settings import Settings

LINTEL = "lintel"
"""Actor of what happens without a person."""

MAX_TRIES = 5
"""A review whose worker died this often is failed: something in it kills workers."""

ACTIVE = (
    State.QUEUED, State.DRAFTING, State.AWAITING_ARCHITECT, State.BLOCKED, State.APPROVED,
    State.FAILED,
)  # fmt: skip
"""States that a newer head commit supersedes."""

NOT_WAITING = {"due_at": None, "waiting_since": None}


@dataclass(frozen=True)
class PullRequest:
    """What a delivery tells of the pull request to review."""

    installation_id: int
    repository_id: int
    repository: str
    number: int
    title: str
    author: str
    head_sha: str


def config_hash(settings: Settings) -> str:
    """Identifies the settings that shape a review: another value means another review."""
    # Not what the repository asks for: that is only known once the change is fetched.
    shape = {"cap": settings.author_cap, "catalogue": settings.catalogue}
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()


def get(session: Session, review_id: str) -> Review:
    """The review, or `NotFound`."""
    review = session.get(Review, review_id)
    if review is None:
        raise NotFound(f"there is no review {review_id}")
    return review


def open_review(session: Session, pull: PullRequest, settings: Settings, *, actor: str) -> Review:
    """The review of this head commit: made, or found, or revived when its commit came back."""
    key = config_hash(settings)
    found = session.scalars(
        select(Review).where(
            Review.repository_id == pull.repository_id,
            Review.number == pull.number,
            Review.head_sha == pull.head_sha,
            Review.config_hash == key,
        )
    ).first()
    if found is None:
        found = Review(**vars(pull), config_hash=key, state=State.QUEUED)
        session.add(found)
        session.flush()
        record(session, actor, "review.queued", found.id, repository=pull.repository,
               number=pull.number, head_sha=pull.head_sha)  # fmt: skip
        enqueue(session, Job(FETCH_CHANGE, (found.id,)))
        enqueue(session, Job(PUT_CHECK, (found.id,)))
    elif found.state == State.SUPERSEDED:
        retry(session, found, actor=actor)
    return found


def retry(session: Session, review: Review, *, actor: str) -> None:
    """Queue a failed, superseded or cleared review again; finished steps are in the journal."""
    transition(session, review.id, State.QUEUED, actor=actor, reason="")
    session.execute(
        update(Review)
        .where(Review.id == review.id)
        .values(tries=0, change=None, lease_until=None, lease_owner="", **NOT_WAITING)
    )
    enqueue(session, Job(FETCH_CHANGE, (review.id,)))


def fetched(
    session: Session, review_id: str, change: Change, seen_at: datetime,
    config: EffectiveConfig | None = None, ignored: str = "",
) -> None:  # fmt: skip
    """Store the change; the pull request's other reviews that were seen earlier are superseded.

    `seen_at` was taken before GitHub was asked for the head commit. Two fetches that overlap agree
    by it on which commit is the newer one, whatever the order of their deliveries. `ignored` is the
    rule that leaves the pull request alone.
    """
    review = get(session, review_id)
    if review.state != State.QUEUED:
        return
    others = session.scalars(
        select(Review).where(
            Review.repository_id == review.repository_id,
            Review.number == review.number,
            Review.id != review.id,
            Review.state.in_(ACTIVE),
        )
    ).all()
    if any(o.head_seen_at and o.head_seen_at > seen_at for o in others):
        transition(session, review_id, State.SUPERSEDED, actor=LINTEL, reason="a newer commit came")
        return
    for other in others:
        reason = f"commit {review.head_sha[:12]} is newer"
        transition(session, other.id, State.SUPERSEDED, actor=LINTEL, reason=reason)
    review.title, review.author = change.title or review.title, change.author or review.author
    review.change, review.head_seen_at = change.model_dump(mode="json"), seen_at
    review.config = config.model_dump(mode="json") if config else None
    if config and config.files:
        record(session, LINTEL, "review.configured", review_id, sha256=config.sha256,
               files="; ".join(config.files))  # fmt: skip
    if change.documents and not ignored:
        enqueue(session, Job(DRAFT_REVIEW, (review_id,)))
        return
    reason = "; ".join((ignored or "no design document in this change", *change.notes))
    transition(session, review_id, State.CLEARED, actor=LINTEL, reason=reason)


def close_pull(session: Session, repository_id: int, number: int, *, actor: str) -> int:
    """The pull request was closed: nothing of it waits any more. Returns how many reviews ended."""
    open_ones = session.scalars(
        select(Review.id).where(
            Review.repository_id == repository_id,
            Review.number == number,
            Review.state.in_(ACTIVE),
        )
    ).all()
    for review_id in open_ones:
        reason = "the pull request was closed"
        transition(session, review_id, State.SUPERSEDED, actor=actor, reason=reason)
    return len(open_ones)


def lease(
    session: Session, review_id: str, owner: str, seconds: int, states: Sequence[State]
) -> bool:
    """Take or renew the right to work on a review; False when somebody else holds it.

    The broker may hand out a task twice; the lease decides who works.
    """
    taken = session.execute(
        update(Review)
        .where(
            Review.id == review_id,
            Review.state.in_(states),
            or_(
                Review.lease_until.is_(None),
                Review.lease_until < now(),
                Review.lease_owner == owner,
            ),
        )
        .values(lease_owner=owner, lease_until=now() + timedelta(seconds=seconds))
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def release(session: Session, review_id: str, owner: str) -> None:
    """Give the lease back, if it is still ours."""
    session.execute(
        update(Review)
        .where(Review.id == review_id, Review.lease_owner == owner)
        .values(lease_owner="", lease_until=None)
    )


def begin_draft(session: Session, review_id: str, owner: str, seconds: int) -> Change | None:
    """Start or resume drafting; None when there is nothing to do or another worker is at it.

    A review that waits is not drafted before it is due, even when the broker repeats its job.
    """
    if not lease(session, review_id, owner, seconds, (State.QUEUED, State.DRAFTING)):
        return None
    review = get(session, review_id)
    session.refresh(review)
    if review.change is None or (review.due_at is not None and review.due_at > now()):
        release(session, review_id, owner)
        return None
    if review.state == State.QUEUED:
        transition(session, review_id, State.DRAFTING, actor=LINTEL)
    review.tries += 1
    review.reason, review.due_at = "", None
    if review.tries > MAX_TRIES:
        reason = f"the worker stopped {MAX_TRIES} times while drafting"
        fail(session, review_id, reason)
        return None
    return Change.model_validate(review.change)


def set_progress(session: Session, review_id: str, step: str) -> None:
    """Say which step a draft is in."""
    session.execute(
        update(Review)
        .where(Review.id == review_id, Review.state == State.DRAFTING)
        .values(progress=step)
    )


def finish_draft(session: Session, review_id: str, owner: str, draft: Draft) -> bool:
    """Store the first revision and hand over to the architect; False when it came too late."""
    review = get(session, review_id)
    if review.state != State.DRAFTING or review.lease_owner != owner:
        return False
    add_revision(session, review_id, draft, made_by=LINTEL)
    review.tier = draft.triage.tier
    to, reason = _after_draft(draft)
    transition(session, review_id, to, actor=LINTEL, reason=reason)
    session.execute(update(Review).where(Review.id == review_id).values(**NOT_WAITING))
    release(session, review_id, owner)
    return True


def _after_draft(draft: Draft) -> tuple[State, str]:
    if draft.outcome == "not_a_design":
        return State.CLEARED, "; ".join(r.text for r in draft.triage.reasons)
    if draft.outcome == "too_little_information":
        return State.BLOCKED, "the documents say too little to judge"
    return State.AWAITING_ARCHITECT, ""


def fail(session: Session, review_id: str, reason: str) -> None:
    """Say that the review did not happen and why; it can be retried."""
    transition(session, review_id, State.FAILED, actor=LINTEL, reason=reason)
    session.execute(
        update(Review)
        .where(Review.id == review_id)
        .values(lease_owner="", lease_until=None, **NOT_WAITING)
    )


def add_revision(session: Session, review_id: str, draft: Draft, *, made_by: str) -> int:
    """Store a draft as the next revision; returns its number, from 1."""
    last = latest(session, review_id)
    number = last.revision + 1 if last else 1
    session.add(
        DraftRevision(
            review_id=review_id,
            revision=number,
            body=draft.model_dump(mode="json"),
            made_by=made_by,
        )
    )
    session.flush()
    return number


def latest(session: Session, review_id: str) -> DraftRevision | None:
    """The newest revision, or None before the first draft."""
    return session.scalars(
        select(DraftRevision)
        .where(DraftRevision.review_id == review_id)
        .order_by(DraftRevision.revision.desc())
        .limit(1)
    ).first()


def draft_of(session: Session, review_id: str, revision: int) -> Draft:
    """One revision as a value, or `NotFound`."""
    row = session.scalars(
        select(DraftRevision).where(
            DraftRevision.review_id == review_id, DraftRevision.revision == revision
        )
    ).first()
    if row is None:
        raise NotFound(f"review {review_id} has no draft revision {revision}")
    return Draft.model_validate(row.body)


def expect_latest(session: Session, review_id: str, revision: int) -> Draft:
    """The revision that somebody saw, if it is still the newest; otherwise `Conflict`."""
    last = latest(session, review_id)
    if last is None or last.revision != revision:
        seen = last.revision if last else 0
        raise Conflict(
            f"the draft was changed meanwhile (you saw revision {revision}, it is at {seen}): "
            "reload the page; nothing of yours was overwritten"
        )
    return Draft.model_validate(last.body)
