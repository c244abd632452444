"""How many false alarms are expected of all models together: a sum, because expectations add up however models depend on each
other."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from lamplighter.domain.inputs import Inputs
from lamplighter.domain.policy import Policy
from lamplighter.domain.record import Record
from lamplighter.domain.routing import Routing
from lamplighter.views.known import Known, circle, known

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


class FalseAlarms(Record, frozen=True):
    """Alarms a month that come at most if nothing has moved anywhere, of all live models in all environments."""

    expected: float
    #: As many as the configuration of the platform allows.
    allowed: float
    #: What is expected, by tier; the least critical first.
    tiers: Mapping[str, float]
    #: Live models whose alarms state a number in some environment.
    stated: int
    #: Those that state none anywhere: no window of theirs was measured yet, or their rules promise nothing.
    unstated: int

    @property
    def sentence(self) -> str:
        """What is expected and allowed, in one sentence, and who is left out."""
        told = f"If nothing moves, at most {_number(self.expected)} false alarms a month are expected of all models together"
        models = self.stated + self.unstated
        verb = "states" if self.unstated == 1 else "state"
        left = f"; {self.unstated} of {models} model{'s' * (models != 1)} {verb} no number yet" if self.unstated else ""
        return f"{told} ({self.allowed:g} allowed{left})."


def _number(expected: float) -> str:
    return f"{expected:.2g}" if 0.0 < expected < 10.0 else f"{expected:.0f}"


def false_alarms(look: "Transaction", *, policy: Policy, allowed: float) -> FalseAlarms:
    """The figure as of now."""
    people = circle(look, policy)
    every = {one.project.name: one for one in (known(body, people, {}) for body in look.projects.bodies())}
    return summed(every, look.routings.all(), look.inputs.all(), policy, allowed)


def summed(
    every: Mapping[str, Known], routings: Iterable[Routing], seen: Iterable[Inputs], policy: Policy, allowed: float
) -> FalseAlarms:
    """The figure of these models: their alarms of inputs and of calibration, in the newest window of what answers."""
    by_version = {(one.model, one.environment, one.number): one for one in seen}
    live = [(one, one.champion.number) for one in routings if one.champion is not None and one.model in every]
    tiers, stated = dict.fromkeys((tier.name for tier in policy.tier), 0.0), set[str]()
    for routing, number in live:
        found = by_version.get((routing.model, routing.environment, number))
        numbers = [one for one in (found.false_alarms, found.calibration) if one is not None] if found is not None else []
        tiers[every[routing.model].tier.name] += sum(numbers)
        if found is not None and found.false_alarms is not None:
            stated.add(routing.model)
    silent = {routing.model for routing, _ in live} - stated
    return FalseAlarms(expected=sum(tiers.values()), allowed=allowed, tiers=tiers, stated=len(stated), unstated=len(silent))
