"""Decided reviews out of the database; read only."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.change import Change
from evals.extract import Decided
from service.models import Decision, Review
from service.reviews import decisions, service


def decided(session: Session) -> Iterator[Decided]:
    """Every review with an approval whose change is stored, the oldest first."""
    query = (
        select(Review.id)
        .join(Decision, Decision.review_id == Review.id)
        .where(Decision.kind == "approve", Review.change.is_not(None))
        .group_by(Review.id, Review.created_at)
        .order_by(Review.created_at, Review.id)
    )
    for review_id in session.scalars(query).all():
        review = service.get(session, review_id)
        approval = decisions.approval_of(session, review_id)
        if approval is None or review.change is None:
            continue
        yield Decided(
            review_id=review_id,
            change=Change.model_validate(review.change),
            approved=service.draft_of(session, review_id, approval.revision),
            people=tuple(d.by for d in decisions.history(session, review_id)),
        )
