"""How the inputs of each version are in its newest window, kept for the lists."""

from collections.abc import Sequence

from msgspec.structs import replace

from lamplighter.domain.inputs import Inputs
from lamplighter.domain.monitor import Reading
from lamplighter.store.transaction import Transaction

_INPUTS, _CALIBRATION = ("drift", "completeness"), "calibration"


def note(change: Transaction, readings: Sequence[Reading]) -> None:
    """Keep how the inputs are of every version that was just measured, and what its alarms promise; an older window of inputs
    changes nothing."""
    told = [reading for reading in readings if reading.aspect in (*_INPUTS, _CALIBRATION)]
    for model, environment, number in {(reading.model, reading.environment, reading.number) for reading in told}:
        same = [one for one in told if (one.model, one.environment, one.number) == (model, environment, number)]
        known = change.inputs.find(model=model, environment=environment, number=number)
        before = known or Inputs(model=model, environment=environment, number=number, end=0, matter=False)
        after = _calibrated(_moved(before, same), same)
        if after != known:
            change.inputs.put(after)


def _moved(before: Inputs, readings: Sequence[Reading]) -> Inputs:
    own = [reading for reading in readings if reading.aspect in _INPUTS]
    end = max((reading.end for reading in own), default=-1)
    if end < before.end:
        return before
    newest = [reading for reading in own if reading.end == end]
    # All inputs have one alarm. The rules of other libraries promise nothing, whatever the own rule says of empty values.
    promised = {reading.false_alarms for reading in newest}
    return replace(
        before,
        end=end,
        matter=any(reading.crossed and reading.matters for reading in newest),
        false_alarms=promised.pop() if len(promised) == 1 else None,
    )


def _calibrated(before: Inputs, readings: Sequence[Reading]) -> Inputs:
    last = max((one for one in readings if one.aspect == _CALIBRATION), key=lambda one: one.end, default=None)
    return before if last is None else replace(before, calibration=last.false_alarms)
