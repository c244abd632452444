"""Commands that ask for a token of whoever allows it in a browser."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0034"
branch_labels = None
depends_on = None


def _text(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "device_sign_ins",
        sa.Column("id", _text(64), nullable=False),
        sa.Column("user_code", _text(64), nullable=False),
        sa.Column("email", _text(200), nullable=False),
        sa.Column("standing", _text(64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_sign_ins")),
        sa.UniqueConstraint("user_code", name=op.f("uq_device_sign_ins_user_code")),
    )
    op.create_index(op.f("ix_device_sign_ins_expires_at"), "device_sign_ins", ["expires_at"])
