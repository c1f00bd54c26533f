"""Migrations: the same tables as the models, on both databases, and safe to run at once."""

import os
import subprocess
import sys
from pathlib import Path

from alembic import command
from sqlalchemy import inspect

from service.db import make_engine
from service.migrations import config, pending, upgrade
from service.models import Base
from tests.conftest import Stack


def test_the_migrations_give_exactly_the_models_tables(stack: Stack) -> None:
    command.check(config(stack.database_url))
    engine = make_engine(stack.database_url)
    tables = set(inspect(engine).get_table_names())
    engine.dispose()
    assert tables == set(Base.metadata.tables) | {"alembic_version"}


def test_an_empty_database_is_pending_until_it_is_upgraded(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'lintel.db'}"
    assert pending(url)
    upgrade(url)
    assert not pending(url)


def test_three_processes_that_upgrade_at_once_agree(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'lintel.db'}"
    env = os.environ | {"LINTEL_HOME": str(tmp_path), "LINTEL_DATABASE_URL": url}
    command_line = [sys.executable, "-m", "service.cli", "db", "upgrade"]
    running = [subprocess.Popen(command_line, env=env, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert not pending(url)
