"""What trainings are given, and what is kept from them."""

from lamplighter.domain.quarantine import Quarantine
from lamplighter.domain.rows import USUAL_ROWS, Rows
from lamplighter.domain.training_input import TrainingInput
from lamplighter.domain.triggering import NextTraining
from lamplighter.lifecycle import quarantines, training_inputs, triggers
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import trainings as verbs


class Trainings(Caller, verbs.Trainings):
    """What trainings are given, and what is kept from them."""

    def retraining(self, model: str) -> NextTraining:
        with self._kit.store.reading() as look:
            return triggers.show(self._kit, look, model)

    def quarantine(self, model: str, start: int, end: int, reason: str) -> Quarantine:
        return quarantines.add(self._kit, self._actor, model, start, end, reason)

    def quarantines(self, model: str, lifted: bool = False) -> list[Quarantine]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            only = {} if lifted else {"open": True}
            return look.quarantines.all(newest="added_at", model=model, equals=only)

    def lift_quarantine(self, key: str, reason: str) -> Quarantine:
        return quarantines.lift(self._kit, self._actor, key, reason)

    def training_input(self, model: str, training: str = "") -> TrainingInput:
        with self._kit.store.reading() as look:
            self._known(look, model)
            return training_inputs.of_training(self._kit, look, model, training)

    def training_rows(self, model: str, training: str = "", limit: int = USUAL_ROWS) -> Rows:
        return training_inputs.training_rows(self._kit, self._actor, model, training, limit)
