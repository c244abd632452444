"""What a drill of an outage has shown."""

from lamplighter.domain.outage import Fallback
from lamplighter.domain.record import Record

#: The kind of evidence that a drill is.
KIND = "outage-drill"


class OutageDrill(Record, frozen=True):
    """Requests that were answered as in an outage, beside ordinary ones that were not. Kept as evidence."""

    environment: str
    #: What the route declared: the drill was held against this.
    answer: Fallback
    #: Requests that asked for the answer of an outage.
    requests: int
    #: Those that were answered as declared.
    kept: int
    #: Ordinary requests, sent in between.
    ordinary: int
    #: Those of them that the version answered itself.
    untouched: int
    #: Scores that were given in place of the version's, each once.
    scores: tuple[float, ...]
    #: The longest that a request in the drill took, seconds.
    slowest: float
    #: Why a request was not answered as declared; empty if all were.
    why: str = ""

    @property
    def passed(self) -> bool:
        """Whether every request was answered as it should have been."""
        return self.kept == self.requests > 0 and self.untouched == self.ordinary > 0
