"""The database: one engine per process, and the only `commit` in the code."""

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Engine, create_engine, event
from sqlalchemy.engine import Connection, Dialect, make_url
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from service.queue import Job

log = logging.getLogger(__name__)


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC on both databases; SQLite would otherwise lose the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: naive UTC on SQLite."""
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database: always aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def make_engine(url: str) -> Engine:
    """An engine for SQLite (WAL) or PostgreSQL."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(url, connect_args={"timeout": 15})
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late for a writer's lock
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    # A writer takes its lock at once: an upgrade in mid-transaction would fail without waiting.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database:
    """Sessions over one engine. `publish` gets the jobs of a transaction once it is committed."""

    def __init__(self, url: str, publish: Callable[[Sequence[Job]], None]) -> None:
        self.engine = make_engine(url)
        self._publish = publish

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Read and write; commits at the end, or rolls back and drops the jobs on an exception."""
        with Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"writes": True})
            yield session
            session.commit()
            jobs: list[Job] = session.info.pop("jobs", [])
        if jobs:
            self._publish(jobs)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Read only: whatever is changed is rolled back."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def enqueue(session: Session, job: Job) -> None:
    """Send this job when, and only when, the session's transaction has been committed."""
    jobs: list[Job] = session.info.setdefault("jobs", [])
    if job not in jobs:
        jobs.append(job)


Json = dict[str, Any]
"""A JSON object in a column."""
