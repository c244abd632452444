"""What each version did for each consumer of a model."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _short(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "version_hours",
        sa.Column("model", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("consumer", _short(200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("arm", _short(64), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("second", "requests", "failures")),
        sa.Column("latencies", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("model", "environment", "consumer", "number", "arm", "second", name=op.f("pk_version_hours")),
    )
    op.create_index(op.f("ix_version_hours_second"), "version_hours", ["second"])
