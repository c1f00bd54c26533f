"""Fixtures: the two stacks that Lintel runs on, each real.

`embedded` is SQLite and Valkey and runs everywhere. `production` is PostgreSQL and Redis and runs
where `LINTEL_TEST_POSTGRES_URL` and `LINTEL_TEST_REDIS_URL` are set, as in `.ci/run`.
"""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import sql
from sqlalchemy.engine import make_url

from service.db import Database
from service.migrations import upgrade
from service.queue import Job
from tests.support import skip_or_fail


@dataclass(frozen=True)
class Stack:
    """Where the database and the broker of a test are; an empty broker URL means the embedded one."""

    name: str
    database_url: str
    broker_url: str


@pytest.fixture(params=["embedded", "production"])
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stack]:
    """A migrated, empty database and a broker of its own."""
    if request.param == "embedded":
        url = f"sqlite:///{tmp_path / 'home' / 'lintel.db'}"
        upgrade(url)
        yield Stack("embedded", url, "")
        return
    postgres = os.environ.get("LINTEL_TEST_POSTGRES_URL")
    broker = os.environ.get("LINTEL_TEST_REDIS_URL")
    if not postgres or not broker:
        skip_or_fail("LINTEL_TEST_POSTGRES_URL and LINTEL_TEST_REDIS_URL are not set")
    name = f"lintel_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    fresh = make_url(postgres).set(drivername="postgresql+psycopg", database=name)
    plain = fresh.render_as_string(hide_password=False)
    with redis.Redis.from_url(broker) as client:
        client.flushdb()
    upgrade(plain)
    yield Stack("production", plain, broker)
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@dataclass
class Sent:
    """What a transaction handed to the queue."""

    jobs: list[Job]

    def tasks(self) -> list[str]:
        """Names of the tasks, in order."""
        return [j.task for j in self.jobs]


@pytest.fixture
def sent() -> Sent:
    """Jobs published by the `database` fixture."""
    return Sent([])


@pytest.fixture
def database(stack: Stack, sent: Sent) -> Iterator[Database]:
    """The stack's database; jobs are collected instead of sent."""
    found = Database(stack.database_url, sent.jobs.extend)
    yield found
    found.close()
