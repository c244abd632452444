"""Alerts of other monitoring systems."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "external_alerts",
        sa.Column("fingerprint", sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql"), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=False),
        sa.Column("fires", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_external_alerts")),
    )
    op.create_index(op.f("ix_external_alerts_fires"), "external_alerts", ["fires"])
