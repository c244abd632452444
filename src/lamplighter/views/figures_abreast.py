"""Figures of several versions on the same rows, each with its distance from the first, and the best beyond chance."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from lamplighter.domain.contract import Meaning
from lamplighter.domain.version_comparison import Cell, Contrast, Line
from lamplighter.measures import SHOWN, quality_measure, quality_measures
from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.differing import Difference, Scores, difference
from lamplighter.monitoring.evaluated import Evaluated
from lamplighter.monitoring.figure import Direction, Figure, Missing
from lamplighter.monitoring.outcomes import outcomes

#: One interval in twenty does not hold the difference.
_ALPHA = 0.05


class Scored(NamedTuple):
    """What one version says of the set."""

    number: int
    meaning: Meaning
    rows: Evaluated
    threshold: float


class _Part(NamedTuple):
    """The rows of one slice, with what each version says of them."""

    labels: FloatArray
    scores: dict[int, Scores]


def lines(part: str, names: Sequence[str], scored: Sequence[Scored]) -> Iterator[Line]:
    """A line for each measure that has a value there; all rows where no slice is named."""
    if not scored:
        return
    meaning = scored[0].meaning
    known = [name for name in quality_measures(meaning) if name in names] or list(SHOWN[meaning])
    rows = _part(part, scored)
    for name in known:
        found = _line(part, quality_measure(name), rows)
        if found is not None:
            yield found


def _part(part: str, scored: Sequence[Scored]) -> _Part:
    """A slice holds the same rows whoever tells of it, for the sets are equal."""
    places = next((one.rows.slices[part] for one in scored if part in one.rows.slices), slice(None))
    scores = {one.number: Scores(one.rows.scores[places], one.threshold) for one in scored}
    return _Part(scored[0].rows.labels[places], scores)


def _line(part: str, measure: QualityMeasure, rows: _Part) -> Line | None:
    cells = [cell for number, says in rows.scores.items() if (cell := _cell(measure, number, rows.labels, says))]
    base = next(iter(rows.scores))
    if not cells or cells[0].number != base:
        return None
    against = (cells[0], *(_against(measure, rows, cells[0], cell) for cell in cells[1:]))
    better = measure.direction.value
    return Line(metric=measure.name, slice=part, better=better, cells=against, best=_best(measure, rows, against))


def _cell(measure: QualityMeasure, number: int, labels: FloatArray, says: Scores) -> Cell | None:
    found = measure.measure(outcomes(labels, says.scores, says.threshold))
    if not isinstance(found, Figure) or not math.isfinite(found.value):
        return None
    ends = (found.low, found.high) if math.isfinite(found.low) and math.isfinite(found.high) else (None, None)
    return Cell(number=number, value=found.value, low=ends[0], high=ends[1], n=found.n)


def _against(measure: QualityMeasure, rows: _Part, base: Cell, cell: Cell) -> Cell:
    found = _difference(measure, rows, base.number, cell.number, _ALPHA)
    if isinstance(found, Missing):
        apart = cell.value - base.value
        return msgspec.structs.replace(cell, difference=apart, standing=Contrast.UNCLEAR, why=found.why)
    return msgspec.structs.replace(
        cell,
        difference=found.value,
        difference_low=found.low,
        difference_high=found.high,
        standing=found.standing,
        why=found.why,
    )


def _difference(measure: QualityMeasure, rows: _Part, base: int, other: int, alpha: float) -> Difference | Missing:
    one, two = (_meant(measure, rows.scores[number]) for number in (base, other))
    return difference(measure.name, measure.direction, rows.labels, one, two, alpha)


def _meant(measure: QualityMeasure, says: Scores) -> Scores:
    """A figure that looks at no decision is the same wherever a version decides, and one of the order is that of the ranks."""
    if measure.ranks:
        return Scores(np.unique(says.scores, return_inverse=True)[1].astype(np.float64), 0.0)
    return says if measure.decides else says._replace(threshold=0.0)


def _best(measure: QualityMeasure, rows: _Part, cells: Sequence[Cell]) -> int:
    """The version that is better than each other one. With every pair at its part of the chance, no more than one in twenty
    lines marks a version that is no better than another, however many there are."""
    sign = 1.0 if measure.direction is Direction.HIGHER else -1.0
    first = max(cells, key=lambda one: sign * one.value)
    others = [one for one in cells if one.number != first.number]
    found = (_difference(measure, rows, one.number, first.number, _ALPHA / len(others)) for one in others)
    beyond = bool(others) and all(isinstance(one, Difference) and one.standing is Contrast.BETTER for one in found)
    return first.number if beyond else 0
