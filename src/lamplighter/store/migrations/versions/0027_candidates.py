"""Files, logged models and candidates, as clients of MLflow bring them."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def _short(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "tracked_files",
        sa.Column("root", _short(64), nullable=False),
        sa.Column("path", _short(500), nullable=False),
        sa.Column("digest", _short(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("root", "path", name=op.f("pk_tracked_files")),
    )
    op.create_index(op.f("ix_tracked_files_digest"), "tracked_files", ["digest"])
    op.create_table(
        "logged_models",
        sa.Column("id", _short(64), nullable=False),
        sa.Column("experiment", _short(64), nullable=False),
        sa.Column("run", _short(64), nullable=False),
        sa.Column("name", _short(500), nullable=False),
        sa.Column("kind", _short(250), nullable=False),
        sa.Column("status", _short(64), nullable=False),
        sa.Column("stage", _short(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logged_models")),
    )
    op.create_index(op.f("ix_logged_models_run"), "logged_models", ["run"])
    op.create_index(op.f("ix_logged_models_experiment_created_at"), "logged_models", ["experiment", "created_at"])
    op.create_table(
        "registered_models",
        sa.Column("name", _short(500), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_registered_models")),
    )
    op.create_table(
        "candidates",
        sa.Column("name", _short(500), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("root", _short(64), nullable=False),
        sa.Column("run", _short(64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", "number", name=op.f("pk_candidates")),
    )
    op.create_index(op.f("ix_candidates_run"), "candidates", ["run"])
