"""Handovers of models."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def _short(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "handovers",
        sa.Column("id", _short(64), nullable=False),
        sa.Column("model", _short(64), nullable=False),
        sa.Column("state", _short(64), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    op.create_index(op.f("ix_handovers_model"), "handovers", ["model"])
    op.create_index(op.f("ix_handovers_state"), "handovers", ["state"])
    for state in ("open", "accepted"):
        where = sa.text(f"state = '{state}'")
        op.create_index(
            f"uq_handovers_{state}", "handovers", ["model"], unique=True, sqlite_where=where, postgresql_where=where
        )
