"""What is live, how it came there, and what is tried out beside it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from lamplighter.store.schema.columns import DIGEST, NAME, body, metadata

rollouts = Table(
    "rollouts",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    body(),
    Index(None, "model", "opened_at"),
)
#: At most one open rollout for a model in an environment.
Index(
    "uq_rollouts_open",
    rollouts.c.model,
    rollouts.c.environment,
    unique=True,
    sqlite_where=text("open"),
    postgresql_where=text("open"),
)

emergencies = Table(
    "emergencies",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    body(),
    Index(None, "model", "opened_at"),
)

handovers = Table(
    "handovers",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False, index=True),
    Column("state", NAME, nullable=False, index=True),
    Column("opened_at", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    body(),
)
#: At most one handover of a model is open, and at most one in force.
for _state in ("open", "accepted"):
    Index(
        f"uq_handovers_{_state}",
        handovers.c.model,
        unique=True,
        sqlite_where=text(f"state = '{_state}'"),
        postgresql_where=text(f"state = '{_state}'"),
    )

routings = Table(
    "routings",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    body(),
    PrimaryKeyConstraint("model", "environment"),
)

replays = Table(
    "replays",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("environment", NAME, nullable=False),
    Column("version", DIGEST, nullable=False),
    Column("live", DIGEST, nullable=False),
    Column("open", Boolean, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    body(),
    UniqueConstraint("version", "live", "environment"),
)

challenges = Table(
    "challenges",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    body(),
)

tallies = Table(
    "tallies",
    metadata,
    Column("rollout", NAME, nullable=False),
    Column("step", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("latencies", Text, nullable=False),
    Column("scores", LargeBinary, nullable=False),
    PrimaryKeyConstraint("rollout", "step", "number"),
)
