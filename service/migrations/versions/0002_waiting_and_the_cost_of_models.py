"""Waiting for a model, and what models cost"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from service.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("reviews", sa.Column("due_at", UtcDateTime(), nullable=True))
    op.add_column("reviews", sa.Column("waiting_since", UtcDateTime(), nullable=True))
    op.create_table(
        "model_usage",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("review_id", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cached_tokens", sa.BigInteger(), nullable=False),
        sa.Column("written_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_usd", sa.Numeric(14, 6, asdecimal=False), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_model_usage_review_id_reviews")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_usage")),
    )
    op.create_index(op.f("ix_model_usage_review_id"), "model_usage", ["review_id"])
    op.create_index("ix_model_usage_day_installation_id", "model_usage", ["day", "installation_id"])
    op.create_table(
        "model_totals",
        sa.Column("installation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cached_tokens", sa.BigInteger(), nullable=False),
        sa.Column("written_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_usd", sa.Numeric(14, 6, asdecimal=False), nullable=False),
        sa.PrimaryKeyConstraint("installation_id", "model", name=op.f("pk_model_totals")),
    )


def downgrade() -> None:
    op.drop_table("model_totals")
    op.drop_index("ix_model_usage_day_installation_id", table_name="model_usage")
    op.drop_index(op.f("ix_model_usage_review_id"), table_name="model_usage")
    op.drop_table("model_usage")
    op.drop_column("reviews", "waiting_since")
    op.drop_column("reviews", "due_at")
