"""Every table. Columns are what queries ask for; the whole record stands in `body` as JSON.

Times are integers, microseconds since the epoch, UTC. Text compares by bytes on both databases.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

#: Names of constraints, so that migrations can speak of them on both databases.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _short(length: int) -> TypeEngine[str]:
    """A text that compares by bytes, whatever the database was made with."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


_NAME = _short(64)
_PARTY = _short(200)
_DIGEST = _short(64)
_ROW = _short(80)
_SLICE = _short(400)


def _body() -> Column[str]:
    return Column("body", Text, nullable=False)


projects = Table("projects", metadata, Column("model", _NAME, primary_key=True), _body())
policies = Table("policies", metadata, Column("digest", _DIGEST, primary_key=True), _body())
environments = Table("environments", metadata, Column("name", _NAME, primary_key=True), _body())
people = Table("people", metadata, Column("email", _PARTY, primary_key=True), _body())
teams = Table("teams", metadata, Column("name", _PARTY, primary_key=True), _body())

credentials = Table(
    "credentials",
    metadata,
    Column("digest", _DIGEST, primary_key=True),
    Column("email", _PARTY, nullable=False, index=True),
    Column("purpose", _NAME, nullable=False),
    _body(),
)

versions = Table(
    "versions",
    metadata,
    Column("model", _NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("digest", _DIGEST, nullable=False),
    _body(),
    PrimaryKeyConstraint("model", "number"),
    UniqueConstraint("model", "digest"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("digest", _DIGEST, primary_key=True),
    Column("version", _DIGEST, nullable=False, index=True),
    Column("kind", _NAME, nullable=False),
    Column("at", BigInteger, nullable=False),
    _body(),
)

decisions = Table(
    "decisions",
    metadata,
    Column("digest", _DIGEST, primary_key=True),
    Column("model", _NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("at", BigInteger, nullable=False),
    _body(),
    Index(None, "model", "at"),
)

signatures = Table(
    "signatures",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("model", _NAME, nullable=False),
    Column("version", _DIGEST, nullable=False, index=True),
    Column("environment", _NAME, nullable=False),
    Column("at", BigInteger, nullable=False),
    _body(),
)

consumers = Table("consumers", metadata, Column("name", _NAME, primary_key=True), _body())

consents = Table(
    "consents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("model", _NAME, nullable=False),
    Column("version", _DIGEST, nullable=False, index=True),
    Column("environment", _NAME, nullable=False),
    Column("consumer", _PARTY, nullable=False),
    Column("at", BigInteger, nullable=False),
    _body(),
)

replays = Table(
    "replays",
    metadata,
    Column("id", _NAME, primary_key=True),
    Column("environment", _NAME, nullable=False),
    Column("version", _DIGEST, nullable=False),
    Column("live", _DIGEST, nullable=False),
    Column("open", Boolean, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    _body(),
    UniqueConstraint("version", "live", "environment"),
)

rollouts = Table(
    "rollouts",
    metadata,
    Column("id", _NAME, primary_key=True),
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    _body(),
    Index(None, "model", "opened_at"),
)
#: At most one open rollout for a model in an environment.
Index(
    "uq_rollouts_open",
    rollouts.c.model,
    rollouts.c.environment,
    unique=True,
    sqlite_where=text("open"),
    postgresql_where=text("open"),
)

routings = Table(
    "routings",
    metadata,
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    _body(),
    PrimaryKeyConstraint("model", "environment"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", _NAME, primary_key=True),
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("measure", _NAME, nullable=False),
    Column("cause", _PARTY, nullable=False, server_default=text("''")),
    Column("opened_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    _body(),
    Index(None, "model", "opened_at"),
)
#: One thing that is wrong is one incident, however often it is found and however many models have it.
Index("uq_incidents_open", incidents.c.cause, unique=True, sqlite_where=text("open"), postgresql_where=text("open"))

incident_models = Table(
    "incident_models",
    metadata,
    Column("model", _NAME, nullable=False),
    Column("incident", _NAME, nullable=False),
    PrimaryKeyConstraint("model", "incident"),
)

retrainings = Table(
    "retrainings",
    metadata,
    Column("id", _NAME, primary_key=True),
    Column("model", _NAME, nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    _body(),
)

job_runs = Table(
    "job_runs",
    metadata,
    Column("id", _NAME, primary_key=True),
    Column("model", _NAME, nullable=False),
    Column("job", _NAME, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    _body(),
    UniqueConstraint("model", "job", "due_at"),
)

challenges = Table(
    "challenges",
    metadata,
    Column("id", _NAME, primary_key=True),
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    _body(),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("event", BigInteger, nullable=False),
    Column("channel", _NAME, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False),
    _body(),
    Index(None, "open", "due_at"),
    UniqueConstraint("event", "channel"),
)

segments = Table(
    "segments",
    metadata,
    Column("environment", _NAME, nullable=False),
    Column("name", _PARTY, nullable=False),
    Column("position", BigInteger, nullable=False),
    PrimaryKeyConstraint("environment", "name"),
)

predictions = Table(
    "predictions",
    metadata,
    Column("id", _ROW, nullable=False),
    Column("number", Integer, nullable=False),
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("arm", _NAME, nullable=False),
    Column("event_at", BigInteger, nullable=False),
    Column("score", Float(53), nullable=False),
    #: Values of the inputs that the model is sliced by, as JSON; empty for none.
    Column("slices", Text, nullable=False, server_default=text("''")),
    PrimaryKeyConstraint("id", "number"),
    Index(None, "model", "environment", "number", "event_at"),
)

labels = Table(
    "labels",
    metadata,
    Column("id", _ROW, primary_key=True),
    Column("value", Float(53), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    #: The model that it was sent for, as long as its prediction is not there.
    Column("waits_for", _NAME, nullable=False, server_default=text("''")),
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
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("event_at", BigInteger, nullable=False),
    #: When that became known; 0 if that is not known.
    Column("advanced_at", BigInteger, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("model", "environment"),
)

#: Pushed predictions that have no score.
failures = Table(
    "failures",
    metadata,
    Column("id", _ROW, primary_key=True),
    Column("received_at", BigInteger, nullable=False),
)

#: Halves of requests that wait for the other half: what a logger sends of the request and of the response.
payloads = Table(
    "payloads",
    metadata,
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("id", _PARTY, nullable=False),
    Column("half", _NAME, nullable=False),
    Column("received_at", BigInteger, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("model", "environment", "id", "half"),
)

traffic = Table(
    "traffic",
    metadata,
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("arm", _NAME, nullable=False),
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
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("arm", _NAME, nullable=False),
    Column("second", BigInteger, nullable=False),
    Column("requests", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("failures", BigInteger, nullable=False),
    Column("crowded", BigInteger, nullable=False, server_default=text("0")),
    Column("latencies", Text, nullable=False),
    PrimaryKeyConstraint("model", "environment", "number", "arm", "second"),
    Index(None, "model", "second"),
)

tallies = Table(
    "tallies",
    metadata,
    Column("rollout", _NAME, nullable=False),
    Column("step", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("latencies", Text, nullable=False),
    Column("scores", LargeBinary, nullable=False),
    PrimaryKeyConstraint("rollout", "step", "number"),
)

arrivals = Table(
    "arrivals",
    metadata,
    Column("source", _PARTY, nullable=False),
    Column("arrived_at", BigInteger, nullable=False),
    _body(),
    PrimaryKeyConstraint("source", "arrived_at"),
)

callers = Table(
    "callers",
    metadata,
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("consumer", _PARTY, nullable=False),
    Column("requests", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("model", "environment", "consumer"),
)

#: What each consumer felt, by hour.
caller_hours = Table(
    "caller_hours",
    metadata,
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("consumer", _PARTY, nullable=False),
    Column("second", BigInteger, nullable=False, index=True),
    Column("requests", BigInteger, nullable=False),
    Column("failures", BigInteger, nullable=False),
    Column("latencies", Text, nullable=False),
    PrimaryKeyConstraint("model", "environment", "consumer", "second"),
)

#: Counters of refused requests as each process last told them in an hour.
refusals = Table(
    "refusals",
    metadata,
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("consumer", _PARTY, nullable=False),
    Column("status", _NAME, nullable=False),
    Column("process", _NAME, nullable=False),
    Column("second", BigInteger, nullable=False, index=True),
    Column("requests", BigInteger, nullable=False),
    PrimaryKeyConstraint("model", "environment", "consumer", "status", "process", "second"),
)

profiles = Table(
    "profiles",
    metadata,
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("counts", LargeBinary, nullable=False),
    PrimaryKeyConstraint("model", "environment", "number", "day"),
)

readings = Table(
    "readings",
    metadata,
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("aspect", _NAME, nullable=False),
    Column("measure", _NAME, nullable=False),
    Column("column", _PARTY, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("slice", _SLICE, nullable=False, server_default=text("''")),
    _body(),
    PrimaryKeyConstraint("model", "environment", "number", "aspect", "measure", "column", "start", "end", "slice"),
    #: The newest window of an aspect, whatever its measures and columns.
    Index(None, "model", "environment", "number", "aspect", "end"),
    Index(None, "model", "environment", "aspect", "end"),
)

inputs = Table(
    "inputs",
    metadata,
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("number", Integer, nullable=False),
    _body(),
    PrimaryKeyConstraint("model", "environment", "number"),
)

dirty = Table(
    "dirty",
    metadata,
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("day", BigInteger, nullable=False),
    #: How often it was said; a day that was said again while its figures were made stays here.
    Column("marks", BigInteger, nullable=False, server_default=text("1")),
    #: Since when it waits; 0 if that is not known.
    Column("since", BigInteger, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("model", "environment", "day"),
)

#: Labels that waited in vain for their prediction.
expired_labels = Table(
    "expired_labels",
    metadata,
    Column("model", _NAME, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("model", _NAME, nullable=False),
    Column("environment", _NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("scored", BigInteger, nullable=False),
    Column("labelled", BigInteger, nullable=False),
    Column("rows", LargeBinary, nullable=False),
    PrimaryKeyConstraint("model", "environment", "number", "day"),
)

calibrations = Table(
    "calibrations",
    metadata,
    Column("place", _DIGEST, nullable=False),
    Column("power", Integer, nullable=False),
    _body(),
    PrimaryKeyConstraint("place", "power"),
)

#: The last beat of each loop in the background.
heartbeats = Table("heartbeats", metadata, Column("loop", _NAME, primary_key=True), Column("at", BigInteger, nullable=False))

journal = Table(
    "journal",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", _DIGEST, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("model", _NAME, nullable=False),
    Column("name", _NAME, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "model", "sequence"),
)

#: The head of the chain: one row, locked by whoever appends.
journal_head = Table(
    "journal_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", _DIGEST, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", _NAME, primary_key=True),
    Column("value", BigInteger, nullable=False, server_default=text("0")),
)
