"""The loops in the background of the control plane, each of which says again and again that it goes on."""

from collections.abc import Mapping
from enum import StrEnum

from lamplighter.domain.record import Record


class Loop(StrEnum):
    """A loop in the background."""

    #: Collects what serving recorded, moves what is open, answers what happened, tells people.
    RECONCILER = "reconciler"
    #: Makes the figures of windows and holds them against their limits.
    MEASURER = "measurer"


#: Seconds without a beat after which a loop counts as dead.
LIMITS: Mapping[Loop, float] = {Loop.RECONCILER: 60.0, Loop.MEASURER: 300.0}


class Heartbeat(Record, frozen=True):
    """The last beat of a loop. A loop beats when it begins and after each round in which every part came to its end."""

    loop: Loop
    #: Microseconds since the epoch, UTC.
    at: int

    def age(self, now: int) -> float:
        """Seconds since the beat; 0 for one that another clock, a little ahead, has made."""
        return max(0.0, (now - self.at) / 1_000_000)

    def is_dead(self, now: int) -> bool:
        """Whether it has not beaten for longer than it may."""
        return self.age(now) > LIMITS[self.loop]

    def sentence(self, now: int) -> str:
        """How it is, in one sentence."""
        within = f"it has to beat every {LIMITS[self.loop]:.0f} s"
        return f"The {self.loop} has not beaten for {self.age(now):.0f} s; {within}."
