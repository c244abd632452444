"""What monitoring found: readings by window, and findings where a limit was crossed."""

from enum import StrEnum

from lamplighter.domain.record import Record
from lamplighter.domain.stage import Duty


class Kind(StrEnum):
    """What a finding is about; decides whose duty it is."""

    #: Errors, slowness, outages.
    TECHNICAL = "technical"
    #: Drift, lost quality.
    FUNCTIONAL = "functional"
    #: A version that grows too old.
    LIFETIME = "lifetime"


#: Who has to answer a finding.
DUTY_OF = {
    Kind.TECHNICAL: Duty.MONITOR_TECHNICAL,
    Kind.FUNCTIONAL: Duty.MONITOR_FUNCTIONAL,
    Kind.LIFETIME: Duty.RETIRE,
}


#: The measure of a finding about a version whose processes ended so often that it is not started any more.
QUARANTINE = "quarantine"


class Reading(Record, frozen=True):
    """One figure of one version in one window, as of the rows and labels known now."""

    model: str
    environment: str
    #: Number of the version.
    number: int
    #: `quality`, `estimate` for quality before its labels are there, `drift` or, for empty values, `completeness`.
    aspect: str
    #: Name of the measure, such as `brier`, `auc`, `jensen_shannon`, `failures`, `p95`.
    measure: str
    #: The column, for drift.
    column: str
    #: The window in event time, microseconds since the epoch, half open.
    start: int
    end: int
    value: float
    #: Ends of the 95 % interval; the value itself where there is none.
    low: float
    high: float
    #: Rows or requests it rests on.
    count: int
    #: The limit it was held against.
    limit: float | None = None
    crossed: bool = False


class Finding(Record, frozen=True):
    """A limit was crossed, with enough evidence."""

    model: str
    environment: str
    number: int
    kind: Kind
    #: The measure, such as `brier`, `failures` or `latency`.
    measure: str
    value: float
    limit: float
    #: One sentence that needs no ML words for technical findings.
    sentence: str
    #: Window in event time.
    start: int
    end: int
    #: Rows scored by the platform for this model and environment when it was found.
    after_rows: int
