"""What sets off trainings, what they are given, and what is kept from them."""

from typing import Protocol

from lamplighter.domain.identity import Permission
from lamplighter.domain.quarantine import Quarantine
from lamplighter.domain.rows import USUAL_ROWS, Rows
from lamplighter.domain.training_input import TrainingInput
from lamplighter.domain.triggering import NextTraining
from lamplighter.sdk.door import door


class Trainings(Protocol):
    """What trainings are given, and what is kept from them."""

    @door("GET", "/models/{model}/retraining", Permission.READ)
    def retraining(self, model: str) -> NextTraining:
        """When a model is trained next: each trigger as it stands and why, the budget, and what a training would be given."""
        ...

    @door("POST", "/models/{model}/quarantines", Permission.RETRAIN)
    def quarantine(self, model: str, start: int, end: int, reason: str) -> Quarantine:
        """Give the rows of a half-open span of event time to no training from now on."""
        ...

    @door("GET", "/models/{model}/quarantines", Permission.READ)
    def quarantines(self, model: str, lifted: bool = False) -> list[Quarantine]:
        """Spans whose rows no training is given, newest first; with `lifted` also those that count again."""
        ...

    @door("POST", "/quarantines/{key}/lift", Permission.RETRAIN)
    def lift_quarantine(self, key: str, reason: str) -> Quarantine:
        """Let the rows of a span count again. That of an incident that is not over does not come back by itself."""
        ...

    @door("GET", "/models/{model}/training-input", Permission.READ)
    def training_input(self, model: str, training: str = "") -> TrainingInput:
        """What a training such as `T-7` was given, or without one what a training would be given now."""
        ...

    @door("GET", "/models/{model}/training-rows", Permission.ROWS)
    def training_rows(self, model: str, training: str = "", limit: int = USUAL_ROWS) -> Rows:
        """The rows of that input with their labels, without those of quarantined spans; of more an even sample.

        `limit` is at most 50,000. Who reads them stands in the journal.
        """
        ...
