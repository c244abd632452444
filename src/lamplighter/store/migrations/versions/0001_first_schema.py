"""First schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _short(length: int) -> TypeEngine[str]:
    """A text that compares by bytes, whatever the database was made with."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "callers",
        sa.Column("model", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("consumer", _short(200), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("model", "environment", "consumer", name=op.f("pk_callers")),
    )
    op.create_table(
        "challenges",
        sa.Column("id", _short(64), nullable=False),
        sa.Column("model", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
    )
    op.create_table(
        "counters",
        sa.Column("name", _short(64), nullable=False),
        sa.Column("value", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "credentials",
        sa.Column("digest", _short(64), nullable=False),
        sa.Column("email", _short(200), nullable=False),
        sa.Column("purpose", _short(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_credentials")),
    )
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credentials_email"), ["email"], unique=False)

    op.create_table(
        "decisions",
        sa.Column("digest", _short(64), nullable=False),
        sa.Column("model", _short(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_decisions")),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decisions_model_at"), ["model", "at"], unique=False)

    op.create_table(
        "dirty",
        sa.Column("model", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("model", "environment", "day", name=op.f("pk_dirty")),
    )
    op.create_table(
        "environments",
        sa.Column("name", _short(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_environments")),
    )
    op.create_table(
        "evidence",
        sa.Column("digest", _short(64), nullable=False),
        sa.Column("version", _short(64), nullable=False),
        sa.Column("kind", _short(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_version"), ["version"], unique=False)

    op.create_table(
        "incidents",
        sa.Column("id", _short(64), nullable=False),
        sa.Column("model", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("measure", _short(64), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incidents_model_opened_at"), ["model", "opened_at"], unique=False)
        batch_op.create_index(
            "uq_incidents_open",
            ["model", "environment", "measure"],
            unique=True,
            sqlite_where=sa.text("open"),
            postgresql_where=sa.text("open"),
        )

    op.create_table(
        "journal",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", _short(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("model", _short(64), nullable=False),
        sa.Column("name", _short(64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_journal")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_model_sequence"), ["model", "sequence"], unique=False)

    op.create_table(
        "journal_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", _short(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_head")),
    )
    op.create_table(
        "labels",
        sa.Column("id", _short(80), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("channel", _short(64), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("event", "channel", name=op.f("uq_notices_event_channel")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_open_due_at"), ["open", "due_at"], unique=False)

    op.create_table(
        "people",
        sa.Column("email", _short(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_people")),
    )
    op.create_table(
        "policies",
        sa.Column("digest", _short(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_policies")),
    )
    op.create_table(
        "predictions",
        sa.Column("id", _short(80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("model", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("arm", _short(64), nullable=False),
        sa.Column("event_at", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("id", "number", name=op.f("pk_predictions")),
    )
    with op.batch_alter_table("predictions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_predictions_model_environment_number_event_at"),
            ["model", "environment", "number", "event_at"],
            unique=False,
        )

    op.create_table(
        "profiles",
        sa.Column("model", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("model", "environment", "number", "day", name=op.f("pk_profiles")),
    )
    op.create_table(
        "projects",
        sa.Column("model", _short(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("model", name=op.f("pk_projects")),
    )
    op.create_table(
        "readings",
        sa.Column("model", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("aspect", _short(64), nullable=False),
        sa.Column("measure", _short(64), nullable=False),
        sa.Column("column", _short(200), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "model", "environment", "number", "aspect", "measure", "column", "start", "end", name=op.f("pk_readings")
        ),
    )
    op.create_table(
        "retrainings",
        sa.Column("id", _short(64), nullable=False),
        sa.Column("model", _short(64), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retrainings")),
    )
    op.create_table(
        "rollouts",
        sa.Column("id", _short(64), nullable=False),
        sa.Column("model", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollouts")),
    )
    with op.batch_alter_table("rollouts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rollouts_model_opened_at"), ["model", "opened_at"], unique=False)
        batch_op.create_index(
            "uq_rollouts_open",
            ["model", "environment"],
            unique=True,
            sqlite_where=sa.text("open"),
            postgresql_where=sa.text("open"),
        )

    op.create_table(
        "routings",
        sa.Column("model", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("model", "environment", name=op.f("pk_routings")),
    )
    with op.batch_alter_table("routings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_routings_environment"), ["environment"], unique=False)

    op.create_table(
        "segments",
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("name", _short(200), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("environment", "name", name=op.f("pk_segments")),
    )
    op.create_table(
        "signatures",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("model", _short(64), nullable=False),
        sa.Column("version", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
    )
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signatures_version"), ["version"], unique=False)

    op.create_table(
        "teams",
        sa.Column("name", _short(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_teams")),
    )
    op.create_table(
        "traffic",
        sa.Column("model", _short(64), nullable=False),
        sa.Column("environment", _short(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("arm", _short(64), nullable=False),
        sa.Column("second", sa.BigInteger(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("latencies", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("model", "environment", "number", "arm", "second", name=op.f("pk_traffic")),
    )
    op.create_table(
        "versions",
        sa.Column("model", _short(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", _short(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("model", "number", name=op.f("pk_versions")),
        sa.UniqueConstraint("model", "digest", name=op.f("uq_versions_model_digest")),
    )
