"""Waivers of gates."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    name = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
    op.create_table(
        "waivers",
        sa.Column("id", name, nullable=False),
        sa.Column("model", name, nullable=False),
        sa.Column("version", name, nullable=False),
        sa.Column("environment", name, nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waivers")),
    )
    op.create_index(op.f("ix_waivers_open"), "waivers", ["open"])
    op.create_index(op.f("ix_waivers_version"), "waivers", ["version"])
    op.create_index(op.f("ix_waivers_model_opened_at"), "waivers", ["model", "opened_at"])
