"""How far the inputs have moved from what the model learned on, the farthest first."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from lamplighter.domain.monitor import Reading
from lamplighter.web.numbers import figure
from lamplighter.web.plots.bars import bar
from lamplighter.web.quality import window


class Moved(NamedTuple):
    """One input in its newest window."""

    column: str
    value: float
    limit: float | None
    crossed: bool
    bar: Markup


class Drift(NamedTuple):
    """All inputs of the newest window of one version."""

    measure: str
    window: str
    number: int
    #: What the numbers say.
    caption: str
    inputs: tuple[Moved, ...]


def drift(readings: Sequence[Reading]) -> Drift | None:
    """Inputs by how far they moved, of the version with the newest window; nothing without a reading."""
    found = [reading for reading in readings if reading.aspect == "drift" and reading.column]
    if not found:
        return None
    newest = max(found, key=lambda reading: (reading.end, reading.number))
    same = [r for r in found if (r.end, r.number, r.measure) == (newest.end, newest.number, newest.measure)]
    same.sort(key=lambda reading: (not reading.crossed, -reading.value))
    most = max(max(reading.value, reading.limit or 0.0) for reading in same)
    return Drift(
        measure=newest.measure.replace("_", " "),
        window=window(newest),
        number=newest.number,
        caption=_caption(same, window(newest)),
        inputs=tuple(_moved(reading, most) for reading in same),
    )


def _moved(reading: Reading, most: float) -> Moved:
    drawn = bar(reading.value, most, limit=reading.limit, crossed=reading.crossed)
    return Moved(reading.column, reading.value, reading.limit, reading.crossed, drawn)


def _caption(readings: Sequence[Reading], when: str) -> str:
    crossed = [reading for reading in readings if reading.crossed]
    if not crossed:
        return f"None of {len(readings)} inputs moved beyond its limit in {when}."
    first = crossed[0]
    verb = "input" if len(crossed) == 1 else "inputs"
    told = f"{len(crossed)} of {len(readings)} {verb} moved beyond the limit in {when}"
    return f"{told}; {first.column} most ({figure(first.value)})."
