"""What is wrong, and who is told."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint, text

from lamplighter.store.schema.columns import NAME, PARTY, body, metadata

incidents = Table(
    "incidents",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("measure", NAME, nullable=False),
    Column("cause", PARTY, nullable=False, server_default=text("''")),
    Column("opened_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    body(),
    Index(None, "model", "opened_at"),
)
#: One thing that is wrong is one incident, however often it is found and however many models have it.
Index("uq_incidents_open", incidents.c.cause, unique=True, sqlite_where=text("open"), postgresql_where=text("open"))

incident_models = Table(
    "incident_models",
    metadata,
    Column("model", NAME, nullable=False),
    Column("incident", NAME, nullable=False),
    PrimaryKeyConstraint("model", "incident"),
)

external_alerts = Table(
    "external_alerts",
    metadata,
    Column("fingerprint", NAME, primary_key=True),
    Column("heard_at", BigInteger, nullable=False),
    Column("fires", Boolean, nullable=False, index=True),
    body(),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("event", BigInteger, nullable=False),
    Column("channel", NAME, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False),
    body(),
    Index(None, "open", "due_at"),
    UniqueConstraint("event", "channel"),
)
