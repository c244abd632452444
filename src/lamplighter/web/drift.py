"""How far the inputs have moved from what the model learned on, the farthest first."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from lamplighter.domain.monitor import Reading
from lamplighter.web.numbers import figure
from lamplighter.web.plots.bars import bar
from lamplighter.web.quality import window


class Moved(NamedTuple):
    """One input, or the predictions themselves, in the newest window."""

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
    #: The predictions: whether what moved changed what the model says. Nothing where that was not measured.
    predictions: Moved | None
    inputs: tuple[Moved, ...]


#: The column of the scores among those of the inputs.
_PREDICTIONS = "@prediction"


def drift(readings: Sequence[Reading], number: int = 0) -> Drift | None:
    """Inputs of the version of this number by how far they moved in its newest window; nothing without a reading.

    Without a reading of that version it is the one with the newest window.
    """
    every = [reading for reading in readings if reading.aspect == "drift" and reading.column]
    found = [reading for reading in every if reading.number == number] or every
    if not found:
        return None
    newest = max(found, key=lambda reading: (reading.end, reading.number))
    same = [r for r in found if (r.end, r.number, r.measure) == (newest.end, newest.number, newest.measure)]
    same.sort(key=lambda reading: (not reading.crossed, -reading.value))
    most = max(max(reading.value, reading.limit or 0.0) for reading in same)
    predictions = next((reading for reading in same if reading.column == _PREDICTIONS), None)
    inputs = [reading for reading in same if reading.column != _PREDICTIONS]
    return Drift(
        measure=newest.measure.replace("_", " "),
        window=window(newest),
        number=newest.number,
        caption=f"{_inputs(inputs, window(newest))} {_predictions(predictions)}".strip(),
        predictions=_moved(predictions, most) if predictions else None,
        inputs=tuple(_moved(reading, most) for reading in inputs),
    )


def _moved(reading: Reading, most: float) -> Moved:
    drawn = bar(reading.value, most, limit=reading.limit, crossed=reading.crossed)
    return Moved(reading.column, reading.value, reading.limit, reading.crossed, drawn)


def _inputs(readings: Sequence[Reading], when: str) -> str:
    crossed = [reading for reading in readings if reading.crossed]
    if not crossed:
        return f"None of {len(readings)} inputs moved beyond its limit in {when}."
    first = crossed[0]
    told = f"{len(crossed)} of {len(readings)} inputs moved beyond the limit in {when}"
    return f"{told}; {first.column} most ({figure(first.value)})."


def _predictions(reading: Reading | None) -> str:
    if reading is None:
        return ""
    if reading.crossed:
        return f"The predictions moved with them ({figure(reading.value)}): this matters."
    return f"The predictions did not move ({figure(reading.value)})."
