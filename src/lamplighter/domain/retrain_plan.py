"""What `lamp.toml` says about the next version: what sets off a training, which one, and how many there may be."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from lamplighter.domain.duration import some_seconds
from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Settings
from lamplighter.domain.trigger import Condition, Trigger, read_condition


class Budget(Settings, frozen=True):
    """How many trainings there may be, whatever sets them off."""

    trainings: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    #: In any so many days.
    days: Annotated[int, msgspec.Meta(ge=1, le=3650)]


class Retrain(Settings, frozen=True):
    """When and how the next version is trained."""

    #: What starts a training: `schedule 0 5 1 * *`, `volume 20000`, `quality`, `drift`, `expiry 21d`, `upstream`.
    when: tuple[str, ...] = ()
    #: Name of a training in the configuration of the platform.
    run: str = ""
    #: Shortest time between two trainings.
    cooldown: str = "1d"
    #: Another one for some triggers: how long ago the last training has to be, such as `{ drift = "7d" }`.
    cooldowns: Mapping[Trigger, str] = {}
    #: How many trainings triggers may set off; those that people ask for count, and are not refused.
    budget: Budget | None = None
    #: New rows with a label, outside of quarantined spans, that a training takes at least; 0 asks for none.
    least_rows: Annotated[int, msgspec.Meta(ge=0)] = 0

    @property
    def conditions(self) -> Sequence[Condition]:
        """What sets off a training, in the order in which it is written."""
        return [read_condition(text) for text in self.when]

    def cooldown_of(self, trigger: Trigger) -> int:
        """How long ago the last training has to be, microseconds."""
        return int(some_seconds(self.cooldowns.get(trigger, self.cooldown)) * 1_000_000)


def check_retrain(plan: Retrain) -> Retrain:
    """The plan itself if what sets off a training also says which, and nothing is without effect; raises `Invalid`."""
    for trigger, length in plan.cooldowns.items():
        some_seconds(length)
        if trigger not in {one.trigger for one in plan.conditions}:
            raise _unlawful(f"cooldowns names {trigger}, and when does not, so it has no effect", f"Leave out {trigger}")
    if plan.budget is not None and not plan.when:
        raise _unlawful("budget has no effect where when names no trigger", "Leave out budget, or name triggers as when")
    if plan.when and not plan.run:
        raise Invalid(
            "The [retrain] of lamp.toml is not valid.",
            why="when says what sets off a training, and no run says which, so none would start.",
            fix="Name a training of config.toml as run, or leave out when.",
            code="E1142",
        )
    return plan


def _unlawful(why: str, fix: str) -> Invalid:
    return Invalid("The [retrain] of lamp.toml is not valid.", why=f"{why}.", fix=f"{fix}.", code="E1242")
