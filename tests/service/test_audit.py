"""The audit chain: appended in order, and every kind of tampering is found."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, func, select, update

from service.audit.service import record, verify
from service.db import Database
from service.models import AuditEvent


def fill(database: Database, count: int = 5) -> None:
    for n in range(count):
        with database.transaction() as session:
            record(session, "ada", "decision.approve", f"review-{n}", number=n, note="naïve – 日本")


def test_a_chain_that_nobody_touched_holds(database: Database) -> None:
    fill(database)
    with database.reading() as session:
        found = verify(session)
    assert found.ok
    assert found.events == 5


def test_an_empty_chain_holds(database: Database) -> None:
    with database.reading() as session:
        assert verify(session).ok


@pytest.mark.parametrize(
    "column", ["at", "actor", "action", "subject", "detail", "previous", "hash"]
)
def test_a_changed_field_is_found(database: Database, column: str) -> None:
    fill(database)
    with database.transaction() as session:
        session.execute(update(AuditEvent).where(AuditEvent.seq == 3).values({column: "x"}))
    with database.reading() as session:
        found = verify(session)
    assert "event 3" in found.problem


def test_a_removed_event_is_found(database: Database) -> None:
    fill(database)
    with database.transaction() as session:
        session.execute(delete(AuditEvent).where(AuditEvent.seq == 2))
    with database.reading() as session:
        assert "number 2 is missing" in verify(session).problem


def test_twenty_appends_at_once_make_one_chain(database: Database) -> None:
    def append(n: int) -> None:
        with database.transaction() as session:
            record(session, "ada", "draft.edit", f"review-{n}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, range(20)))
    with database.reading() as session:
        assert verify(session).ok
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 20


def test_an_event_falls_with_its_transaction(database: Database) -> None:
    def fall() -> None:
        with database.transaction() as session:
            record(session, "ada", "draft.edit", "review-1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fall()
    with database.reading() as session:
        assert verify(session).events == 0
