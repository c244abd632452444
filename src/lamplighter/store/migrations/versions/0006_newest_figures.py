"""The newest window of each version, and the newest row of each model whose label is known."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    name = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
    op.create_index(
        op.f("ix_readings_model_environment_number_aspect_end"),
        "readings",
        ["model", "environment", "number", "aspect", "end"],
    )
    op.create_table(
        "label_heads",
        sa.Column("model", name, nullable=False),
        sa.Column("environment", name, nullable=False),
        sa.Column("event_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("model", "environment", name=op.f("pk_label_heads")),
    )
    op.execute(
        "INSERT INTO label_heads (model, environment, event_at) "
        "SELECT p.model, p.environment, max(p.event_at) FROM predictions p JOIN labels l ON l.id = p.id "
        "GROUP BY p.model, p.environment"
    )
