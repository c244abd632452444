"""Requests: how many, how long they took, who sent them, and when data came from sources."""

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, Table, Text, text

from lamplighter.store.schema.columns import NAME, PARTY, body, metadata

traffic = Table(
    "traffic",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("arm", NAME, nullable=False),
    Column("second", BigInteger, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("crowded", Integer, nullable=False, server_default=text("0")),
    Column("latencies", Text, nullable=False),
    PrimaryKeyConstraint("model", "environment", "number", "arm", "second"),
    Index(None, "model", "environment", "second"),
)

#: The same by hour: a day of a thousand models is a few rows each.
hours = Table(
    "hours",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("arm", NAME, nullable=False),
    Column("second", BigInteger, nullable=False),
    Column("requests", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("failures", BigInteger, nullable=False),
    Column("crowded", BigInteger, nullable=False, server_default=text("0")),
    Column("latencies", Text, nullable=False),
    PrimaryKeyConstraint("model", "environment", "number", "arm", "second"),
    Index(None, "model", "second"),
)

callers = Table(
    "callers",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("consumer", PARTY, nullable=False),
    Column("requests", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("model", "environment", "consumer"),
)

#: What each consumer felt, by hour.
caller_hours = Table(
    "caller_hours",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("consumer", PARTY, nullable=False),
    Column("second", BigInteger, nullable=False, index=True),
    Column("requests", BigInteger, nullable=False),
    Column("failures", BigInteger, nullable=False),
    Column("latencies", Text, nullable=False),
    PrimaryKeyConstraint("model", "environment", "consumer", "second"),
)

#: What each version did for each consumer, by hour.
version_hours = Table(
    "version_hours",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("consumer", PARTY, nullable=False),
    Column("number", Integer, nullable=False),
    Column("arm", NAME, nullable=False),
    Column("second", BigInteger, nullable=False, index=True),
    Column("requests", BigInteger, nullable=False),
    Column("failures", BigInteger, nullable=False),
    Column("latencies", Text, nullable=False),
    PrimaryKeyConstraint("model", "environment", "consumer", "number", "arm", "second"),
)

#: Counters of refused requests as each process last told them in an hour.
refusals = Table(
    "refusals",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("consumer", PARTY, nullable=False),
    Column("status", NAME, nullable=False),
    Column("process", NAME, nullable=False),
    Column("second", BigInteger, nullable=False, index=True),
    Column("requests", BigInteger, nullable=False),
    PrimaryKeyConstraint("model", "environment", "consumer", "status", "process", "second"),
)

arrivals = Table(
    "arrivals",
    metadata,
    Column("source", PARTY, nullable=False),
    Column("arrived_at", BigInteger, nullable=False),
    body(),
    PrimaryKeyConstraint("source", "arrived_at"),
)
