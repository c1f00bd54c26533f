"""The durable write behind a webhook's 202: one statement, committed by itself.

This is the hot path, so it goes past the ORM: one connection for SQLite, a small pool for
PostgreSQL, both in autocommit mode. Everything else about deliveries uses `service.db`.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from psycopg import AsyncConnection, Error
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy.engine import make_url

from service.errors import ServiceError

STORE_SECONDS = 5.0
"""GitHub waits ten seconds for an answer; half of it is left to say that the store is down."""

# A row that failed before is taken up again; one that is waiting or done is left alone. By outcome,
# not by presence: a redelivery after a failure must not be mistaken for a duplicate.
INSERT = """
INSERT INTO deliveries (guid, event, body, state, reason, attempts, received_at)
VALUES ({0}, {0}, {0}, 'received', '', 1, {0})
ON CONFLICT (guid) DO UPDATE
SET state = 'received', reason = '', attempts = deliveries.attempts + 1,
    received_at = excluded.received_at, handled_at = NULL
WHERE deliveries.state = 'failed'
RETURNING id
"""


class StoreDown(ServiceError):
    """The delivery could not be stored, so it is not acknowledged."""

    status = 503


class Inbox(Protocol):
    """Where deliveries are stored."""

    async def store(self, guid: str, event: str, body: bytes) -> int | None:
        """The row's id when it is new or taken up again; None for a duplicate. May raise StoreDown."""

    async def close(self) -> None:
        """Give connections back."""


class SqliteInbox:
    """One connection behind a lock: SQLite has one writer at a time anyway."""

    def __init__(self, path: str) -> None:
        self._path, self._lock = path, threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._insert = INSERT.format("?")

    async def store(self, guid: str, event: str, body: bytes) -> int | None:
        """See `Inbox.store`."""
        # SQLAlchemy stores naive UTC in this format; both must read the same.
        at = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
        return await _in_thread(partial(self._store, (guid, event, body, at)))

    def _store(self, row: tuple[str, str, bytes, str]) -> int | None:
        try:
            with self._lock:
                found = self._open().execute(self._insert, row).fetchone()
        except sqlite3.Error as e:
            raise StoreDown(f"the delivery could not be stored: {e}") from e
        return int(found[0]) if found else None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = sqlite3.connect(
                self._path, isolation_level=None, check_same_thread=False, timeout=STORE_SECONDS
            )
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            self._connection = connection
        return self._connection

    async def close(self) -> None:
        """See `Inbox.close`."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


class PostgresInbox:
    """A small pool that opens at first use and reconnects by itself."""

    def __init__(self, conninfo: str) -> None:
        self._insert = INSERT.format("%s")
        self._pool: AsyncConnectionPool[AsyncConnection[tuple[int]]] = AsyncConnectionPool(
            conninfo, min_size=1, max_size=8, open=False, kwargs={"autocommit": True},
            check=AsyncConnectionPool.check_connection,
        )  # fmt: skip
        self._opening = asyncio.Lock()

    async def store(self, guid: str, event: str, body: bytes) -> int | None:
        """See `Inbox.store`."""
        async with self._opening:
            if self._pool.closed:
                await self._pool.open()
        try:
            async with self._pool.connection(timeout=STORE_SECONDS) as connection:
                row = (guid, event, body, datetime.now(UTC))
                found = await (await connection.execute(self._insert, row)).fetchone()
        except (Error, PoolTimeout, OSError) as e:
            raise StoreDown(f"the delivery could not be stored: {type(e).__name__}") from e
        return found[0] if found else None

    async def close(self) -> None:
        """See `Inbox.close`."""
        if not self._pool.closed:
            await self._pool.close()


def open_inbox(url: str) -> Inbox:
    """The inbox for a SQLAlchemy URL."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteInbox(parsed.database or ":memory:")
    plain = parsed.set(drivername="postgresql")
    return PostgresInbox(plain.render_as_string(hide_password=False))


async def _in_thread(function: Callable[[], int | None]) -> int | None:
    return await asyncio.get_running_loop().run_in_executor(None, function)
