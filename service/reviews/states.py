"""The life of a review: one table of transitions, one function that makes them."""

from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.orm import Session

from service.audit.service import record
from service.db import enqueue, now
from service.errors import Conflict
from service.models import Review
from service.queue import PUT_CHECK, Job


class State(StrEnum):
    """Where a review is."""

    QUEUED = "queued"
    DRAFTING = "drafting"
    AWAITING_ARCHITECT = "awaiting_architect"
    BLOCKED = "blocked"
    CLEARED = "cleared"
    APPROVED = "approved"
    REJECTED = "rejected"
    POSTING = "posting"
    POSTED = "posted"
    SUPERSEDED = "superseded"
    FAILED = "failed"


IN_WORDS = {
    State.QUEUED: "Waiting for a worker",
    State.DRAFTING: "Being drafted",
    State.AWAITING_ARCHITECT: "Awaiting an architect",
    State.BLOCKED: "Too little information: questions await an architect",
    State.CLEARED: "Cleared without an architect",
    State.APPROVED: "Approved, about to be posted",
    State.REJECTED: "Rejected, nothing posted",
    State.POSTING: "Being posted",
    State.POSTED: "Posted",
    State.SUPERSEDED: "Superseded",
    State.FAILED: "Not reviewed: failed",
}

DECIDABLE = frozenset({State.AWAITING_ARCHITECT, State.BLOCKED})
"""States in which an architect may edit and decide."""

TRANSITIONS: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.DRAFTING, State.CLEARED, State.SUPERSEDED, State.FAILED}),
    State.DRAFTING: frozenset(
        {
            State.AWAITING_ARCHITECT,
            State.BLOCKED,
            State.CLEARED,
            State.SUPERSEDED,
            State.FAILED,
        }
    ),
    State.AWAITING_ARCHITECT: frozenset({State.APPROVED, State.REJECTED, State.SUPERSEDED}),
    State.BLOCKED: frozenset({State.APPROVED, State.REJECTED, State.SUPERSEDED}),
    State.CLEARED: frozenset({State.QUEUED, State.SUPERSEDED}),  # a label asks for another look
    State.APPROVED: frozenset({State.POSTING, State.SUPERSEDED}),
    State.REJECTED: frozenset(),
    State.POSTING: frozenset({State.POSTED, State.SUPERSEDED, State.FAILED}),
    State.POSTED: frozenset(),
    State.SUPERSEDED: frozenset({State.QUEUED}),  # a force-push went back to this commit
    State.FAILED: frozenset({State.QUEUED, State.APPROVED, State.SUPERSEDED}),  # retried
}


def transition(
    session: Session, review_id: str, to: State, *, actor: str, reason: str = ""
) -> State:
    """Move a review by compare-and-set; returns the state it came from.

    Raises `Conflict` when the review is not in a state that leads to `to`: the loser of a race
    learns of it here, before anything else of its transaction is kept.
    """
    current = session.get(Review, review_id, with_for_update=True, populate_existing=True)
    if current is None:
        raise Conflict(f"review {review_id} does not exist")
    came_from = State(current.state)
    if to not in TRANSITIONS[came_from]:
        raise Conflict(f"a review that is {came_from} cannot become {to}")
    changed = session.execute(
        update(Review)
        .where(Review.id == review_id, Review.state == came_from)
        .values(state=to, reason=reason, progress="", updated_at=now())
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(f"review {review_id} was changed by somebody else")
    session.refresh(current)
    record(session, actor, f"review.{to}", review_id, came_from=came_from, reason=reason)
    enqueue(session, Job(PUT_CHECK, (review_id,)))
    return came_from
