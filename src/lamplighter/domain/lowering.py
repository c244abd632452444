"""A change of a project that would lower the tier of its model: it holds once a second person agrees.

Law of change: a lowering is kept, so fields may be added with a default.
"""

from lamplighter.domain.criticality import Criticality, criticality_of
from lamplighter.domain.policy import Policy
from lamplighter.domain.project import Project
from lamplighter.domain.record import Record

#: The rule of a model whose questions nobody has answered yet; the strictest tier holds until somebody does.
UNANSWERED = "unanswered"


class Lowering(Record, frozen=True):
    """What would hold, who asked for it, and what was said to it."""

    #: Such as `L-3`.
    id: str
    model: str
    #: The project as it would be, and the digest of the one in force when this was asked for.
    project: Project
    base: str
    #: Tiers in force and after, and why the answers give the one after.
    before: str
    after: str
    why: str
    #: Who asked; anybody else who may accept versions decides.
    person: str
    #: Microseconds since the epoch, UTC.
    opened_at: int
    #: Who is told; empty if nobody is here who may decide.
    asked: str = ""
    decided_by: str = ""
    decided_at: int = 0
    agreed: bool = False
    #: What the second person wrote, or why it holds no more.
    reason: str = ""
    #: Grows with every write; a write that saw an older one is refused.
    revision: int = 0

    @property
    def open(self) -> bool:
        """Whether it waits."""
        return not self.decided_at

    @property
    def told(self) -> str:
        """In a sentence."""
        return f"{self.model} would fall from {self.before} to {self.after}. {self.why}"


def lowers(before: Project, after: Project, policy: Policy) -> tuple[Criticality, Criticality] | None:
    """What holds and what would hold, where that is a lower tier; nothing elsewhere."""
    now, then = criticality_of(before, policy), criticality_of(after, policy)
    return (now, then) if policy.rank(then.tier) < policy.rank(now.tier) else None
