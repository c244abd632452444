"""Predictions that are pushed: failures by id, and halves of requests that wait for the other half."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _text(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "failures",
        sa.Column("id", _text(80), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failures")),
    )
    op.create_table(
        "payloads",
        sa.Column("model", _text(64), nullable=False),
        sa.Column("environment", _text(64), nullable=False),
        sa.Column("id", _text(200), nullable=False),
        sa.Column("half", _text(64), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("model", "environment", "id", "half", name=op.f("pk_payloads")),
    )
    op.create_index(op.f("ix_payloads_received_at"), "payloads", ["received_at"])
