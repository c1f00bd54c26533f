"""Run by Alembic: migrations in one transaction, on the URL that `service.migrations` gives."""

from alembic import context
from sqlalchemy import text

from service.db import make_engine
from service.models import Base

MIGRATION_LOCK = 0x11471E2
"""PostgreSQL advisory lock: two processes that upgrade at once take turns."""


def run() -> None:
    """Upgrade with a connection of our own."""
    engine = make_engine(context.config.attributes["url"])
    with engine.connect().execution_options(writes=True) as connection:
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK}
                )
            context.configure(connection=connection, target_metadata=Base.metadata)
            context.run_migrations()
    engine.dispose()


run()
