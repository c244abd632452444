"""Incidents that many models have: one open for each cause, and the models of each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _short(length: int) -> TypeEngine[str]:
    """A text that compares by bytes, whatever the database was made with."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cause", _short(200), nullable=False, server_default=sa.text("''")))
    op.execute("UPDATE incidents SET cause = model || '/' || environment || '/' || measure")
    op.drop_index("uq_incidents_open", table_name="incidents")
    where = sa.text("open")
    op.create_index("uq_incidents_open", "incidents", ["cause"], unique=True, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "incident_models",
        sa.Column("model", _short(64), nullable=False),
        sa.Column("incident", _short(64), nullable=False),
        sa.PrimaryKeyConstraint("model", "incident", name=op.f("pk_incident_models")),
    )
    op.execute("INSERT INTO incident_models (model, incident) SELECT model, id FROM incidents")
