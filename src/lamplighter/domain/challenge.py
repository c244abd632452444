"""Champion against challenger on the same rows: a trial with an end, and a decision that is a statistic."""

from enum import StrEnum

from lamplighter.domain.record import Record

#: The kind of evidence that a decided trial was before selections were signed; nobody brings it, and no gate rests on it.
KIND = "challenge"


class Verdict(StrEnum):
    """How a trial ended."""

    #: Rows with labels are still coming in.
    RUNNING = "running"
    #: The challenger is better beyond the margin.
    CHALLENGER_WINS = "challenger-wins"
    #: It is not.
    CHAMPION_STAYS = "champion-stays"
    #: Nothing can be said: too few rows or days, or a difference that chance explains.
    NOT_ENOUGH_EVIDENCE = "not-enough-evidence"


class Choice(StrEnum):
    """What a selection says."""

    #: The challenger is better by the margin and keeps to every guardrail: it may take the champion's place.
    SWAP = "swap"
    #: The champion stays: the challenger is not better, or it breaks a guardrail.
    KEEP = "keep"
    #: Chance explains what was seen, or there is too little of it. Never a swap.
    UNDECIDED = "undecided"


class Challenge(Record, frozen=True):
    """One trial. Both versions score the same requests; only the champion answers."""

    #: Such as `C-4`.
    id: str
    model: str
    environment: str
    #: Numbers of the versions.
    champion: int
    challenger: int
    #: The figure that decides, such as `brier`.
    metric: str
    #: The window in event time, microseconds since the epoch, half open; an end of 0 means until it is decided.
    start: int = 0
    end: int = 0
    #: Fewer rows with labels than this decide nothing.
    least_rows: int = 1000
    verdict: Verdict = Verdict.RUNNING
    #: Figures of both and the paired difference, challenger minus champion, with its 95 % interval.
    champion_value: float = 0.0
    challenger_value: float = 0.0
    difference: float = 0.0
    low: float = 0.0
    high: float = 0.0
    rows: int = 0
    #: The verdict in a sentence; while it runs, what it lacks for one.
    why: str = ""
    #: Microseconds since the epoch, UTC.
    opened_at: int = 0
    decided_at: int = 0
    revision: int = 0
    #: What was selected, and the digest of the evidence that holds the signed selection; nothing while it runs.
    choice: Choice | None = None
    selection: str = ""
    #: Which look at its pair of versions it was, from 1; 0 if there were too few rows for one.
    look: int = 0

    @property
    def has_interval(self) -> bool:
        """Whether the figures were compared; without that they are 0."""
        return self.low < self.high
