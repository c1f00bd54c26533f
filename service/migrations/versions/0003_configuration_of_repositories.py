"""The configuration of repositories"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from service.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("reviews", sa.Column("config", JSON, nullable=True))
    op.create_table(
        "repository_configs",
        sa.Column("repository_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("repository", sa.String(length=200), nullable=False),
        sa.Column("layer", JSON, nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("repository_id", "level", name=op.f("pk_repository_configs")),
    )
    op.create_index(op.f("ix_repository_configs_repository"), "repository_configs", ["repository"])


def downgrade() -> None:
    op.drop_index(op.f("ix_repository_configs_repository"), table_name="repository_configs")
    op.drop_table("repository_configs")
    op.drop_column("reviews", "config")
