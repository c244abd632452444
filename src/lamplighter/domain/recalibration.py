"""Another calibration for a version: fitted on rows whose truth has come, judged on later ones that the fit has not seen.

Law of change: `Recalibration` is kept as evidence, so fields may be added to it and its parts with a default.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from lamplighter.domain.calibration import Calibration, composed
from lamplighter.domain.contract import Meaning
from lamplighter.domain.decoding import from_plain
from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.record import Record
from lamplighter.domain.retuning import Moved, Turned
from lamplighter.domain.signing import unsigned
from lamplighter.domain.version import Artifact, Manifest, Version

#: The kind of evidence that it leaves; only the platform brings it.
KIND = "recalibration"
#: The part of the reference profile among the files of a version.
PROFILE = "profile"


class Fit(StrEnum):
    """What is fitted."""

    #: Intercept and slope of the log-odds.
    LOGISTIC = "logistic"
    #: The intercept alone: the mean score meets the rate, and the log-odds are no further apart than they were.
    INTERCEPT = "intercept"


class LabelledDays(Record, frozen=True):
    """Rows of whole days."""

    #: The day of the first rows and the one after the last, microseconds since the epoch.
    start: int
    end: int
    #: Days on which there are any.
    days: int
    rows: int
    #: Rows whose truth is positive.
    positives: int


class Compared(Record, frozen=True):
    """One figure of the unseen rows before and after, with the difference of the same rows."""

    before: float
    after: float
    #: After minus before, with the ends of the 95 % interval by days.
    difference: float
    low: float
    high: float


class Dot(Record, frozen=True):
    """Rows with about the same score: what they were told, and what came true."""

    #: Mean score.
    said: float
    #: Share of positive rows with the ends of its 95 % interval.
    came: float
    low: float
    high: float
    rows: int


class Recalibration(Record, frozen=True):
    """What another calibration would change."""

    model: str
    #: Number and digest of the version whose scores were calibrated.
    number: int
    version: str
    environment: str
    #: What was fitted.
    fit: Fit
    #: The line that was fitted, on the scores that this version gives.
    fitted: Calibration
    #: The line that the new version has, on the scores of its files.
    whole: Calibration
    #: Rows that the fit has seen, and later ones that it has not.
    seen: LabelledDays
    unseen: LabelledDays
    #: Days that were left out, since their labels are still to come.
    waiting: int = 0
    #: Versions whose rows these are: they give the same scores.
    counted: tuple[int, ...] = ()
    #: By name, on unseen rows.
    compared: Mapping[str, Compared] = {}
    #: Figures on unseen rows that another calibration changes, by slice (empty for all rows) and name.
    figures: Mapping[str, Mapping[str, Moved]] = {}
    #: The order of scores stays, and so does this figure.
    auc: float | None = None
    #: The unseen rows by tenths of their score, before and after.
    before: tuple[Dot, ...] = ()
    after: tuple[Dot, ...] = ()
    #: Decisions of all these days that turn, counted from the log, and what share of it there was time to look through.
    consumers: Mapping[str, Turned] = {}
    looked_through: float = 1.0
    #: Why, in the words of whoever made a version of it.
    reason: str = ""

    @property
    def left_out(self) -> str:
        """That days were left out; empty if none was."""
        days = "day is" if self.waiting == 1 else "days are"
        return f"{self.waiting} {days} left out, since labels are still to come." if self.waiting else ""

    @property
    def rows(self) -> int:
        """Answers that were counted for decisions."""
        return sum(one.rows for one in self.consumers.values())

    @property
    def turned(self) -> int:
        """Decisions that turn."""
        return sum(one.up + one.down for one in self.consumers.values())

    @property
    def is_better(self) -> bool:
        """Whether the Brier score of the unseen rows is lower."""
        return self.compared["brier"].difference < 0.0

    @property
    def sentence(self) -> str:
        """What becomes of the unseen rows."""
        one = self.compared["brier"]
        if one.high < 0.0:
            told = "better, beyond chance"
        elif one.low > 0.0:
            told = "worse, beyond chance"
        else:
            told = "that may be chance"
        rows = f"On {self.unseen.rows:,} later rows of {self.unseen.days} days that it has not seen"
        moved = f"the Brier score goes from {one.before:.5f} to {one.after:.5f}"
        return f"{rows}, {moved} ({one.difference:+.5f}, {one.low:+.5f} to {one.high:+.5f} by days): {told}."


def check_recalibrates(version: Version) -> None:
    """Raises `Conflict` and `Invalid` for a version whose scores cannot be calibrated here."""
    if version.elsewhere:
        raise Conflict(
            f"{version.name} runs elsewhere.",
            why="Its scores are made where it runs, and nothing here could calibrate them.",
            fix="Change it there, then take it on again: lamp adopt",
            code="E1203",
        )
    if version.manifest.contract.output.meaning is not Meaning.PROBABILITY:
        raise Invalid(
            f"{version.name} answers with a number, not with a probability.",
            why="Only a probability can be held against how often something came true.",
            fix="Train it anew where its numbers are off: lamp retrain",
            code="E1204",
        )


def recalibrated(version: Version, fitted: Calibration, profile: Artifact | None) -> Manifest:
    """The unsigned manifest of the same model, whose scores pass one more line; `profile` is the reference of the new ones."""
    manifest = unsigned(version.manifest)
    kept = tuple(profile if profile and one.role == PROFILE else one for one in manifest.artifacts)
    whole = composed(version.manifest.calibrates or Calibration(), fitted)
    return msgspec.structs.replace(manifest, artifacts=kept, calibration=whole)


def check_lawful(manifest: Manifest) -> None:
    """Raises `Invalid` for a manifest with a calibration that no version can have."""
    by = manifest.calibrates
    if by is None:
        return
    if not by.is_lawful or manifest.elsewhere or manifest.contract.output.meaning is not Meaning.PROBABILITY:
        raise Invalid(
            "The calibration of the version is none.",
            why="It takes a probability that is answered here, a slope above 0, and finite figures: the order of scores stays.",
            fix="Leave it out, and let the platform fit one: lamp recalibrate",
            code="E1581",
        )


def recalibration_of(evidence: Iterable[Evidence]) -> Recalibration | None:
    """What is on record of how a version came by its calibration; nothing for one that was built as it is."""
    found = next((one for one in evidence if one.kind == KIND), None)
    return from_plain(found.facts, Recalibration) if found else None
