"""How fast and how safely versions reach production, what it asks of people, and who is waited for.

Every figure has its sentence.

Law of change: a figure may be added with its sentence; the meaning of one never changes under the same name.
"""

from collections.abc import Mapping

import msgspec

from lamplighter.domain.errors import Invalid
from lamplighter.domain.instant import lasting
from lamplighter.domain.record import Record

#: What each figure means, in one sentence.
DEFINITIONS: Mapping[str, str] = {
    "releases": "How often a version took all traffic of an environment of the level production, within the period.",
    "releases_per_week": "Releases divided by the weeks of the period.",
    "lead_time": "From the moment a version was registered until it took all traffic, of the release in the middle; "
    "the slow one is what nine of ten stay under.",
    "failed_releases": "Releases of which the version was rolled back from, or had an incident of its own, before the next one "
    "took its place and within the period.",
    "change_fail_rate": "Failed releases divided by releases.",
    "restore_time": "From the opening of the first incident of a failed release until its version no longer answered, or the "
    "incident was mitigated or resolved; the one in the middle, of those that have an incident and are over.",
    "stopped": "Rollouts to production that ended before they had all traffic: refused, stopped by a person, or taken back.",
    "decisions": "Words that people gave on the versions released or waiting: accepted, refused, judged, consented, waived, "
    "declared, reviewed, validated, checked, and steps of rollouts by hand. Asking for a release is not counted, for programs "
    "do it too.",
    "minutes": "At most so long people looked: each decision counts with the time since the same person's decision before it, "
    "ten minutes at most. What somebody reads and does not decide leaves no trace.",
    "auto_approved": "Versions that the platform accepted by itself for environments of the level production, in the period.",
    "spot_checks": "Spot checks of such versions that a validator judged within the period.",
    "spot_checks_bad": "Those of them that found a version which should not have been let in.",
    "waited": "From the moment a rollout to production was asked for until it no longer waited for people, within the period, "
    "of the one in the middle; a rollout that never waited counts with nothing.",
    "waited_for_word": "From the moment a rollout began to wait until a side gave its word; hours of all rollouts together.",
    "alone": "Hours in which the word of this side was the only one that was left: what would have been saved.",
    "waited_at_gate": "Hours in which a gate lacked something while a rollout waited, or a rule of the calendar held it.",
    "team": "Whoever is accountable for the deployment of the model now; the tier is the one that it has now.",
}


#: Longest period, microseconds.
_LONGEST = 2 * 366 * 86_400_000_000


class Delivery(Record, frozen=True):
    """The figures of one team and tier, or of all; lengths in seconds, nothing where there was none to measure."""

    #: Who is accountable for the deployment; empty for all together.
    team: str
    tier: str
    models: int
    releases: int
    per_week: float
    lead_time: float | None
    lead_time_slow: float | None
    failed: int
    restore_time: float | None
    stopped: int
    decisions: int
    #: Minutes of all decisions, and those of the release in the middle.
    minutes: float
    minutes_middle: float | None
    waited: float | None
    #: Versions that the platform accepted by itself, spot checks that were judged, and those that found a bad one.
    auto_approved: int = 0
    checked: int = 0
    found_bad: int = 0

    @property
    def fail_rate(self) -> float | None:
        """Failed releases divided by releases; nothing without a release."""
        return self.failed / self.releases if self.releases else None

    @property
    def minutes_each(self) -> float | None:
        """Minutes divided by releases; nothing without a release."""
        return self.minutes / self.releases if self.releases else None


class Waited(Record, frozen=True):
    """What releases waited for: the word of a side, or a gate."""

    #: The side such as `risk`; of a gate its name, of the calendar its rule.
    what: str
    #: Whose word it was; empty for a gate, and where nobody has spoken yet.
    person: str
    #: How many rollouts waited, and for how many of them that is not over.
    rollouts: int
    open: int
    #: Hours of all together, of the longest, and those in which nothing else was left.
    hours: float
    longest: float
    alone: float


class DeliveryReport(Record, frozen=True):
    """Everything of one period."""

    #: Microseconds since the epoch, UTC; the end is not within.
    since: int
    until: int
    total: Delivery
    #: By team and tier, most releases first.
    rows: tuple[Delivery, ...]
    #: Most hours in which nothing else was left first.
    approvers: tuple[Waited, ...]
    #: Most hours first.
    gates: tuple[Waited, ...]
    #: What each figure means, in one sentence.
    definitions: Mapping[str, str] = msgspec.field(default_factory=lambda: dict(DEFINITIONS))

    @property
    def slowest(self) -> str:
        """The narrowest place, in a sentence."""
        return slowest(self.approvers, self.gates)


def slowest(approvers: tuple[Waited, ...], gates: tuple[Waited, ...]) -> str:
    """Whose word and which gate cost most hours; that nothing was waited for, if so."""
    told = []
    if approvers and approvers[0].alone > 0:
        one = approvers[0]
        who = one.person or f"a word of {one.what} that nobody has given"
        whose = f"{who} ({one.what})" if one.person else who
        releases = f"{one.rollouts} {'release' if one.rollouts == 1 else 'releases'}"
        told.append(f"Most was waited for {whose}: {_long(one.alone)} in which nothing else was left, over {releases}.")
    if gates and gates[0].hours > 0:
        told.append(f"The gate that held longest is {gates[0].what}: {_long(gates[0].hours)}.")
    return " ".join(told) or "No release waited for anybody."


def _long(hours: float) -> str:
    """Whoever compares two of them reads hours; what took less than one is told in a smaller unit."""
    return f"{hours:.1f} hours" if hours >= 1 else lasting(hours * 3600)


def check_period(since: int, until: int) -> None:
    """Raise `Invalid` for a period that is empty, or longer than two years."""
    if not 0 < until - since <= _LONGEST:
        raise Invalid(
            "That is no period to report of.",
            why="It ends before it begins, or is longer than two years.",
            fix="Write --since 30d, or two times of which the second is later.",
            code="E1275",
        )
