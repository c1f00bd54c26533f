"""Decisions: the only way from a draft to GitHub. Each is bound to a revision and a commit."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.change import Change
from agents.findings import Draft
from service.audit.service import record
from service.db import enqueue
from service.errors import BadInput, Conflict, NotFound
from service.github.posts import ReviewPost
from service.models import Decision, Post, Review
from service.queue import POST_REVIEW, Job
from service.reviews import service
from service.reviews.render import Event, render, sha256
from service.reviews.states import DECIDABLE, State, transition


def decidable(session: Session, review_id: str) -> Review:
    """The review, if an architect may decide on it now; otherwise `Conflict`."""
    review = service.get(session, review_id)
    if review.state not in DECIDABLE:
        raise Conflict(f"this review is {review.state}: it cannot be edited or decided any more")
    return review


def edit(
    session: Session,
    review_id: str,
    *,
    by: str,
    revision: int,
    kind: str,
    about: str,
    change: Callable[[Draft], Draft],
    reason: str = "",
) -> int:
    """Apply one edit to the revision that the architect saw; returns the new revision's number.

    `kind` is `edit`, `dismiss`, `restore` or `add`. `by` has already been checked for the role.
    """
    review = decidable(session, review_id)
    draft = service.expect_latest(session, review_id, revision)
    number = service.add_revision(session, review_id, change(draft), made_by=by)
    session.add(
        Decision(
            review_id=review_id,
            kind=kind,
            revision=number,
            about=about,
            by=by,
            reason=reason,
            head_sha=review.head_sha,
        )
    )
    record(session, by, f"draft.{kind}", review_id, about=about, revision=number, reason=reason)
    return number


def preview(session: Session, review_id: str, revision: int, event: Event, by: str) -> ReviewPost:
    """Exactly what would be posted if `by` approved this revision now."""
    review = service.get(session, review_id)
    draft = service.draft_of(session, review_id, revision)
    change = Change.model_validate(review.change)
    return render(draft, change, review_id=review_id, event=event, approved_by=by)


def approve(
    session: Session, review_id: str, *, by: str, revision: int, event: Event, seen_sha256: str
) -> str:
    """Approve the text that was previewed; returns the decision's id. Posting follows on commit."""
    review = decidable(session, review_id)
    service.expect_latest(session, review_id, revision)
    text = sha256(preview(session, review_id, revision, event, by))
    if text != seen_sha256:
        raise Conflict("the text is not the one you previewed: look at the preview again")
    transition(session, review_id, State.APPROVED, actor=by)
    decision = Decision(
        review_id=review_id,
        kind="approve",
        revision=revision,
        by=by,
        head_sha=review.head_sha,
        text_sha256=text,
        event=event,
    )
    session.add(decision)
    session.flush()
    session.add(Post(decision_id=decision.id))
    record(session, by, "decision.approve", review_id, decision=decision.id, revision=revision,
           text_sha256=text, head_sha=review.head_sha, event=event)  # fmt: skip
    enqueue(session, Job(POST_REVIEW, (decision.id,)))
    return decision.id


def reject(session: Session, review_id: str, *, by: str, revision: int, reason: str) -> str:
    """End the review without a post; returns the decision's id."""
    review = decidable(session, review_id)
    service.expect_latest(session, review_id, revision)
    if not reason.strip():
        raise BadInput("say why: the reason teaches the next draft")
    transition(session, review_id, State.REJECTED, actor=by, reason=reason.strip())
    decision = Decision(
        review_id=review_id,
        kind="reject",
        revision=revision,
        by=by,
        reason=reason.strip(),
        head_sha=review.head_sha,
    )
    session.add(decision)
    session.flush()
    record(session, by, "decision.reject", review_id, decision=decision.id, reason=reason.strip())
    return decision.id


def approval_of(session: Session, review_id: str) -> Decision | None:
    """The approval of a review, if there is one."""
    return session.scalars(
        select(Decision)
        .where(Decision.review_id == review_id, Decision.kind == "approve")
        .order_by(Decision.created_at.desc())
        .limit(1)
    ).first()


def get(session: Session, decision_id: str) -> Decision:
    """The decision, or `NotFound`."""
    decision = session.get(Decision, decision_id)
    if decision is None:
        raise NotFound(f"there is no decision {decision_id}")
    return decision


def history(session: Session, review_id: str) -> list[Decision]:
    """All decisions on a review, the oldest first."""
    return list(
        session.scalars(
            select(Decision)
            .where(Decision.review_id == review_id)
            .order_by(Decision.created_at, Decision.id)
        )
    )
