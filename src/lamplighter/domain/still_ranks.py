"""Whether a version whose probabilities are off still ranks rows as well as it should, so that it lacks a calibration."""

from collections.abc import Sequence

from lamplighter.domain.monitor import Reading
from lamplighter.domain.requirement import Operator, Requirement

#: Measures that look at what a probability says, not only at the order of rows.
SAYS = frozenset({"brier", "log_loss", "calibration", "calibration_error"})
_RANKS, _MEASURED = "auc", "quality"


def still_ranks(readings: Sequence[Reading], number: int, requirements: Sequence[Requirement]) -> Reading | None:
    """The area under the curve in the newest window of a version if it is as high as the project asks, or, where that asks
    nothing, no lower than at first beyond chance. Nothing where it is lower, or was not measured."""
    wanted = (number, _MEASURED, _RANKS, "")
    found = [one for one in readings if (one.number, one.aspect, one.measure, one.slice) == wanted]
    if not found:
        return None
    first, last = (end(found, key=lambda one: one.end) for end in (min, max))
    asked = [one.bound for one in requirements if one.metric == _RANKS and not one.slice and one.operator is Operator.AT_LEAST]
    holds = all(last.value >= bound for bound in asked) if asked else last.high >= first.low
    return last if holds and not last.crossed and last.low > 0.5 else None
