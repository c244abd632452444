"""Every table, in the file of what it is about. Columns are what queries ask for; the whole record stands in `body` as JSON.

Times are integers, microseconds since the epoch, UTC. Text compares by bytes on both databases.
"""

from lamplighter.store.schema.columns import metadata
from lamplighter.store.schema.figures import calibrations, dirty, inputs, outcomes, profiles, readings
from lamplighter.store.schema.incidents import external_alerts, incident_models, incidents, notices
from lamplighter.store.schema.journal import counters, heartbeats, journal, journal_head
from lamplighter.store.schema.people import credentials, people, teams
from lamplighter.store.schema.registry import (
    case_words,
    consents,
    consumers,
    decisions,
    environments,
    evidence,
    policies,
    projects,
    rulebook_changes,
    signatures,
    validation_findings,
    validation_words,
    versions,
    waivers,
)
from lamplighter.store.schema.rollouts import challenges, emergencies, handovers, replays, rollouts, routings, tallies
from lamplighter.store.schema.rows import (
    answered_rows,
    closed_days,
    expired_labels,
    failures,
    label_heads,
    labels,
    payloads,
    predictions,
    segments,
)
from lamplighter.store.schema.runs import job_runs, retrainings
from lamplighter.store.schema.tracking import experiments, newest_metrics, run_metrics, run_params, run_tags, runs
from lamplighter.store.schema.traffic import arrivals, caller_hours, callers, hours, refusals, traffic, version_hours

__all__ = (
    "answered_rows",
    "arrivals",
    "calibrations",
    "caller_hours",
    "callers",
    "case_words",
    "challenges",
    "closed_days",
    "consents",
    "consumers",
    "counters",
    "credentials",
    "decisions",
    "dirty",
    "emergencies",
    "environments",
    "evidence",
    "experiments",
    "expired_labels",
    "external_alerts",
    "failures",
    "handovers",
    "heartbeats",
    "hours",
    "incident_models",
    "incidents",
    "inputs",
    "job_runs",
    "journal",
    "journal_head",
    "label_heads",
    "labels",
    "metadata",
    "newest_metrics",
    "notices",
    "outcomes",
    "payloads",
    "people",
    "policies",
    "predictions",
    "profiles",
    "projects",
    "readings",
    "refusals",
    "replays",
    "retrainings",
    "rollouts",
    "routings",
    "rulebook_changes",
    "run_metrics",
    "run_params",
    "run_tags",
    "runs",
    "segments",
    "signatures",
    "tallies",
    "teams",
    "traffic",
    "validation_findings",
    "validation_words",
    "version_hours",
    "versions",
    "waivers",
)
