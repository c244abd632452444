"""People, teams, and what they sign in with."""

from sqlalchemy import BigInteger, Column, Integer, Table

from lamplighter.store.schema.columns import DIGEST, NAME, PARTY, body, metadata

people = Table("people", metadata, Column("email", PARTY, primary_key=True), body())

teams = Table("teams", metadata, Column("name", PARTY, primary_key=True), body())

bindings = Table(
    "bindings",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("email", PARTY, nullable=False, unique=True),
    body(),
)

credentials = Table(
    "credentials",
    metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("email", PARTY, nullable=False, index=True),
    Column("purpose", NAME, nullable=False),
    body(),
)

device_sign_ins = Table(
    "device_sign_ins",
    metadata,
    Column("id", DIGEST, primary_key=True),
    Column("user_code", DIGEST, nullable=False, unique=True),
    Column("email", PARTY, nullable=False),
    Column("standing", NAME, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    body(),
)
