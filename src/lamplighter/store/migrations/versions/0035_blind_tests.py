"""Cases that people answer before they see what a version answers, and links to them."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0037"
branch_labels = None
depends_on = None


def _name(length: int = 64) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "blind_tests",
        sa.Column("id", _name(), nullable=False),
        sa.Column("model", _name(), nullable=False),
        sa.Column("version", _name(), nullable=False),
        sa.Column("environment", _name(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_tests")),
    )
    op.create_index(op.f("ix_blind_tests_version"), "blind_tests", ["version"])
    op.create_table(
        "blind_answers",
        sa.Column("test", _name(), nullable=False),
        sa.Column("case", _name(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("test", "case", name=op.f("pk_blind_answers")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", _name(), nullable=False),
        sa.Column("model", _name(), nullable=False),
        sa.Column("version", _name(), nullable=False),
        sa.Column("environment", _name(), nullable=False),
        sa.Column("secret", _name(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("secret", name=op.f("uq_invitations_secret")),
    )
    op.create_index(op.f("ix_invitations_version"), "invitations", ["version"])
