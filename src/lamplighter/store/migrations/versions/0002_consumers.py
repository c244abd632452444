"""Accounts of applications, the words of their owners, and replays of their requests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _short(length: int) -> TypeEngine[str]:
    """A text that compares by bytes, whatever the database was made with."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "consumers",
        sa.Column("name", _short(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_consumers")),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("model", _short(64), nullable=False),
        sa.Column("version", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("consumer", _short(200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consents_version"), ["version"], unique=False)

    op.create_table(
        "replays",
        sa.Column("id", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("version", _short(64), nullable=False),
        sa.Column("live", _short(64), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replays")),
        sa.UniqueConstraint("version", "live", "environment", name=op.f("uq_replays_version_live_environment")),
    )
    with op.batch_alter_table("replays", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replays_open"), ["open"], unique=False)
