"""Findings of validations, and validators' words on versions."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def _name() -> sa.types.TypeEngine[str]:
    return sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "validation_findings",
        sa.Column("id", _name(), nullable=False),
        sa.Column("model", _name(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_findings")),
    )
    op.create_index(op.f("ix_validation_findings_open"), "validation_findings", ["open"])
    op.create_index(op.f("ix_validation_findings_model_opened_at"), "validation_findings", ["model", "opened_at"])
    op.create_table(
        "validation_words",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("model", _name(), nullable=False),
        sa.Column("version", _name(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_words")),
    )
    op.create_index(op.f("ix_validation_words_version"), "validation_words", ["version"])
