"""What data scientists track. Moments in these tables are milliseconds, as the clients of MLflow tell and compare them."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, PrimaryKeyConstraint, Table, Text

from lamplighter.store.schema.columns import KEY, NAME, PARTY, TITLE, body, metadata

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
