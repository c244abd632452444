"""Experiments and runs, as clients of MLflow track them."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def _short(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "experiments",
        sa.Column("id", _short(64), nullable=False),
        sa.Column("name", _short(500), nullable=False),
        sa.Column("stage", _short(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiments")),
        sa.UniqueConstraint("name", name=op.f("uq_experiments_name")),
    )
    op.create_table(
        "runs",
        sa.Column("id", _short(64), nullable=False),
        sa.Column("experiment", _short(64), nullable=False),
        sa.Column("name", _short(500), nullable=False),
        sa.Column("user", _short(200), nullable=False),
        sa.Column("status", _short(64), nullable=False),
        sa.Column("stage", _short(64), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_experiment_started_at"), "runs", ["experiment", "started_at"])
    for name in ("run_params", "run_tags"):
        op.create_table(
            name,
            sa.Column("run", _short(64), nullable=False),
            sa.Column("key", _short(250), nullable=False),
            sa.Column("value", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("run", "key", name=op.f(f"pk_{name}")),
        )
    _metrics("run_metrics", "run", "key", "step", "at", "value", "nan")
    _metrics("newest_metrics", "run", "key")


def _metrics(name: str, *keys: str) -> None:
    op.create_table(
        name,
        sa.Column("run", _short(64), nullable=False),
        sa.Column("key", _short(250), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Float(53), nullable=False),
        sa.Column("nan", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{name}")),
    )
