"""What the check run on GitHub says in each state: never green for a review that did not happen."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from agents.fence import neutralise
from service.db import Database, now
from service.github.checks import CheckState, put_check
from service.github.client import GitHubApp
from service.models import Review
from service.reviews.states import State

IN_PROGRESS = {
    State.QUEUED: "Waiting for a worker",
    State.DRAFTING: "Reading the design",
    State.APPROVED: "Approved, about to be posted",
    State.POSTING: "Being posted",
}
COMPLETED = {
    State.AWAITING_ARCHITECT: ("action_required", "Awaiting a security architect"),
    State.BLOCKED: (
        "action_required",
        "Too little information: an architect looks at the questions",
    ),
    State.CLEARED: ("skipped", "No review needed"),
    State.REJECTED: ("neutral", "Not reviewed: an architect rejected the draft"),
    State.POSTED: ("neutral", "Reviewed: see the comments"),
    State.SUPERSEDED: ("cancelled", "Superseded"),
    State.FAILED: ("neutral", "Not reviewed: the review failed"),
}
"""Advisory mode: `neutral` for posted findings; `success` is left for a gate that has rules."""


def check_state(review: Review, base_url: str) -> CheckState:
    """The check run for the review's present state."""
    state = State(review.state)
    reason = review.reason or "An architect decides before anything is posted."
    details = {
        "summary": "\n\n".join(
            (neutralise(reason), *_of_config(review), f"Commit `{review.head_sha}`.")
        ),
        "details_url": f"{base_url}/reviews/{review.id}",
        "external_id": review.id,
    }
    if state in IN_PROGRESS:
        return CheckState(status="in_progress", title=IN_PROGRESS[state], **details)
    conclusion, title = COMPLETED[state]
    return CheckState(status="completed", conclusion=conclusion, title=title, **details)


def _of_config(review: Review) -> Iterator[str]:
    """What is wrong in the repository's configuration, where the reason does not say it already."""
    for note in (review.config or {}).get("notes", ()):
        if note not in review.reason:
            yield neutralise(note)


CHECK_SECONDS = 60
"""How long one process may be busy with a review's check run before another takes over."""


def put(database: Database, app: GitHubApp, review_id: str, name: str, base_url: str) -> None:
    """Bring the check run to the review's state; repeats while the state moves on meanwhile.

    One process at a time: two that create at once would leave two check runs.
    """
    while True:
        with database.transaction() as session:
            review = _claim(session, review_id)
        if review is None:
            return
        state = check_state(review, base_url)
        try:
            run_id = put_check(
                app, review.installation_id, review.repository, review.head_sha, name, state,
                review.check_run_id,
            )  # fmt: skip
        except Exception:
            with database.transaction() as session:
                _free(session, review_id)
            raise
        with database.transaction() as session:
            _free(session, review_id, check_run_id=run_id, check_state=review.state)


def _claim(session: Session, review_id: str) -> Review | None:
    until = now() + timedelta(seconds=CHECK_SECONDS)
    claimed = session.execute(
        update(Review)
        .where(
            Review.id == review_id,
            Review.check_state != Review.state,
            or_(Review.check_until.is_(None), Review.check_until < now()),
        )
        .values(check_until=until)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        return None
    return session.get(Review, review_id, populate_existing=True)


def _free(session: Session, review_id: str, **values: str | int) -> None:
    session.execute(update(Review).where(Review.id == review_id).values(check_until=None, **values))
