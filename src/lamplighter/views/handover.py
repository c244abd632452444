"""A handover as both sides see it, and what is due."""

from lamplighter.domain.duration import seconds
from lamplighter.domain.environment import Level
from lamplighter.domain.handover import STAGES, Check, Handover
from lamplighter.domain.load import Load
from lamplighter.domain.ownership import Ownership
from lamplighter.domain.project import Project
from lamplighter.domain.question import Question
from lamplighter.domain.record import Record
from lamplighter.domain.routing import Routing
from lamplighter.domain.stage import Duty


class HandoverView(Record, frozen=True):
    """One handover with everything that is known of it now."""

    handover: Handover
    checks: tuple[Check, ...]
    #: Who has which duty now.
    ownership: Ownership
    #: Who speaks for either side, in the order of call.
    givers: tuple[str, ...]
    receivers: tuple[str, ...]
    #: What the receiver carries with the model; after acceptance it is among what they have.
    load: Load
    #: What is asked of the giver before it is started.
    questions: tuple[Question, ...] = ()

    @property
    def held(self) -> int:
        """How many checks hold."""
        return sum(check.passed for check in self.checks)

    @property
    def filled(self) -> tuple[int, int]:
        """Of the lines that the receiver reads, those that the platform filled in by itself, and all."""
        total = sum(len(check.facts) for check in self.checks) + len(self.handover.conditions)
        return total - len(self.handover.answers), total

    @property
    def paged(self) -> str:
        """Who is paged now, and who next, in a sentence."""
        held = self.ownership.of(Duty.MONITOR_TECHNICAL)
        then = f", then {held.deputy} if nobody answers in time" if held.deputy else ", and nobody stands in"
        return f"{held.holder or 'Nobody'} is paged{then}."


class Due(Record, frozen=True):
    """A handover that lamp.toml promises and that is not accepted."""

    model: str
    #: Who has to start it, and who is to receive it.
    giver: str
    receiver: str
    #: When it was due, microseconds since the epoch, UTC.
    due_at: int


def due(project: Project, ownership: Ownership, routing: Routing, level: Level, now: int) -> Due | None:
    """The handover that lamp.toml promised for a time that is over, counted from the first release to production; else
    nothing. Whether somebody has started it is for the caller to know."""
    promised = [one for stage in STAGES if (one := project.owners.holder(stage)) and one.then and one.after]
    since = routing.first_at or routing.live_since
    if level is not Level.PRODUCTION or not promised or not since:
        return None
    first = min(promised, key=lambda one: seconds(one.after))
    at = since + int(seconds(first.after) * 1_000_000)
    giver = ownership.of(Duty.DEPLOY).holder or first.first
    return Due(model=project.name, giver=giver, receiver=first.then, due_at=at) if at <= now else None
