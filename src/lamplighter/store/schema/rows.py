"""Scored rows, how far the segments they come from were read, and what came true."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text, text

from lamplighter.store.schema.columns import NAME, PARTY, ROW, metadata

segments = Table(
    "segments",
    metadata,
    Column("environment", NAME, nullable=False),
    Column("name", PARTY, nullable=False),
    Column("position", BigInteger, nullable=False),
    PrimaryKeyConstraint("environment", "name"),
)

predictions = Table(
    "predictions",
    metadata,
    Column("id", ROW, nullable=False),
    Column("number", Integer, nullable=False),
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("arm", NAME, nullable=False),
    Column("event_at", BigInteger, nullable=False),
    Column("score", Float(53), nullable=False),
    #: Values of the inputs that the model is sliced by, as JSON; empty for none.
    Column("slices", Text, nullable=False, server_default=text("''")),
    #: When it was answered, or brought by whoever has it; 0 if that is not known.
    Column("answered_at", BigInteger, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("id", "number"),
    Index(None, "model", "environment", "number", "event_at"),
    #: What is old enough to go.
    Index(None, "model", "answered_at"),
)

labels = Table(
    "labels",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("value", Float(53), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    #: The model that it was sent for, as long as its prediction is not there.
    Column("waits_for", NAME, nullable=False, server_default=text("''")),
    Index(
        "ix_labels_waits_for",
        "waits_for",
        "received_at",
        sqlite_where=text("waits_for <> ''"),
        postgresql_where=text("waits_for <> ''"),
    ),
)

#: Event time of the newest row of a model whose label is known.
label_heads = Table(
    "label_heads",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("event_at", BigInteger, nullable=False),
    #: When that became known; 0 if that is not known.
    Column("advanced_at", BigInteger, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("model", "environment"),
)

#: Labels that waited in vain for their prediction.
expired_labels = Table(
    "expired_labels",
    metadata,
    Column("model", NAME, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

#: Rows that versions have answered with, over their whole life. To count them would read every row there is.
answered_rows = Table(
    "answered_rows",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("count", BigInteger, nullable=False),
    PrimaryKeyConstraint("model", "environment", "number"),
)

#: Days of versions whose rows go away.
closed_days = Table(
    "closed_days",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("closed_at", BigInteger, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("scored", BigInteger, nullable=False),
    Column("known", BigInteger, nullable=False),
    Column("there", BigInteger, nullable=False),
    Column("said", BigInteger, nullable=False),
    Column("found", BigInteger, nullable=False),
    Column("distance", Float(53), nullable=False),
    PrimaryKeyConstraint("model", "environment", "number", "day"),
)

#: Pushed predictions that have no score.
failures = Table(
    "failures",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("received_at", BigInteger, nullable=False),
)

#: Halves of requests that wait for the other half: what a logger sends of the request and of the response.
payloads = Table(
    "payloads",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("id", PARTY, nullable=False),
    Column("half", NAME, nullable=False),
    Column("received_at", BigInteger, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("model", "environment", "id", "half"),
)
