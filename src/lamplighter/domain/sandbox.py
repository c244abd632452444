"""How closed the processes are that open models, as they found by trying."""

from enum import StrEnum

from lamplighter.domain.record import Record


class Level(StrEnum):
    """How closed a process is."""

    #: Every way out that is known is closed.
    FULL = "full"
    #: At least one way out is open.
    PARTIAL = "partial"
    #: Only limits.
    NONE = "none"


class Sandbox(Record, frozen=True):
    """What the self-test of a machine has found."""

    level: Level
    #: Names of the probes that were not stopped.
    open: tuple[str, ...] = ()
    #: Why the test could not be made; empty if it was made.
    why: str = ""

    @property
    def told(self) -> str:
        """The level with its reasons, as half a sentence."""
        if self.why:
            return f"{self.level}, not tested: {self.why}"
        return f"{self.level}, open: {', '.join(self.open)}" if self.open else str(self.level)


def weaker(one: Level, other: Level) -> Level:
    """The less closed of two."""
    order = list(Level)
    return max(one, other, key=order.index)
