"""What each consumer of a model felt."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    name = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
    party = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
    op.create_table(
        "caller_hours",
        sa.Column("model", name, nullable=False),
        sa.Column("environment", name, nullable=False),
        sa.Column("consumer", party, nullable=False),
        sa.Column("second", sa.BigInteger(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("latencies", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("model", "environment", "consumer", "second", name=op.f("pk_caller_hours")),
    )
    op.create_index(op.f("ix_caller_hours_second"), "caller_hours", ["second"])
    op.create_table(
        "refusals",
        sa.Column("model", name, nullable=False),
        sa.Column("environment", name, nullable=False),
        sa.Column("consumer", party, nullable=False),
        sa.Column("status", name, nullable=False),
        sa.Column("process", name, nullable=False),
        sa.Column("second", sa.BigInteger(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("model", "environment", "consumer", "status", "process", "second", name=op.f("pk_refusals")),
    )
    op.create_index(op.f("ix_refusals_second"), "refusals", ["second"])
