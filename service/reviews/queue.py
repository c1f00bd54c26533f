"""The queue of the workspace: reviews by who must act, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import Integer, Select, case, func, select
from sqlalchemy.orm import Session, load_only

from service.models import DraftRevision, Review
from service.reviews.states import State

Columns = TypeVarTuple("Columns")

PAGE = 50
"""Reviews of one group on one page."""
LAST_PAGE = 200
"""Older ones are found by a filter instead of by leafing."""

GROUPS: dict[str, tuple[State, ...]] = {
    "needs": (State.AWAITING_ARCHITECT, State.BLOCKED, State.FAILED),
    "work": (State.QUEUED, State.DRAFTING, State.APPROVED, State.POSTING),
    "done": (State.POSTED, State.CLEARED, State.REJECTED, State.SUPERSEDED),
}
TITLES = {
    "needs": "Needs an architect now",
    "work": "In work",
    "done": "Done",
}
NEXT_ACTOR = {
    State.QUEUED: "Lintel",
    State.DRAFTING: "Lintel",
    State.AWAITING_ARCHITECT: "an architect",
    State.BLOCKED: "an architect",
    State.CLEARED: "nobody",
    State.APPROVED: "Lintel",
    State.REJECTED: "nobody",
    State.POSTING: "Lintel",
    State.POSTED: "the author",
    State.SUPERSEDED: "nobody",
    State.FAILED: "an architect",
}
"""Who moves a review on from its state."""

_TIERS = case({"critical": 0, "high": 1, "medium": 2, "low": 3}, value=Review.tier, else_=4)
_SHOWN = load_only(
    Review.id, Review.repository, Review.number, Review.title, Review.author, Review.head_sha,
    Review.state, Review.reason, Review.tier, Review.progress, Review.due_at,
    Review.created_at,
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One review in the queue."""

    id: str
    repository: str
    number: int
    title: str
    author: str
    commit: str
    state: State
    reason: str
    tier: str
    progress: str
    due_at: datetime | None
    """While it waits: when it goes on."""
    created_at: datetime
    findings: int | None
    """None before the first draft."""
    next_actor: str


@dataclass(frozen=True)
class Group:
    """One part of the queue, with the rows of the page asked for."""

    key: str
    title: str
    rows: tuple[Row, ...]
    page: int
    more: bool


def groups(
    session: Session, *, state: State | None, repository: str, only: str = "", page: int = 1
) -> list[Group]:
    """The groups with their first rows; with `only`, that group's given page.

    `state` and `repository` narrow what is shown; an empty repository means all.
    """
    found = []
    for key, states in GROUPS.items():
        wanted = [s for s in states if state in (None, s)]
        if not wanted or (only and only != key):
            continue
        at = page if only else 1
        reviews = _reviews(session, key, wanted, repository, at)
        rows = _rows(session, reviews[:PAGE])
        found.append(Group(key, TITLES[key], rows, at, len(reviews) > PAGE and at < LAST_PAGE))
    return found


def _reviews(
    session: Session, key: str, states: Sequence[State], repository: str, page: int
) -> list[Review]:
    skip, limit = (page - 1) * PAGE, PAGE + 1
    if key == "needs":
        order = (_TIERS, Review.created_at, Review.id)
        wanted_now = _where(select(Review).options(_SHOWN), states, repository)
        return list(session.scalars(wanted_now.order_by(*order).offset(skip).limit(limit)))
    # One query per state walks the index backwards; together they would sort every old review.
    newest: list[tuple[datetime, str]] = []
    for state in states:
        wanted = _where(select(Review.updated_at, Review.id), [state], repository)
        ordered = wanted.order_by(Review.updated_at.desc(), Review.id).limit(skip + limit)
        newest += [(moment, review_id) for moment, review_id in session.execute(ordered)]
    newest.sort(reverse=True)
    shown = [review_id for _, review_id in newest[skip : skip + limit]]
    found = {
        r.id: r for r in session.scalars(select(Review).options(_SHOWN).where(Review.id.in_(shown)))
    }
    return [found[review_id] for review_id in shown if review_id in found]


def _where(wanted: Select[*Columns], states: Sequence[State], repository: str) -> Select[*Columns]:
    wanted = wanted.where(Review.state.in_(states))
    return wanted.where(Review.repository == repository) if repository else wanted


def _rows(session: Session, reviews: Sequence[Review]) -> tuple[Row, ...]:
    counts = findings_count(session, [r.id for r in reviews])
    return tuple(_row(r, counts.get(r.id)) for r in reviews)


def _row(review: Review, findings: int | None) -> Row:
    state = State(review.state)
    return Row(
        id=review.id,
        repository=review.repository,
        number=review.number,
        title=review.title,
        author=review.author,
        commit=review.head_sha[:10],
        state=state,
        reason=review.reason,
        tier=review.tier,
        progress=review.progress,
        due_at=review.due_at,
        created_at=review.created_at,
        findings=findings,
        next_actor=NEXT_ACTOR[state],
    )


def findings_count(session: Session, review_ids: Sequence[str]) -> dict[str, int]:
    """Findings in the newest draft of each review, counted by the database."""
    if not review_ids:
        return {}
    postgres = session.get_bind().dialect.name == "postgresql"
    length = func.jsonb_array_length if postgres else func.json_array_length
    newest = (
        select(DraftRevision.review_id, func.max(DraftRevision.revision).label("revision"))
        .where(DraftRevision.review_id.in_(review_ids))
        .group_by(DraftRevision.review_id)
        .subquery()
    )
    counted = select(
        DraftRevision.review_id, length(DraftRevision.body["findings"], type_=Integer)
    ).join(
        newest,
        (DraftRevision.review_id == newest.c.review_id)
        & (DraftRevision.revision == newest.c.revision),
    )
    return {str(review_id): int(count) for review_id, count in session.execute(counted)}
