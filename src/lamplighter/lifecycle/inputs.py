"""How the inputs of each version are in its newest window, kept for the lists."""

from collections.abc import Sequence

from lamplighter.domain.inputs import Inputs
from lamplighter.domain.monitor import Reading
from lamplighter.store.transaction import Transaction


def note(change: Transaction, readings: Sequence[Reading]) -> None:
    """Keep whether the inputs matter for every version that was just measured; an older window changes nothing."""
    telling = [reading for reading in readings if reading.aspect in ("drift", "completeness")]
    for model, environment, number in {(reading.model, reading.environment, reading.number) for reading in telling}:
        same = [one for one in telling if (one.model, one.environment, one.number) == (model, environment, number)]
        end = max(reading.end for reading in same)
        known = change.inputs.find(model=model, environment=environment, number=number)
        if known is None or known.end <= end:
            matter = any(reading.crossed and reading.matters for reading in same if reading.end == end)
            change.inputs.put(Inputs(model=model, environment=environment, number=number, end=end, matter=matter))
