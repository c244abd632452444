"""What people say of a version's answers to example cases."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def _short(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "case_words",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("model", _short(64), nullable=False),
        sa.Column("version", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_words")),
    )
    op.create_index(op.f("ix_case_words_version"), "case_words", ["version"])
