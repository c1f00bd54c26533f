"""The stand-in's only state: one SQLite file under its home, so that a restart forgets nothing."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

Row = TypeVar("Row")
Bindable = str | int | float | bytes | None

SCHEMA = Path(__file__).with_name("schema.sql")


def now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime | None = None) -> str:
    """A moment as GitHub writes it: UTC, whole seconds."""
    return (moment or now()).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """One connection shared under a lock: simple, and SQLite writes one at a time anyway."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(
            home / "standin.sqlite3", check_same_thread=False, isolation_level=None
        )
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(SCHEMA.read_text())

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Everything inside is stored together or not at all; nests into the outermost one."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    def all(self, kind: type[Row], sql: str, *values: Bindable) -> list[Row]:
        """Rows of a query as instances of the class whose fields are the columns."""
        with self._lock:
            found = self._db.execute(sql, values).fetchall()
        return [kind(**dict(row)) for row in found]

    def one(self, kind: type[Row], sql: str, *values: Bindable) -> Row | None:
        found = self.all(kind, sql, *values)
        return found[0] if found else None

    def scalar(self, sql: str, *values: Bindable) -> Bindable:
        """The first column of the first row, or None."""
        with self._lock:
            row = self._db.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def run(self, sql: str, *values: Bindable) -> int:
        """Execute a statement; answers the number of rows it changed."""
        with self._lock:
            return self._db.execute(sql, values).rowcount

    def insert(self, table: str, **values: Bindable) -> int:
        """Add one row; answers its id. Table and column names come from our own code only."""
        columns, marks = ", ".join(values), ", ".join("?" * len(values))
        sql = f"insert into {table} ({columns}) values ({marks})"  # noqa: S608
        with self._lock:
            return self._db.execute(sql, tuple(values.values())).lastrowid or 0

    def update(self, table: str, row_id: int, **values: Bindable) -> None:
        sets = ", ".join(f"{column} = ?" for column in values)
        sql = f"update {table} set {sets} where id = ?"  # noqa: S608
        self.run(sql, *values.values(), row_id)

    def get_meta(self, key: str) -> str | None:
        value = self.scalar("select value from meta where key = ?", key)
        return None if value is None else str(value)

    def set_meta(self, key: str, value: str) -> None:
        self.run("insert or replace into meta (key, value) values (?, ?)", key, value)
