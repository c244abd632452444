"""What is told of sources."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    party = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
    op.create_table(
        "arrivals",
        sa.Column("source", party, nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "arrived_at", name=op.f("pk_arrivals")),
    )
