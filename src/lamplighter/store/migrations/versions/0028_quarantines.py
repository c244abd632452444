"""Rows that no training is given, and what set a training off."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def _short(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    op.add_column("retrainings", sa.Column("fired", _short(250), nullable=True))
    op.execute(sa.text("UPDATE retrainings SET fired = id"))
    op.create_index(op.f("ix_retrainings_model_fired"), "retrainings", ["model", "fired"], unique=True)
    op.create_table(
        "quarantines",
        sa.Column("id", _short(64), nullable=False),
        sa.Column("model", _short(64), nullable=False),
        sa.Column("cause", _short(64), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantines")),
        sa.UniqueConstraint("model", "cause", name=op.f("uq_quarantines_model_cause")),
    )
