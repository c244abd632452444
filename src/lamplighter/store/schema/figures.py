"""Counts by day, days of rows whose truth is known, and the figures made of both."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, text

from lamplighter.store.schema.columns import DIGEST, NAME, PARTY, SLICE, body, metadata

profiles = Table(
    "profiles",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("counts", LargeBinary, nullable=False),
    PrimaryKeyConstraint("model", "environment", "number", "day"),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("scored", BigInteger, nullable=False),
    Column("labelled", BigInteger, nullable=False),
    #: Of the labelled rows those that were answered with.
    Column("answered", BigInteger, nullable=False, server_default=text("0")),
    Column("rows", LargeBinary, nullable=False),
    PrimaryKeyConstraint("model", "environment", "number", "day"),
)

dirty = Table(
    "dirty",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("day", BigInteger, nullable=False),
    #: How often it was said; a day that was said again while its figures were made stays here.
    Column("marks", BigInteger, nullable=False, server_default=text("1")),
    #: Since when it waits; 0 if that is not known.
    Column("since", BigInteger, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("model", "environment", "day"),
)

readings = Table(
    "readings",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("aspect", NAME, nullable=False),
    Column("measure", NAME, nullable=False),
    Column("column", PARTY, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("slice", SLICE, nullable=False, server_default=text("''")),
    body(),
    PrimaryKeyConstraint("model", "environment", "number", "aspect", "measure", "column", "start", "end", "slice"),
    #: The newest window of an aspect, whatever its measures and columns.
    Index(None, "model", "environment", "number", "aspect", "end"),
    Index(None, "model", "environment", "aspect", "end"),
)

inputs = Table(
    "inputs",
    metadata,
    Column("model", NAME, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("number", Integer, nullable=False),
    body(),
    PrimaryKeyConstraint("model", "environment", "number"),
)

calibrations = Table(
    "calibrations",
    metadata,
    Column("place", DIGEST, nullable=False),
    Column("power", Integer, nullable=False),
    body(),
    PrimaryKeyConstraint("place", "power"),
)
