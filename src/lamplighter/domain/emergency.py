"""One person brings a version live although the calendar or missing words hold it. Somebody else looks at it afterwards."""

from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Record

#: How long an emergency opens the way, microseconds. What began in that time goes on under its guards.
GRANTED = 3_600_000_000
#: Gates that it passes, beside the calendar.
PASSED = frozenset({"acceptance", "review"})
#: Characters that are kept of what people write.
_WORDS = 2000


class Emergency(Record, frozen=True):
    """What one person passed, why, and what became of it when another one looked."""

    #: Such as `E-3`.
    id: str
    model: str
    environment: str
    #: Number and digest of the version.
    number: int
    version: str
    #: Who registered the version, and who declared the emergency; neither reviews it.
    author: str
    person: str
    why: str
    #: What stood in the way, such as `freeze year-end` or `acceptance`.
    passed: tuple[str, ...]
    #: When it was declared, when it no longer opens the way, and when the review is due; microseconds since the epoch, UTC.
    opened_at: int
    until: int
    due_at: int
    #: Who is asked for the review; empty where nobody who may is here.
    owner: str = ""
    rollout: str = ""
    #: Whether the owner was told that the review is overdue.
    reminded: bool = False
    #: Who reviewed it, when and with which words; 0 and empty until then.
    reviewed_by: str = ""
    reviewed_at: int = 0
    note: str = ""
    #: Grows with every write; a write that saw an older one is refused.
    revision: int = 0

    @property
    def open(self) -> bool:
        """Whether nobody has reviewed it."""
        return not self.reviewed_at


def words(text: str, fix: str) -> str:
    """What somebody writes of an emergency, cut to its most; raises `Invalid` for nothing."""
    if not text.strip():
        raise Invalid("An emergency takes words.", why="Whoever looks at it later reads why.", fix=fix, code="E1144")
    return text.strip()[:_WORDS]
