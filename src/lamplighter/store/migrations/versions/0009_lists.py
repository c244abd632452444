"""What lists of a thousand models need: traffic by hour, what the newest window says, and indexes for what is open."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
#: Buckets of latency when this was written.
_BUCKETS = 15


def upgrade() -> None:
    """Forward."""
    name = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
    op.create_table(
        "hours",
        sa.Column("model", name, nullable=False),
        sa.Column("environment", name, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("arm", name, nullable=False),
        sa.Column("second", sa.BigInteger(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("crowded", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("latencies", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("model", "environment", "number", "arm", "second", name=op.f("pk_hours")),
    )
    op.create_index(op.f("ix_hours_model_second"), "hours", ["model", "second"])
    op.create_table(
        "inputs",
        sa.Column("model", name, nullable=False),
        sa.Column("environment", name, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("model", "environment", "number", name=op.f("pk_inputs")),
    )
    op.create_index(op.f("ix_readings_model_environment_aspect_end"), "readings", ["model", "environment", "aspect", "end"])
    op.create_index(op.f("ix_rollouts_open"), "rollouts", ["open"])
    op.create_index(op.f("ix_incidents_open"), "incidents", ["open"])
    _fill()


def _fill() -> None:
    """The hours of the traffic so far, whose latencies stay unknown; and the newest day of every model is measured again."""
    nothing = str([0] * _BUCKETS).replace(" ", "")
    op.execute(
        f"""INSERT INTO hours (model, environment, number, arm, "second", requests, "rows", failures, crowded, latencies)
        SELECT model, environment, number, arm, "second" / 3600 * 3600, sum(requests), sum("rows"), sum(failures),
        sum(crowded), '{nothing}'
        FROM traffic GROUP BY model, environment, number, arm, "second" / 3600 * 3600"""  # noqa: S608
    )
    op.execute(
        """INSERT INTO dirty (model, environment, day)
        SELECT model, environment, max(day) FROM profiles GROUP BY model, environment ON CONFLICT DO NOTHING"""
    )
