"""What data scientists track. Moments in these tables are milliseconds, as the clients of MLflow tell and compare them."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, PrimaryKeyConstraint, Table, Text

from lamplighter.store.schema.columns import DIGEST, KEY, NAME, PARTY, TITLE, body, metadata

experiments = Table(
    "experiments",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("name", TITLE, nullable=False, unique=True),
    Column("stage", NAME, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    body(),
)

runs = Table(
    "runs",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("experiment", NAME, nullable=False),
    Column("name", TITLE, nullable=False),
    Column("user", PARTY, nullable=False),
    Column("status", NAME, nullable=False),
    Column("stage", NAME, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger, nullable=False),
    body(),
    Index(None, "experiment", "started_at"),
)

run_params = Table(
    "run_params",
    metadata,
    Column("run", NAME, nullable=False),
    Column("key", KEY, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("run", "key"),
)

run_tags = Table(
    "run_tags",
    metadata,
    Column("run", NAME, nullable=False),
    Column("key", KEY, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("run", "key"),
)

#: Every value that was logged. What is no number is 0 in `value` and told by `nan`: databases differ about it.
run_metrics = Table(
    "run_metrics",
    metadata,
    Column("run", NAME, nullable=False),
    Column("key", KEY, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("value", Float(53), nullable=False),
    Column("nan", Boolean, nullable=False),
    PrimaryKeyConstraint("run", "key", "step", "at", "value", "nan"),
)

#: The value of each metric with the highest step.
newest_metrics = Table(
    "newest_metrics",
    metadata,
    Column("run", NAME, nullable=False),
    Column("key", KEY, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("value", Float(53), nullable=False),
    Column("nan", Boolean, nullable=False),
    PrimaryKeyConstraint("run", "key"),
)

#: Files of clients. Their bytes are kept under their digest; the path is a name and nothing more.
tracked_files = Table(
    "tracked_files",
    metadata,
    Column("root", NAME, nullable=False),
    Column("path", TITLE, nullable=False),
    Column("digest", DIGEST, nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    PrimaryKeyConstraint("root", "path"),
)

logged_models = Table(
    "logged_models",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("experiment", NAME, nullable=False),
    Column("run", NAME, nullable=False, index=True),
    Column("name", TITLE, nullable=False),
    Column("kind", KEY, nullable=False),
    Column("status", NAME, nullable=False),
    Column("stage", NAME, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    body(),
    Index(None, "experiment", "created_at"),
)

registered_models = Table(
    "registered_models",
    metadata,
    Column("name", TITLE, primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    body(),
)

candidates = Table(
    "candidates",
    metadata,
    Column("name", TITLE, nullable=False),
    Column("number", Integer, nullable=False),
    Column("root", NAME, nullable=False),
    Column("run", NAME, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    body(),
    PrimaryKeyConstraint("name", "number"),
)
