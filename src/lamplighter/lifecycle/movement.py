"""Inputs and answers that moved, as one finding: what matters first, and never more than a notice."""

from collections.abc import Sequence

from lamplighter.domain.false_alarms import told
from lamplighter.domain.monitor import Finding, Kind, Reading, Severity
from lamplighter.monitoring.profile import PREDICTION

#: The measure of a finding about everything that moved.
MEASURE = "drift"
#: Inputs that a sentence names.
_NAMED = 3


def finding(readings: Sequence[Reading]) -> Finding | None:
    """What the newest window of the readings of a version says, if something moved beyond its alarm that matters.

    How many rows were scored is for whoever reports it to say.
    """
    own = [reading for reading in readings if reading.column and reading.aspect in ("drift", "completeness")]
    newest = max((reading.end for reading in own), default=0)
    found = ranked([reading for reading in own if reading.end == newest])
    moved = [reading for reading in found if reading.crossed]
    if not any(reading.matters for reading in moved):
        return None
    first = next((reading for reading in moved if reading.matters and reading.column != PREDICTION), moved[0])
    return Finding(
        model=first.model,
        environment=first.environment,
        number=first.number,
        kind=Kind.FUNCTIONAL,
        measure=MEASURE,
        value=first.value,
        limit=first.limit or 0.0,
        sentence=sentence(found),
        start=first.start,
        end=first.end,
        after_rows=0,
        severity=Severity.NOTICE,
        column="" if first.column == PREDICTION else first.column,
    )


def ranked(readings: Sequence[Reading]) -> list[Reading]:
    """The strongest figure of each column; those that moved first, then by what they can do to the answers."""
    order = sorted(readings, key=lambda reading: (not reading.crossed, -reading.impact, reading.column))
    return list({reading.column: reading for reading in reversed(order)}.values())[::-1]


def sentence(readings: Sequence[Reading]) -> str:
    """What moved and matters, what moved and is harmless, whether the predictions moved, and how often that is nothing."""
    inputs = [reading for reading in readings if reading.column != PREDICTION]
    moved = [reading for reading in inputs if reading.crossed]
    matter = [reading for reading in moved if reading.matters]
    harmless = [reading.column for reading in moved if not reading.matters]
    parts = [f"{len(matter)} of {len(inputs)} inputs moved and matter{_named(matter)}."] if matter else []
    if harmless:
        parts.append(f"Moved, harmless: {_listed(harmless)}.")
    parts += [_predictions(reading) for reading in readings if reading.column == PREDICTION and reading.measure != "missing"]
    expected = readings[0].false_alarms
    if expected is not None:
        parts.append(f"Without any drift, {told(expected)} such alarms a month are expected at most.")
    return " ".join(parts)


def _named(readings: Sequence[Reading]) -> str:
    named = "; ".join(f"{reading.subject} by {_size(reading)}" for reading in readings[:_NAMED])
    more = len(readings) - _NAMED
    return f": {named}" + (f"; and {more} more" if more > 0 else "")


def _size(reading: Reading) -> str:
    return f"{reading.value:.2g} ({reading.measure.replace('_', ' ')}, limit {reading.limit:.2g})"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _predictions(reading: Reading) -> str:
    did = "moved" if reading.crossed else "did not move beyond it"
    return f"The predictions {did}: {_size(reading)}."
