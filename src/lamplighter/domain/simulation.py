"""The same history under two rule books: what each would have let in, whose word each asks for, how long that takes."""

from collections.abc import Mapping, Sequence
from statistics import median

from lamplighter.domain.record import Record


class Ruled(Record, frozen=True):
    """What one rule book says of one release."""

    tier: str
    #: Gates that would not have let it in, each with its reason.
    blocked: Mapping[str, str]
    #: Sides whose acceptance it asks for.
    sides: tuple[str, ...]
    #: How long their words take, seconds; nothing where nobody ever waited for such a word.
    waiting: float | None
    #: Whether the platform accepts it by itself, and what share of such releases is drawn for a spot check.
    auto_approved: bool = False
    spot_checks: float = 0.0


class Release(Record, frozen=True):
    """One release that was asked for, under both rule books."""

    model: str
    number: int
    environment: str
    #: The rollout, such as `R-3`; empty where a gate refused it at once.
    rollout: str
    #: When it was decided, microseconds since the epoch, UTC.
    at: int
    #: Whether it was let in then.
    passed: bool
    before: Ruled
    after: Ruled
    #: Incidents of this version there.
    incidents: tuple[str, ...]

    @property
    def newly_blocked(self) -> bool:
        """Whether only the new rule book stops it."""
        return bool(self.after.blocked) and not self.before.blocked

    @property
    def newly_let_in(self) -> bool:
        """Whether only the old rule book stops it."""
        return bool(self.before.blocked) and not self.after.blocked

    @property
    def added(self) -> tuple[str, ...]:
        """Sides that only the new rule book asks, of a release that it lets in."""
        return () if self.after.blocked else tuple(side for side in self.after.sides if side not in self.before.sides)

    @property
    def dropped(self) -> tuple[str, ...]:
        """Sides that only the old rule book asks, of a release that the new one lets in."""
        return () if self.after.blocked else tuple(side for side in self.before.sides if side not in self.after.sides)

    @property
    def added_waiting(self) -> float | None:
        """Seconds that the new rule book takes beyond the old one; less than 0 where it saves some, nothing if not known."""
        if self.after.blocked or self.before.blocked:
            return 0.0
        if self.before.waiting is None or self.after.waiting is None:
            return None
        return self.after.waiting - self.before.waiting

    @property
    def avoided(self) -> tuple[str, ...]:
        """Incidents that would not have happened, for only the new rule book stops the version."""
        return self.incidents if self.newly_blocked and self.passed else ()


class Simulation(Record, frozen=True):
    """Every release that was looked at, newest first."""

    before: str
    after: str
    releases: tuple[Release, ...]
    #: Releases that were left out, for they are older than the newest that were looked at.
    left_out: int
    #: Waiting times for a word that are on record, by side: how many, and the one in the middle, seconds.
    words: Mapping[str, tuple[int, float]]

    @property
    def newly_blocked(self) -> tuple[Release, ...]:
        """Releases that only the new rule book stops."""
        return tuple(one for one in self.releases if one.newly_blocked)

    @property
    def newly_let_in(self) -> tuple[Release, ...]:
        """Releases that only the old rule book stops."""
        return tuple(one for one in self.releases if one.newly_let_in)

    @property
    def newly_auto_approved(self) -> tuple[Release, ...]:
        """Releases that the platform accepts by itself under the new rule book only."""
        return tuple(one for one in self.releases if one.after.auto_approved and not one.before.auto_approved)

    @property
    def added_approvals(self) -> int:
        """Words that only the new rule book asks for, less those that only the old one asks for."""
        return sum(len(one.added) - len(one.dropped) for one in self.releases)

    @property
    def added_waiting(self) -> float:
        """Seconds that all releases together would have waited longer, as far as that is known."""
        return sum(one.added_waiting or 0.0 for one in self.releases)

    @property
    def unknown_waiting(self) -> int:
        """Releases whose added waiting is not known: nobody ever waited for such a word."""
        return sum(one.added_waiting is None for one in self.releases)

    @property
    def avoided(self) -> tuple[str, ...]:
        """Incidents that would not have happened."""
        return tuple(dict.fromkeys(key for one in self.releases for key in one.avoided))


def waiting(sides: Sequence[str], words: Mapping[str, Sequence[float]]) -> float | None:
    """How long the words of these sides take, asked at the same time: the slowest; nothing if one is not known."""
    if any(not words.get(side) for side in sides):
        return None
    return max((median(words[side]) for side in sides), default=0.0)
