"""What the inputs of a version did: those first whose movement can do something to the answers."""

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
    #: What the movement can do to the answers, from 0 to 1: its importance times how far it moved.
    impact: float
    bar: Markup


class Group(NamedTuple):
    """Inputs that are alike in what has to be done about them."""

    name: str
    #: What stands beside each of them.
    word: str
    inputs: tuple[Moved, ...]


class Drift(NamedTuple):
    """All inputs of the newest window of one version."""

    measure: str
    window: str
    number: int
    #: What the numbers say.
    caption: str
    #: The predictions: whether what moved changed what the model says. Nothing where that was not measured.
    predictions: Moved | None
    #: Those that moved and matter, those that moved and are harmless, those that are steady.
    groups: tuple[Group, ...]

    @property
    def inputs(self) -> tuple[Moved, ...]:
        """Every input, in the order of the groups."""
        return tuple(one for group in self.groups for one in group.inputs)


#: The column of the scores among those of the inputs.
_PREDICTIONS = "@prediction"


def drift(readings: Sequence[Reading], number: int = 0) -> Drift | None:
    """Inputs of the version of this number in its newest window, by impact; nothing without a reading.

    Without a reading of that version it is the one with the newest window.
    """
    every = [reading for reading in readings if reading.aspect == "drift" and reading.column]
    found = [reading for reading in every if reading.number == number] or every
    if not found:
        return None
    newest = max(found, key=lambda reading: (reading.end, reading.number))
    same = [r for r in found if (r.end, r.number, r.measure) == (newest.end, newest.number, newest.measure)]
    predictions = next((reading for reading in same if reading.column == _PREDICTIONS), None)
    inputs = [reading for reading in same if reading.column != _PREDICTIONS]
    weighed = any(reading.impact for reading in inputs)
    groups = _groups(inputs, predictions, weighed=weighed)
    return Drift(
        measure=newest.measure.replace("_", " "),
        window=window(newest),
        number=newest.number,
        caption=_caption(groups, len(inputs), window(newest), predictions, same),
        predictions=_moved(predictions, _most(same, weighed=False), weighed=False) if predictions else None,
        groups=groups,
    )


def _groups(inputs: Sequence[Reading], predictions: Reading | None, *, weighed: bool) -> tuple[Group, ...]:
    most = _most(inputs, weighed=weighed)
    ranked = sorted(inputs, key=lambda reading: (-_length(reading, weighed=weighed), reading.column))
    moved = [reading for reading in ranked if reading.crossed]
    matter = [reading for reading in moved if _matters(reading, predictions, weighed=weighed)]
    parts = (
        ("Moved and matters", "matters", matter),
        ("Moved, harmless", "harmless", [reading for reading in moved if reading not in matter]),
        ("Steady", "steady", [reading for reading in ranked if not reading.crossed]),
    )
    return tuple(
        Group(name, word, tuple(_moved(reading, most, weighed=weighed) for reading in found)) for name, word, found in parts
    )


def _matters(reading: Reading, predictions: Reading | None, *, weighed: bool) -> bool:
    """Without importance it is the predictions that say whether what moved matters."""
    if weighed:
        return reading.matters
    return predictions is not None and predictions.crossed


def _length(reading: Reading, *, weighed: bool) -> float:
    return reading.impact if weighed else reading.value


def _most(readings: Sequence[Reading], *, weighed: bool) -> float:
    return max((_length(r, weighed=weighed) for r in readings), default=0.0) if weighed else _reach(readings)


def _reach(readings: Sequence[Reading]) -> float:
    return max((max(reading.value, reading.limit or 0.0) for reading in readings), default=0.0)


def _moved(reading: Reading, most: float, *, weighed: bool) -> Moved:
    limit = None if weighed else reading.limit
    drawn = bar(_length(reading, weighed=weighed), most, limit=limit, crossed=reading.crossed)
    return Moved(reading.subject, reading.value, reading.limit, reading.crossed, reading.impact, drawn)


def _caption(
    groups: tuple[Group, ...], inputs: int, when: str, predictions: Reading | None, readings: Sequence[Reading]
) -> str:
    matter, harmless = groups[0].inputs, groups[1].inputs
    if not matter and not harmless:
        told = f"None of {inputs} inputs moved beyond its limit in {when}."
    else:
        first = (matter or harmless)[0]
        told = f"{len(matter) + len(harmless)} of {inputs} inputs moved beyond the limit in {when}, {len(matter)} of them"
        told += f" matter; {first.column} first ({figure(first.value)})."
    return " ".join(part for part in (told, _predictions(predictions), _expected(readings)) if part)


def _predictions(reading: Reading | None) -> str:
    if reading is None:
        return ""
    if reading.crossed:
        return f"The predictions moved with them ({figure(reading.value)}): this matters."
    return f"The predictions did not move ({figure(reading.value)})."


def _expected(readings: Sequence[Reading]) -> str:
    expected = false_alarms(readings)
    return "" if expected is None else f"{figure(expected)} false alarms a month are expected of all inputs together."


def false_alarms(readings: Sequence[Reading]) -> float | None:
    """False alarms a month that are expected of the alarm these readings belong to; nothing where it does not know."""
    return max((one.false_alarms for one in readings if one.false_alarms is not None), default=None)
