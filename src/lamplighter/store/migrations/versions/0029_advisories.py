"""Advisories about packages, and when they were loaded."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def _short(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "advisories",
        sa.Column("package", _short(200), nullable=False),
        sa.Column("id", _short(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("package", "id", name=op.f("pk_advisories")),
    )
    op.create_table(
        "advisory_loads",
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("at", name=op.f("pk_advisory_loads")),
    )
