"""The journal, and what the platform remembers of itself."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, text

from lamplighter.store.schema.columns import DIGEST, NAME, metadata

journal = Table(
    "journal",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", DIGEST, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("model", NAME, nullable=False),
    Column("name", NAME, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "model", "sequence"),
)

#: The head of the chain: one row, locked by whoever appends.
journal_head = Table(
    "journal_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", DIGEST, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", NAME, primary_key=True),
    Column("value", BigInteger, nullable=False, server_default=text("0")),
)

#: The last beat of each loop in the background.
heartbeats = Table("heartbeats", metadata, Column("loop", NAME, primary_key=True), Column("at", BigInteger, nullable=False))
