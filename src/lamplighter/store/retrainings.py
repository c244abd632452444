"""Trainings, and the trials of what they made."""

from typing import Any

from lamplighter.domain.challenge import Challenge, Verdict
from lamplighter.domain.retraining import Retraining
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Retrainings(Collection[Retraining]):
    """Every training that was asked for."""

    table = schema.retrainings
    kind = Retraining

    def columns(self, record: Retraining) -> dict[str, Any]:
        """Whether it is open follows from its state, and what set it off does so once."""
        return {**super().columns(record), "open": record.is_open, "fired": record.fired}


class Challenges(Collection[Challenge]):
    """Every trial of champion and challenger."""

    table = schema.challenges
    kind = Challenge

    def columns(self, record: Challenge) -> dict[str, Any]:
        """Whether it is open follows from its verdict."""
        return {**super().columns(record), "open": record.verdict is Verdict.RUNNING}
