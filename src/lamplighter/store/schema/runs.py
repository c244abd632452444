"""Runs of trainings and of jobs."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, UniqueConstraint

from lamplighter.store.schema.columns import NAME, body, metadata

retrainings = Table(
    "retrainings",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    body(),
)

job_runs = Table(
    "job_runs",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("job", NAME, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    body(),
    UniqueConstraint("model", "job", "due_at"),
)
