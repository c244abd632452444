"""Runs of the tables that are scored on a schedule."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    name = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
    op.create_table(
        "job_runs",
        sa.Column("id", name, nullable=False),
        sa.Column("model", name, nullable=False),
        sa.Column("job", name, nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
        sa.UniqueConstraint("model", "job", "due_at", name=op.f("uq_job_runs_model_job_due_at")),
    )
