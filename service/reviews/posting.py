"""The rows behind a post: who may send it, what it must say, how it ended. `send` does the writing."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from agents.change import Change
from service.audit.service import record
from service.db import enqueue, now
from service.github.posts import Posted, ReviewPost
from service.models import Post, Review
from service.queue import POST_REVIEW, Job
from service.reviews import decisions, service
from service.reviews.render import render, sha256
from service.reviews.states import State, transition


@dataclass(frozen=True)
class Ready:
    """An approval that this worker may post now."""

    review_id: str
    installation_id: int
    repository: str
    number: int
    head_sha: str
    post: ReviewPost


def begin(session: Session, decision_id: str, owner: str, seconds: int) -> Ready | None:
    """Take the right to post; None when it is done, taken, or not what was approved."""
    decision = decisions.get(session, decision_id)
    review = service.get(session, decision.review_id)
    states = (State.APPROVED, State.POSTING)
    if (
        decision.kind != "approve"
        or not decision.event
        or not service.lease(session, review.id, owner, seconds, states)
    ):
        return None
    session.refresh(review)
    if review.state == State.APPROVED:
        transition(session, review.id, State.POSTING, actor=service.LINTEL)
    session.execute(
        update(Post).where(Post.decision_id == decision_id).values(attempts=Post.attempts + 1)
    )
    draft = service.draft_of(session, review.id, decision.revision)
    change = Change.model_validate(review.change)
    post = render(draft, change, review_id=review.id, event=decision.event, approved_by=decision.by)
    if sha256(post) != decision.text_sha256 or review.head_sha != decision.head_sha:
        give_up(session, decision_id, "the text differs from what was approved: approve it again")
        return None
    return Ready(
        review.id, review.installation_id, review.repository, review.number, review.head_sha, post
    )


def finish(session: Session, decision_id: str, posted: Posted) -> None:
    """Record what GitHub holds."""
    decision = decisions.get(session, decision_id)
    session.execute(
        update(Post)
        .where(Post.decision_id == decision_id)
        .values(
            state="done", github_review_id=posted.review_id, url=posted.url, error="", done_at=now()
        )  # fmt: skip
    )
    transition(session, decision.review_id, State.POSTED, actor=service.LINTEL)
    record(session, service.LINTEL, "post.done", decision.review_id, decision=decision_id,
           github_review_id=posted.review_id)  # fmt: skip


def head_moved(session: Session, decision_id: str) -> None:
    """The commit that was approved is not the head any more: nothing is posted."""
    decision = decisions.get(session, decision_id)
    reason = "a newer commit came before the post"
    session.execute(
        update(Post).where(Post.decision_id == decision_id).values(state="failed", error=reason)
    )
    transition(session, decision.review_id, State.SUPERSEDED, actor=service.LINTEL, reason=reason)


def give_up(session: Session, decision_id: str, error: str) -> None:
    """The post failed for good; the review says why and can be retried."""
    decision = decisions.get(session, decision_id)
    session.execute(
        update(Post).where(Post.decision_id == decision_id).values(state="failed", error=error)
    )
    service.fail(session, decision.review_id, f"not posted: {error}")


def wait(session: Session, decision_id: str, owner: str, error: str, seconds: float) -> None:
    """GitHub is away or busy: free this worker; the sweep sends the post again when it is due."""
    decision = decisions.get(session, decision_id)
    session.execute(
        update(Post)
        .where(Post.decision_id == decision_id)
        .values(error=error, due_at=now() + timedelta(seconds=seconds))
    )
    service.release(session, decision.review_id, owner)


def retry(session: Session, review: Review, *, actor: str) -> None:
    """Try a failed review again from where it failed: the post if it was approved, else the draft."""
    approval = decisions.approval_of(session, review.id)
    if approval is None or review.state != State.FAILED:
        service.retry(session, review, actor=actor)
        return
    transition(session, review.id, State.APPROVED, actor=actor)
    session.execute(
        update(Post)
        .where(Post.decision_id == approval.id)
        .values(state="pending", error="", attempts=0, due_at=None)
    )
    enqueue(session, Job(POST_REVIEW, (approval.id,)))
