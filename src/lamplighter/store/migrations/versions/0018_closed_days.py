"""When rows were answered, and days whose rows go away."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _short(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    op.add_column("predictions", sa.Column("answered_at", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_index(op.f("ix_predictions_model_answered_at"), "predictions", ["model", "answered_at"])
    op.create_table(
        "closed_days",
        sa.Column("model", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("day", "closed_at", "first_at", "last_at", "scored", "known", "there", "said", "found")
        ),
        sa.Column("distance", sa.Float(53), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("gone", "gone_known")),
        sa.PrimaryKeyConstraint("model", "environment", "number", "day", name=op.f("pk_closed_days")),
    )
    # Event times would call a history old that was brought yesterday. So what is there counts as answered now, which is said
    # once: a value in each of ten million rows would take minutes.
    there = sa.text(
        "INSERT INTO counters (name, value) SELECT 'rows-without-answer-time', :now WHERE EXISTS (SELECT 1 FROM predictions)"
    )
    op.get_bind().execute(there, {"now": time.time_ns() // 1000})
