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
    #: A source that is late, empty or broken: whoever owns the source can mend it, and nobody else.
    FEED = "feed"
    #: A model that nobody asks any more, labels that stay away, or figures that are not made: nobody would see what is wrong.
    MONITOR = "monitor"


#: Who has to answer a finding.
DUTY_OF = {
    Kind.TECHNICAL: Duty.MONITOR_TECHNICAL,
    Kind.FUNCTIONAL: Duty.MONITOR_FUNCTIONAL,
    Kind.LIFETIME: Duty.RETIRE,
    Kind.FEED: Duty.MONITOR_TECHNICAL,
    Kind.MONITOR: Duty.MONITOR_TECHNICAL,
}


class Severity(StrEnum):
    """How loudly a finding is told. Inputs that only move are never more than a notice."""

    #: Written down, for whoever looks.
    NOTE = "note"
    #: Told in working hours; nobody is woken, and nothing escalates.
    NOTICE = "notice"
    #: Told at once, and to the deputy if nobody has it in time.
    PAGE = "page"


#: The measure of a finding about a version whose processes ended so often that it is not started any more.
QUARANTINE = "quarantine"
#: The measure of a finding about an environment that answers nobody; it is one incident for all its models.
OUTAGE = "unavailable"


#: Movement with less impact than this is harmless: at the limit, that of an input with a tenth of the largest importance.
MATTERS = 0.05


class Reading(Record, frozen=True):
    """One figure of one version in one window, as of the rows and labels known now."""

    model: str
    environment: str
    #: Number of the version.
    number: int
    #: `quality`, `estimate` for quality before its labels are there, `calibration` for what scores mean beside what they meant,
    #: `drift` or, for empty values, `completeness`.
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
    #: How many false alarms a month are expected of the alarm that this figure belongs to: that of calibration, or that of all
    #: inputs of the model together.
    false_alarms: float | None = None
    #: What this movement can do to the answers, from 0 to 1: the importance of the input, in parts of the largest, times
    #: s / (1 + s) for a value of s times its limit.
    impact: float = 0.0
    #: `column=value` for the rows of one slice; empty for all rows.
    slice: str = ""
    #: How often a later look, with rows or labels that came late, changed this figure.
    restated: int = 0
    #: What was looked at of the values of the column, where it was not the values themselves: `length`, `hour`.
    form: str = ""

    @property
    def subject(self) -> str:
        """The column, and what was looked at of its values."""
        return f"{self.column} ({self.form})" if self.form else self.column

    @property
    def matters(self) -> bool:
        """Whether the movement of an input can do something to the answers; less is harmless."""
        return self.impact >= MATTERS


class Rule(Record, frozen=True):
    """The rule of another monitoring system that says so."""

    name: str
    #: Where that system shows it, an address of the web; empty where it tells none.
    link: str = ""
    #: Whether it is about everything that answers in the environment, and not about one model.
    everywhere: bool = False


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
    severity: Severity = Severity.PAGE
    #: The input it is about; empty for the model as a whole.
    column: str = ""
    #: The source that is at fault as far as is known; findings of one source are one incident.
    source: str = ""
    #: Whose rule it is, where another monitoring system found it.
    rule: Rule | None = None
    #: The run of a job or the training that failed, such as `J-7`; empty for what is about answers.
    run: str = ""

    @property
    def fix(self) -> str:
        """The command that writes down what is kept of a failed run of a job; empty for everything else."""
        return f"lamp jobs fix {self.run}" if self.run and is_of_job(self.measure) else ""


#: In front of the name of a job in a measure, and the measure of trainings.
JOB, TRAINING = "job-", "training"


def is_of_run(measure: str) -> bool:
    """Whether a measure is about runs of a job or trainings, and not about what callers are answered."""
    return measure == TRAINING or is_of_job(measure)


def is_of_job(measure: str) -> bool:
    """Whether a measure is about runs of a job: whoever reads its table feels that it was not written."""
    return measure.startswith(JOB)


class Look(Record, frozen=True):
    """One thing that is watched, as it stands."""

    model: str
    environment: str
    measure: str
    #: The source that it is about; empty for none.
    source: str = ""
    #: What is wrong, if anything is.
    finding: Finding | None = None
    #: What shows that nobody feels it any more; empty where nothing shows that.
    calm: str = ""
