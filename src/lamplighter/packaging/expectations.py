"""Whether the answers of the form that serves follow an input as its project expects, row by row over the values seen."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from lamplighter.domain.contract import Column, Contract, Kind
from lamplighter.domain.errors import Invalid
from lamplighter.domain.expectation import Course, Expectation
from lamplighter.domain.names import unknown
from lamplighter.domain.robustness import Followed
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.turning import most_turned, share
from lamplighter.packaging.parity import TOLERANCE
from lamplighter.packaging.robustness import Asked
from lamplighter.serving.runtimes.base import Failed

#: Values of an input that every row is given in turn.
VALUES = 9
_NUMBERS = (Kind.NUMBER, Kind.INTEGER)


def check(contract: Contract, expectations: Sequence[Expectation]) -> None:
    """Raise `NotFound` and `Invalid` for an expectation that says nothing of such a model."""
    columns = {column.name: column for column in contract.inputs}
    for one in expectations:
        if one.input not in columns:
            raise unknown("input (expectation.input)", one.input, columns)
        if one.expect is not Course.UNCHANGED and columns[one.input].kind not in _NUMBERS:
            raise Invalid(
                f"The expectation of {one.input} cannot be tried.",
                why=f"It is a {columns[one.input].kind}, and only numbers are raised.",
                fix=f'Write expect = "{Course.UNCHANGED}", or name an input of numbers.',
                code="E1251",
            )


async def followed(model: Asked, sample: Sequence[Any], expectation: Expectation) -> Followed:
    """How many rows break the expectation; `sample` are the values of the input."""
    column, expect = model.contract.column(expectation.input), expectation.expect
    values = [*_values(column, sample), *([None] if column.nullable and expect is Course.UNCHANGED else [])]
    try:
        scores = [await model.score({**model.rows, column.name: [value] * model.count}) for value in values]
    except Failed as failed:
        return Followed(input=column.name, expect=expect, failed=failed.why)
    every = np.vstack([model.scores, *scores])
    broken = share(int(np.count_nonzero(_broken(model, every, expect))), model.count)
    decided = expect is Course.UNCHANGED and model.decides
    turned = most_turned(every.min(0), every.max(0)) if decided else ()
    return Followed(input=column.name, expect=expect, broken=broken, of_decisions=decided, turned=turned)


def _values(column: Column, sample: Sequence[Any]) -> list[Any]:
    """Numbers from the lowest to the highest, evenly over those of the sample; of anything else the commonest."""
    if column.kind in _NUMBERS:
        known = sorted({value for value in sample if value is not None})
        places = np.unique(np.linspace(0, len(known) - 1, VALUES).round().astype(int))
        return [known[place] for place in places]
    return [value for value, _ in Counter(value for value in sample if value is not None).most_common(VALUES)]


def _broken(model: Asked, every: FloatArray, expect: Course) -> Any:
    """Which rows break it, from their scores as they are and then by value."""
    tolerance = TOLERANCE * model.unit
    if expect is Course.UNCHANGED:
        decided = every >= model.threshold
        return decided.any(0) & ~decided.all(0) if model.decides else np.ptp(every, axis=0) > tolerance
    steps = np.diff(every[1:], axis=0)
    return (steps < -tolerance).any(0) if expect is Course.NEVER_FALLS else (steps > tolerance).any(0)
