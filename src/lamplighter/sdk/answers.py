"""What verbs take and answer with that is a noun of no other place."""

from collections.abc import Mapping
from typing import Any

from lamplighter.domain.decision import Decision
from lamplighter.domain.emergency import Emergency
from lamplighter.domain.recalibration import Recalibration
from lamplighter.domain.record import Record
from lamplighter.domain.retuning import Retuning
from lamplighter.domain.rollout import Rollout
from lamplighter.domain.tracking.candidate import Candidate
from lamplighter.domain.version import Version


class Secret(Record, frozen=True):
    """A secret, shown once."""

    secret: str
    #: Microseconds since the epoch, UTC.
    expires_at: int


class HeldToken(Record, frozen=True):
    """A token that somebody holds; nobody has the token itself any more but who was given it."""

    #: The first 12 digits of its SHA-256.
    key: str
    email: str
    #: What it is for, or the machine that it was made for.
    label: str
    #: Microseconds since the epoch, UTC.
    created_at: int
    expires_at: int
    #: Whether it is the one with which this is asked.
    current: bool


class Facts(Record, frozen=True):
    """Evidence as it is brought."""

    kind: str
    facts: Mapping[str, Any]


class Label(Record, frozen=True):
    """What really happened to one prediction."""

    #: Prediction id: `<request>.<row>`, or the id that was pushed.
    id: str
    #: 0 or 1 for a class, else a number.
    value: float
    #: A later truth has a higher revision; the highest wins.
    revision: int = 0


class Deployed(Record, frozen=True):
    """The answer to a deployment: what the gates said, and the rollout if they did not refuse."""

    decision: Decision
    rollout: Rollout | None
    #: The emergency, where one was declared.
    emergency: Emergency | None = None


class RolledBack(Record, frozen=True):
    """The answer to a rollback."""

    model: str
    environment: str
    #: The number that answered before, and the one that answers now.
    before: int
    now: int
    #: From the command until every worker answers by the new route.
    seconds: float


class Figures(Record, frozen=True):
    """Exact figures of one version on the labelled rows of a window of event time."""

    number: int
    start: int
    end: int
    #: Scored rows that have a label.
    rows: int
    #: By name: auc, brier, log_loss, precision, recall, rate, mean_score.
    values: Mapping[str, float]
    #: Ends of the 95 % intervals, where there is one.
    low: Mapping[str, float]
    high: Mapping[str, float]


class CandidateFiles(Record, frozen=True):
    """A version in the registry of MLflow, and what it holds."""

    candidate: Candidate
    #: Digests of its files by path.
    files: Mapping[str, str]


class Retuned(Record, frozen=True):
    """A version with another threshold, and what that turns."""

    version: Version
    retuning: Retuning


class Recalibrated(Record, frozen=True):
    """A version with another calibration, and what that changes."""

    version: Version
    recalibration: Recalibration
