"""Many windows at once give what each gives alone."""

import math

import numpy as np
import pytest
from tests.monitoring.samples import profile, rows, scores

from lamplighter import plugins
from lamplighter.measures import measure
from lamplighter.measures.base import DriftMeasure
from lamplighter.monitoring.counts import Counts, count, merge_all, windows
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.refusals import OtherProfile
from lamplighter.monitoring.timeline import distances, stacked

PROFILE = profile()
MEASURES = [found for name in plugins.names("measures") if isinstance(found := measure(name), DriftMeasure)]


def days() -> list[Counts]:
    made = [count(PROFILE, rows(300, seed, shift=seed / 4), scores(300, seed)) for seed in range(5)]
    without = {name: values for name, values in rows(200, 9).items() if name != "origin"}
    return [*made, count(PROFILE, without, scores(200, 9)), count(PROFILE, {"delay": [None] * 7})]


def alone(counts: Counts, column: str, found: DriftMeasure) -> float:
    held = windows(PROFILE, counts).get(column)
    value = found.measure(PROFILE.columns[column], held) if held is not None else Missing(why="")
    return math.nan if isinstance(value, Missing) else value


@pytest.mark.parametrize("width", [1, 3])
def test_all_at_once_as_one_by_one(width: int) -> None:
    made = days()
    summed = [merge_all(PROFILE, made[start : start + width]) for start in range(len(made) - width + 1)]
    together = distances(PROFILE, stacked(PROFILE, summed), MEASURES)
    assert set(together) == set(PROFILE.columns)
    for column, by_measure in together.items():
        fitting = [found for found in MEASURES if PROFILE.columns[column].kind in found.columns]
        assert list(by_measure) == [found.name for found in fitting]
        for found in fitting:
            one_by_one = [alone(counts, column, found) for counts in summed]
            np.testing.assert_allclose(by_measure[found.name], one_by_one, rtol=1e-12, atol=1e-15)


def test_refusals() -> None:
    with pytest.raises(OtherProfile):
        stacked(profile(seed=8), days())
