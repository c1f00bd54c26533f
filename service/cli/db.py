"""`lintel db`: the schema of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from service.errors import ConfigurationError

app = typer.Typer(help="The database.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Keeps `upgrade` a command of its own name while it is the only one."""


@app.command()
def upgrade() -> None:
    """Bring the database to the newest schema; safe to repeat."""
    from service import migrations
    from service.settings import settings

    url = settings().database
    with database_errors(url):
        migrations.upgrade(url)
    typer.echo(f"ok: {shown(url)} has the newest schema")


@contextmanager
def database_errors(url: str) -> Iterator[None]:
    """Turn what the driver says into `ConfigurationError`, naming the database, not its password."""
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except CommandError as error:
        raise ConfigurationError(f"{shown(url)}: {error}. It is newer than this Lintel") from error
    except ImportError as error:
        raise ConfigurationError(
            f"LINTEL_DATABASE_URL needs the driver {error.name}: use sqlite or postgresql"
        ) from error
    except (SQLAlchemyError, OSError) as error:
        raise ConfigurationError(
            f"{shown(url)}: {_reason(error)}. Check LINTEL_DATABASE_URL, then `lintel db upgrade`"
        ) from error


def shown(url: str) -> str:
    """The URL as people may see it: without its password and its options, which may hold one."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url).set(query={}).render_as_string(hide_password=True)
    except ArgumentError:
        return "LINTEL_DATABASE_URL"


def _reason(error: Exception) -> str:
    """The driver's own first line; SQLAlchemy adds the statement and a link."""
    from sqlalchemy.exc import ArgumentError

    if isinstance(error, ArgumentError):
        return "this is not a database URL"
    original = getattr(error, "orig", None) or error
    return str(original).strip().splitlines()[0] if str(original).strip() else type(error).__name__
