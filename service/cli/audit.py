"""`lintel audit`: prove that the audit trail is whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import typer

from service.cli.failures import FOUND
from service.errors import ConfigurationError

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine
    from sqlalchemy.orm import Session

app = typer.Typer(help="The audit trail.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Keeps `verify` a command of its own name while it is the only one."""


@app.command()
def verify() -> None:
    """Walk the audit chain; exit with 1 at a broken link."""
    from service.audit.service import verify as walk
    from service.settings import settings

    with reading(settings().database) as session:
        result = walk(session)
    events = f"{result.events:,} event{'' if result.events == 1 else 's'}"
    if not result.ok:
        typer.echo(f"broken: {result.problem} ({events} before it hold)")
        raise typer.Exit(FOUND)
    typer.echo(f"ok: {events}, last hash {result.last_hash}")


@contextmanager
def reading(url: str) -> Iterator["Session"]:
    """A session that cannot write; raises `ConfigurationError` when there is no usable database."""
    from sqlalchemy.orm import Session

    from service.cli.db import database_errors

    with database_errors(url):
        engine = _read_only(url)
        try:
            with Session(engine) as session:
                yield session
        finally:
            engine.dispose()


def _read_only(url: str) -> "Engine":
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url

    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, execution_options={"postgresql_readonly": True})
    path = Path(parsed.database or "").absolute()
    if not path.is_file():
        raise ConfigurationError(f"there is no database at {path}. `lintel db upgrade` makes one")
    return create_engine(f"sqlite:///file:{quote(str(path))}?mode=ro&uri=true")
