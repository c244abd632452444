"""Trainings, new thresholds and calibrations, and trials of one version against another."""

from lamplighter.domain.challenge import Challenge
from lamplighter.domain.recalibration import Fit, Recalibration
from lamplighter.domain.retraining import Retraining
from lamplighter.domain.retuning import Retuning
from lamplighter.domain.selection import Sealed
from lamplighter.lifecycle import challenges, recalibration, retrainings, retuning, shadowing
from lamplighter.sdk.answers import Recalibrated, Retuned
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import management as verbs


class Management(Caller, verbs.Management):
    """Trainings, new thresholds and calibrations, and trials of one version against another."""

    def retrain(self, model: str, cause: str = "") -> Retraining:
        return retrainings.retrain(self._kit, self._actor, model, cause)

    def trainings(self, model: str) -> list[Retraining]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            return look.retrainings.all(newest="requested_at", model=model)

    def retuning(self, reference: str, environment: str, threshold: float, since: int = 0) -> Retuning:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        return retuning.retuning(self._kit, version, place, threshold, since)

    def retune(self, reference: str, environment: str, threshold: float, reason: str, since: int = 0) -> Retuned:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        made, found = retuning.retune(self._kit, self._actor, version, place, threshold, reason, since)
        return Retuned(version=made, retuning=found)

    def recalibration(self, reference: str, environment: str, fit: Fit = Fit.LOGISTIC, since: int = 0) -> Recalibration:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        return recalibration.recalibration(self._kit, version, place, fit, since)

    def recalibrate(
        self, reference: str, environment: str, reason: str, fit: Fit = Fit.LOGISTIC, since: int = 0
    ) -> Recalibrated:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        made, found = recalibration.recalibrate(self._kit, self._actor, version, place, fit, reason, since)
        return Recalibrated(version=made, recalibration=found)

    def challenge(self, reference: str, environment: str, metric: str = "brier", least_rows: int = 1000) -> Challenge:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        trial = challenges.challenge(self._kit, self._actor, version, place, metric, least_rows)
        shadowing.shadow(self._kit, self._actor, version.model, place, version.number)
        return trial

    def decide(self, key: str, start: int = 0, end: int = 0, conclude: bool = False) -> Challenge:
        return challenges.decide(self._kit, self._actor, key, start, end, conclude=conclude)

    def selection(self, key: str) -> Sealed:
        with self._kit.store.reading() as look:
            return challenges.selection(look, key)

    def challenges(self, model: str) -> list[Challenge]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            return look.challenges.all(newest="opened_at", model=model)
