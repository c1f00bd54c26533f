"""`lintel db upgrade` and `lintel audit verify`."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service.audit.service import record
from tests.cli.support import lintel, said


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A LINTEL_HOME with a database that holds three audit events."""
    assert lintel("db", "upgrade", env={"LINTEL_HOME": str(tmp_path)}).returncode == 0
    engine = create_engine(f"sqlite:///{tmp_path / 'lintel.db'}")
    with Session(engine) as session:
        for number in range(3):
            record(session, "ada", "review.approved", f"review:{number}", number=number)
        session.commit()
    engine.dispose()
    return tmp_path


def change(home: Path, statement: str) -> None:
    """Tamper with the database behind Lintel's back."""
    connection = sqlite3.connect(home / "lintel.db")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_whole_chain(home: Path) -> None:
    result = lintel("audit", "verify", env={"LINTEL_HOME": str(home)})
    connection = sqlite3.connect(home / "lintel.db")
    last = connection.execute("SELECT hash FROM audit_events WHERE seq = 3").fetchone()[0]
    connection.close()
    assert result.returncode == 0
    assert result.stdout.decode() == f"ok: 3 events, last hash {last}\n"


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_events SET actor = 'eve' WHERE seq = 2", "event 2: was changed"),
        ("DELETE FROM audit_events WHERE seq = 1", "event 2: number 1 is missing"),
    ],
)
def test_the_first_broken_link_is_named(home: Path, statement: str, broken: str) -> None:
    change(home, statement)
    result = lintel("audit", "verify", env={"LINTEL_HOME": str(home)})
    assert result.returncode == 1
    assert f"broken: {broken}" in result.stdout.decode()
    said(result)


def test_verifying_changes_nothing(home: Path) -> None:
    before = (home / "lintel.db").read_bytes()
    (home / "lintel.db").chmod(0o444)
    assert lintel("audit", "verify", env={"LINTEL_HOME": str(home)}).returncode == 0
    assert (home / "lintel.db").read_bytes() == before


def test_without_a_database(tmp_path: Path) -> None:
    result = lintel("audit", "verify", env={"LINTEL_HOME": str(tmp_path / "none")})
    assert result.returncode == 4
    assert "there is no database at" in said(result)
    assert "lintel db upgrade" in said(result)
    assert not (tmp_path / "none").exists()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "lintel.db").write_text("no database at all\n" * 100)
    for command in (("audit", "verify"), ("db", "upgrade")):
        result = lintel(*command, env={"LINTEL_HOME": str(tmp_path)})
        assert result.returncode == 4
        assert "not a database" in said(result)


def test_a_database_without_the_schema(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "lintel.db").close()
    change(tmp_path, "CREATE TABLE other (x)")
    result = lintel("audit", "verify", env={"LINTEL_HOME": str(tmp_path)})
    assert result.returncode == 4
    assert "no such table" in said(result)


def test_the_password_is_never_shown() -> None:
    url = "postgresql://lintel:hunter2@127.0.0.1:9/lintel?password=hunter2"
    for command in (("audit", "verify"), ("db", "upgrade")):
        result = lintel(*command, env={"LINTEL_DATABASE_URL": url})
        assert result.returncode == 4
        assert "127.0.0.1" in said(result)
        assert b"hunter2" not in result.stderr + result.stdout


def test_upgrade_can_be_repeated(tmp_path: Path) -> None:
    for _ in range(2):
        result = lintel("db", "upgrade", env={"LINTEL_HOME": str(tmp_path)})
        assert result.returncode == 0
        assert result.stdout.startswith(b"ok: sqlite:///")
