"""A model that somebody has switched off in an environment: callers get what was declared for an outage, or are refused.

Law of change: fields may be added with a default.
"""

from lamplighter.domain.errors import Invalid
from lamplighter.domain.outage import Fallback
from lamplighter.domain.record import Record

#: How a refusal of a model that is switched off is recorded.
SWITCHED_OFF = "switched-off"
#: What may stand in for it. What it answered last may be just what it was switched off for.
STAND_INS = frozenset({Fallback.CONSTANT, Fallback.VERSION})
#: Characters that are kept of a reason.
_WORDS = 2000


class Off(Record, frozen=True):
    """Since when, by whom and why."""

    #: Microseconds since the epoch, UTC.
    at: int
    person: str
    reason: str


def instead(answer: Fallback) -> str:
    """What callers get meanwhile, by what the project declares for an outage."""
    if answer not in STAND_INS:
        return "requests are refused with 503"
    return "the declared number is given" if answer is Fallback.CONSTANT else "the version that is declared answers"


def words(reason: str) -> str:
    """The reason, cut to its most; raises `Invalid` for none."""
    if not reason.strip():
        raise Invalid(
            "Switching takes a reason.",
            why="Whoever is paged reads why, and so does whoever looks later.",
            fix='Add --reason "It warns of every flight."',
            code="E1647",
        )
    return reason.strip()[:_WORDS]
