"""Slices of rows and figures, days of rows whose truth is known, and labels that wait for their prediction."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _short(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    empty = sa.text("''")
    op.add_column("predictions", sa.Column("slices", sa.Text(), nullable=False, server_default=empty))
    op.add_column("labels", sa.Column("waits_for", _short(64), nullable=False, server_default=empty))
    waiting = sa.text("waits_for <> ''")
    op.create_index(
        "ix_labels_waits_for", "labels", ["waits_for", "received_at"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.add_column("dirty", sa.Column("marks", sa.BigInteger(), nullable=False, server_default=sa.text("1")))
    op.create_table(
        "expired_labels",
        sa.Column("model", _short(64), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("model", name=op.f("pk_expired_labels")),
    )
    op.create_table(
        "outcomes",
        sa.Column("model", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("scored", sa.BigInteger(), nullable=False),
        sa.Column("labelled", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("model", "environment", "number", "day", name=op.f("pk_outcomes")),
    )
    _slice_readings()
    _make_days_again()


def _slice_readings() -> None:
    with op.batch_alter_table("readings", recreate="auto") as batch:
        batch.add_column(sa.Column("slice", _short(400), nullable=False, server_default=sa.text("''")))
        batch.drop_constraint("pk_readings", type_="primary")
        batch.create_primary_key(
            "pk_readings", ["model", "environment", "number", "aspect", "measure", "column", "start", "end", "slice"]
        )


def _make_days_again() -> None:
    """Every day that holds a prediction is read once more, so that its rows stand in `outcomes`."""
    op.execute(
        "INSERT INTO dirty (model, environment, day) "
        "SELECT DISTINCT model, environment, event_at / 86400000000 * 86400000000 FROM predictions WHERE true "
        "ON CONFLICT (model, environment, day) DO NOTHING"
    )
