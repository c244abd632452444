"""Requests that found no room, and traffic by time whatever the version."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("traffic", sa.Column("crowded", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_index(op.f("ix_traffic_model_environment_second"), "traffic", ["model", "environment", "second"])
