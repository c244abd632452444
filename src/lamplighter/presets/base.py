"""The promise of this folder: a preset holds the counts of a window against a profile and says what its library would say."""

from collections.abc import Iterator

from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Record, Settings
from lamplighter.monitoring.counts import Counts, windows
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.profile import PREDICTION, Profile

#: The measure that a project names if it says nothing.
USUAL = "jensen_shannon"


class Verdict(Record, frozen=True):
    """What a library says of one column, or of all of them together."""

    #: Empty for all of them together.
    column: str
    #: The figure by the name it has there.
    figure: str
    value: float
    limit: float
    drifted: bool
    #: The value in multiples of its limit; for probabilities, where small ones are drift, the other way round.
    strength: float


class UnfitMeasure(Invalid):
    """A measure that a preset cannot take, or that would have no effect in it."""

    code = "E1226"

    def __init__(self, preset: str, why: str) -> None:
        super().__init__(
            f"The preset {preset} does not go with that measure.",
            why=why,
            fix='Leave measure out of [monitor], or write preset = "lamplighter".',
        )


class Preset(Settings, frozen=True):
    """The rules of one library."""

    #: The drift measure that the project names.
    method: str = USUAL

    @property
    def name(self) -> str:
        """The name in settings: that of the file."""
        return type(self).__module__.rpartition(".")[2]

    def check(self) -> None:
        """Raise `UnfitMeasure` for a method that the preset cannot take."""

    def verdicts(self, profile: Profile, counts: Counts) -> list[Verdict]:
        """What the library says of a window; columns without a value on either side have no verdict.

        Raises `OtherProfile` for counts of other bins.
        """
        columns = windows(profile, counts).items()
        held = [(name, window) for name, window in columns if int(profile.columns[name].present) and int(window.present)]
        return list(self.judged(profile, held))

    def judged(self, profile: Profile, held: list[tuple[str, Distribution]]) -> Iterator[Verdict]:
        """The verdicts on columns that hold values on both sides; this is what a preset writes."""
        raise NotImplementedError


def beyond(column: str, figure: str, value: float, limit: float, *, reached: bool = False) -> Verdict:
    """The verdict on a distance, which is drift above its limit, or from the limit on where it may not be `reached`."""
    drifted = value >= limit if reached else value > limit
    return Verdict(column, figure, value, limit, drifted, strength=value / max(limit, 1e-12))


def unlikely(column: str, figure: str, value: float, limit: float, *, reached: bool = False) -> Verdict:
    """The verdict on a probability, which is drift below its limit, or up to it where it may not be `reached`."""
    drifted = value <= limit if reached else value < limit
    return Verdict(column, figure, value, limit, drifted, strength=limit / max(value, 1e-12))


def inputs(held: list[tuple[str, Distribution]]) -> list[str]:
    """The columns that are inputs."""
    return [name for name, _ in held if name != PREDICTION]
