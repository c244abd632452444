"""Trainings, new thresholds and calibrations, and trials of one version against another."""

from typing import Protocol

from lamplighter.domain.challenge import Challenge
from lamplighter.domain.identity import Permission
from lamplighter.domain.recalibration import Fit, Recalibration
from lamplighter.domain.retraining import Retraining
from lamplighter.domain.retuning import Retuning
from lamplighter.domain.selection import Sealed
from lamplighter.sdk.answers import Recalibrated, Retuned
from lamplighter.sdk.door import door


class Management(Protocol):
    """Trainings, new thresholds and calibrations, and trials of one version against another."""

    @door("POST", "/models/{model}/trainings", Permission.RETRAIN)
    def retrain(self, model: str, cause: str = "") -> Retraining:
        """Ask for a training as the project describes it."""
        ...

    @door("GET", "/models/{model}/trainings", Permission.READ)
    def trainings(self, model: str) -> list[Retraining]:
        """Trainings of a model, newest first."""
        ...

    @door("GET", "/versions/{reference}/retuning", Permission.READ)
    def retuning(self, reference: str, environment: str, threshold: float, since: int = 0) -> Retuning:
        """Which decisions of each consumer another threshold would turn, counted from what was answered since a moment."""
        ...

    @door("POST", "/versions/{reference}/retuning", Permission.REGISTER)
    def retune(self, reference: str, environment: str, threshold: float, reason: str, since: int = 0) -> Retuned:
        """Register the same files with another threshold; what it turns is evidence. Nothing that is live changes."""
        ...

    @door("GET", "/versions/{reference}/recalibration", Permission.READ)
    def recalibration(self, reference: str, environment: str, fit: Fit = Fit.LOGISTIC, since: int = 0) -> Recalibration:
        """The calibration that labelled rows from the day of a moment on ask for, judged on later rows that the fit has not
        seen."""
        ...

    @door("POST", "/versions/{reference}/recalibration", Permission.REGISTER)
    def recalibrate(
        self, reference: str, environment: str, reason: str, fit: Fit = Fit.LOGISTIC, since: int = 0
    ) -> Recalibrated:
        """Register the same model with that calibration; what it changes is evidence. Nothing that is live changes."""
        ...

    @door("POST", "/versions/{reference}/challenges", Permission.RETRAIN)
    def challenge(self, reference: str, environment: str, metric: str = "brier", least_rows: int = 1000) -> Challenge:
        """Let a version score along with the live one, to be compared on the same rows."""
        ...

    @door("POST", "/challenges/{key}/decide", Permission.RETRAIN)
    def decide(self, key: str, start: int = 0, end: int = 0, conclude: bool = False) -> Challenge:
        """Decide a trial on what both versions scored in a window of event time, from its opening until now by default.

        The signed selection is evidence of the challenger. With too few rows or days it goes on, and the answer says what it
        lacks; `conclude` ends it all the same. Asked again about the same window it gives what was decided.
        """
        ...

    @door("GET", "/challenges/{key}/selection", Permission.READ)
    def selection(self, key: str) -> Sealed:
        """What a trial ended with: figures, guardrails and the choice, with the signature of the platform."""
        ...

    @door("GET", "/models/{model}/challenges", Permission.READ)
    def challenges(self, model: str) -> list[Challenge]:
        """Trials of a model, newest first."""
        ...
