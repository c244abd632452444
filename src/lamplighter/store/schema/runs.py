"""Runs of trainings and of jobs, and what trainings are not given."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, UniqueConstraint

from lamplighter.store.schema.columns import KEY, NAME, body, metadata

retrainings = Table(
    "retrainings",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    #: The trigger and its cause, so that it sets off one training; the id of one that somebody asked for.
    Column("fired", KEY, nullable=True),
    body(),
    Index(None, "model", "fired", unique=True),
)

quarantines = Table(
    "quarantines",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("cause", NAME, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    body(),
    UniqueConstraint("model", "cause"),
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
