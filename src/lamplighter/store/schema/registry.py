"""Models, their versions, and what was found, decided and signed about them."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint

from lamplighter.store.schema.columns import DIGEST, NAME, PARTY, body, metadata

projects = Table("projects", metadata, Column("model", NAME, primary_key=True), body())

policies = Table("policies", metadata, Column("digest", DIGEST, primary_key=True), body())

rulebook_changes = Table(
    "rulebook_changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("digest", DIGEST, nullable=False),
    Column("at", BigInteger, nullable=False),
    body(),
)

environments = Table("environments", metadata, Column("name", NAME, primary_key=True), body())

versions = Table(
    "versions",
    metadata,
    Column("model", NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("digest", DIGEST, nullable=False),
    body(),
    PrimaryKeyConstraint("model", "number"),
    UniqueConstraint("model", "digest"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("version", DIGEST, nullable=False, index=True),
    Column("kind", NAME, nullable=False),
    Column("at", BigInteger, nullable=False),
    body(),
)

decisions = Table(
    "decisions",
    metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("environment", NAME, nullable=False),
    Column("at", BigInteger, nullable=False),
    body(),
    Index(None, "model", "at"),
)

signatures = Table(
    "signatures",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("model", NAME, nullable=False),
    Column("version", DIGEST, nullable=False, index=True),
    Column("environment", NAME, nullable=False),
    Column("at", BigInteger, nullable=False),
    body(),
)

consumers = Table("consumers", metadata, Column("name", NAME, primary_key=True), body())

case_words = Table(
    "case_words",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("model", NAME, nullable=False),
    Column("version", DIGEST, nullable=False, index=True),
    Column("environment", NAME, nullable=False),
    Column("at", BigInteger, nullable=False),
    body(),
)

blind_tests = Table(
    "blind_tests",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("version", DIGEST, nullable=False, index=True),
    Column("environment", NAME, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    body(),
)

blind_answers = Table(
    "blind_answers",
    metadata,
    Column("test", NAME, primary_key=True),
    Column("case", NAME, primary_key=True),
    Column("at", BigInteger, nullable=False),
    body(),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("version", DIGEST, nullable=False, index=True),
    Column("environment", NAME, nullable=False),
    Column("secret", DIGEST, nullable=False, unique=True),
    Column("opened_at", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    body(),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("model", NAME, nullable=False),
    Column("version", DIGEST, nullable=False, index=True),
    Column("environment", NAME, nullable=False),
    Column("consumer", PARTY, nullable=False),
    Column("at", BigInteger, nullable=False),
    body(),
)

spot_checks = Table(
    "spot_checks",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("version", DIGEST, nullable=False, index=True),
    Column("environment", NAME, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    body(),
    Index(None, "model", "opened_at"),
)

validation_findings = Table(
    "validation_findings",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    body(),
    Index(None, "model", "opened_at"),
)

validation_words = Table(
    "validation_words",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("model", NAME, nullable=False),
    Column("version", DIGEST, nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    body(),
)

waivers = Table(
    "waivers",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("version", DIGEST, nullable=False, index=True),
    Column("environment", NAME, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    body(),
    Index(None, "model", "opened_at"),
)

advisories = Table(
    "advisories",
    metadata,
    Column("package", PARTY, nullable=False),
    Column("id", NAME, nullable=False),
    body(),
    PrimaryKeyConstraint("package", "id"),
)

advisory_loads = Table("advisory_loads", metadata, Column("at", BigInteger, primary_key=True, autoincrement=False), body())

lowerings = Table(
    "lowerings",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    body(),
)

retirements = Table(
    "retirements",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("model", NAME, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False, index=True),
    Column("holds", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    body(),
    Index(None, "model", "opened_at"),
)
