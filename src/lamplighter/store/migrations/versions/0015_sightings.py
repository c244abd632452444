"""Since when days wait for their figures, and when the newest labelled row of a model became known."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    for table, column in (("dirty", "since"), ("label_heads", "advanced_at")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(column, sa.BigInteger(), nullable=False, server_default=sa.text("0")))
