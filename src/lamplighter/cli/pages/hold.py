"""What holds a rollout by the calendar."""

from collections.abc import Sequence

from lamplighter.cli.instants import local
from lamplighter.domain.hold import Hold
from lamplighter.domain.rollout import Rollout


def held(hold: Hold) -> str:
    """Until when, by which rule and why."""
    until = f"until {local(hold.until)}" if hold.until else "with no end in sight"
    return f"{until} by the {hold.rule}: {hold.why}"


def held_rollouts(rollouts: Sequence[Rollout]) -> list[tuple[str, str]]:
    """A fact for each rollout that is held."""
    return [
        ("held", f"{rollout.id}, v{rollout.number} → {rollout.environment}, {held(rollout.hold)}")
        for rollout in rollouts
        if rollout.hold
    ]
