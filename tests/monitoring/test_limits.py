"""A limit is crossed only where the interval leaves no doubt."""

import pytest

from lamplighter.monitoring.figure import Direction, Figure, Missing
from lamplighter.monitoring.limits import Crossing, crossed


@pytest.mark.parametrize(
    ("limit", "lower_is_better", "higher_is_better"),
    [
        (0.19, Crossing.YES, Crossing.NO),
        (0.20, Crossing.NOT_ENOUGH_EVIDENCE, Crossing.NO),
        (0.21, Crossing.NOT_ENOUGH_EVIDENCE, Crossing.NOT_ENOUGH_EVIDENCE),
        (0.22, Crossing.NO, Crossing.NOT_ENOUGH_EVIDENCE),
        (0.23, Crossing.NO, Crossing.YES),
    ],
)
def test_both_directions(limit: float, lower_is_better: Crossing, higher_is_better: Crossing) -> None:
    figure = Figure(name="brier", value=0.21, low=0.20, high=0.22, n=500, interval="Student")
    assert crossed(figure, limit, Direction.LOWER) is lower_is_better
    assert crossed(figure, limit, Direction.HIGHER) is higher_is_better


def test_no_figure_is_no_evidence() -> None:
    assert crossed(Missing(why="No labels."), 0.2, Direction.LOWER) is Crossing.NOT_ENOUGH_EVIDENCE
