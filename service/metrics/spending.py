"""What models cost: a row for each finished step, and sums of the rows that are read often."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from agents.findings import StepRecord
from service.db import now
from service.models import Base, ModelTotal, ModelUsage

COUNTS = (
    "requests",
    "input_tokens",
    "cached_tokens",
    "written_tokens",
    "output_tokens",
    "cost_usd",
)


def insert_into(session: Session, table: type[Base]) -> Any:
    """An INSERT that knows ON CONFLICT, which both databases have and generic SQL has not."""
    postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if postgres else sqlite.insert(table)


def charge(session: Session, installation_id: int, review_id: str, record: StepRecord) -> None:
    """Write down what a step cost; a step that asked no model costs nothing."""
    if not record.requests:
        return
    counts = {name: getattr(record, name) for name in COUNTS}
    moment = now()
    session.add(
        ModelUsage(
            installation_id=installation_id,
            day=moment.date(),
            review_id=review_id,
            step=record.step,
            model=record.model[:200],
            created_at=moment,
            **counts,
        )
    )
    key = {"installation_id": installation_id, "model": record.model[:200]}
    insert = insert_into(session, ModelTotal).values(**key, **counts)
    added = {name: getattr(ModelTotal, name) + insert.excluded[name] for name in COUNTS}
    session.execute(insert.on_conflict_do_update(index_elements=list(key), set_=added))


def spent(session: Session, installation_id: int, moment: datetime) -> float:
    """What an installation's reviews cost on the UTC day of `moment`, in USD at list price."""
    cost = session.scalar(
        select(func.sum(ModelUsage.cost_usd)).where(
            ModelUsage.installation_id == installation_id, ModelUsage.day == moment.date()
        )
    )
    return float(cost or 0)


def spent_by_installation(session: Session, moment: datetime) -> dict[int, float]:
    """The same for every installation that spent anything that day."""
    rows = session.execute(
        select(ModelUsage.installation_id, func.sum(ModelUsage.cost_usd))
        .where(ModelUsage.day == moment.date())
        .group_by(ModelUsage.installation_id)
    )
    return {int(installation_id): float(cost) for installation_id, cost in rows}
