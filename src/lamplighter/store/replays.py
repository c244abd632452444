"""Replays; one for a pair of versions in an environment."""

from typing import Any

from lamplighter.domain.replay import Replay, State
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Replays(Collection[Replay]):
    """Every replay that was asked for."""

    table = schema.replays
    kind = Replay

    def columns(self, record: Replay) -> dict[str, Any]:
        """Whether it is open follows from its state."""
        return {**super().columns(record), "open": record.state is State.ASKED}
