"""Handovers of models; at most one open for a model, and at most one in force."""

from lamplighter.domain.handover import Handed, Handover, State, handed
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Handovers(Collection[Handover]):
    """Every handover that was started."""

    table = schema.handovers
    kind = Handover

    def under_way(self, now: int) -> tuple[dict[str, Handed], dict[str, Handover]]:
        """What accepted ones say of duties, and those that are open, by model; asked at once."""
        found = self.among("state", (State.ACCEPTED, State.OPEN))
        accepted = {one.model: handed(one, now) for one in found if one.state is State.ACCEPTED}
        return accepted, {one.model: one for one in found if one.state is State.OPEN}

    def in_force(self, now: int) -> dict[str, Handed]:
        """What accepted handovers say of duties, by model."""
        return {one.model: handed(one, now) for one in self.all(state=State.ACCEPTED)}

    def of(self, model: str, now: int) -> Handed | None:
        """What the accepted handover of a model says of its duties; nothing where lamp.toml says whose they are."""
        found = self.find(model=model, state=State.ACCEPTED)
        return handed(found, now) if found else None
