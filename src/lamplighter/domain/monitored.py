"""What is drawn of one model that is watched."""

from lamplighter.domain.monitor import Reading
from lamplighter.domain.record import Record


class Hour(Record, frozen=True):
    """What callers felt in one hour."""

    #: Its beginning, microseconds since the epoch.
    at: int
    requests: int
    failures: int
    #: Percentiles of the time a version took, milliseconds; nothing where no time is known.
    p50_ms: float | None
    p95_ms: float | None


class Release(Record, frozen=True):
    """A version that took all traffic."""

    at: int
    number: int
    #: Number of the version before; 0 for none.
    before: int
    #: Whether it was a way back.
    back: bool


class Promise(Record, frozen=True):
    """Rows with about the same score: what was said of them, and how many came true."""

    said: float
    came: float
    #: Ends of the 95 % interval of `came`.
    low: float
    high: float
    rows: int


class Monitored(Record, frozen=True):
    """Everything that the page of the monitors draws."""

    model: str
    #: The most protected environment in which it is live; empty for none.
    environment: str
    #: Number of the version that answers there; 0 for none.
    number: int
    hours: tuple[Hour, ...] = ()
    #: Oldest first.
    releases: tuple[Release, ...] = ()
    #: Measured and estimated quality of all versions, oldest first: windows that do not overlap, the newest ones.
    quality: tuple[Reading, ...] = ()
    #: Inputs and predictions in the newest window of the version that answers.
    inputs: tuple[Reading, ...] = ()
    #: Measured quality of the parts of the rows, in the newest window of the version that answers.
    slices: tuple[Reading, ...] = ()
    #: The newest window of measured quality, by score.
    promises: tuple[Promise, ...] = ()
    #: How far the scores of the version that answers mean something else than before, in the newest window; nothing for what is
    #: no probability.
    calibration: Reading | None = None
    #: The newest day of event time of which rows are not kept any more, so that its figures stay as they are; 0 for none.
    closed: int = 0
