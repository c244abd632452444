"""Drift of a window, ranked by what it can do."""

import pytest
from tests.monitoring.samples import profile, rows, scores

from lamplighter import plugins
from lamplighter.measures import measure
from lamplighter.measures.base import DriftMeasure
from lamplighter.measures.jensen_shannon import JensenShannon
from lamplighter.measures.missing import MissingValues
from lamplighter.monitoring.alarms import fixed
from lamplighter.monitoring.counts import count, nothing
from lamplighter.monitoring.drift import Reading, WindowDrift, drift, drifts
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.profile import PREDICTION
from lamplighter.monitoring.refusals import OtherProfile

PROFILE = profile()
MEASURES = (JensenShannon(), MissingValues())
FIXED = fixed(PROFILE, MEASURES)


def drifted(importance: dict[str, float] | None = None) -> WindowDrift:
    columns = rows(2000, 3, shift=1.0)
    columns["night"] = [True] * 2000
    return drift(PROFILE, count(PROFILE, columns, scores(2000, 3)), MEASURES, FIXED, importance)


def test_without_weights_the_strongest_is_first() -> None:
    found = drifted()
    assert [column.column for column in found.columns][:2] == ["night", "delay"]
    assert {column.column for column in found.drifted} == {"night", "delay"}
    assert all(column.impact == column.strength and column.importance == 1.0 for column in found.columns)


def test_what_matters_to_the_model_goes_first() -> None:
    found = drifted({"delay": 40.0, "night": 1.0, "seats": 4.0})
    by_name = {column.column: column for column in found.columns}
    assert found.columns[0].column == "delay"
    assert {name: column.importance for name, column in by_name.items()} == {
        "delay": 1.0,
        "night": 0.025,
        "seats": 0.1,
        "origin": 0.0,
        PREDICTION: 1.0,
    }
    assert by_name["night"].impact == pytest.approx(by_name["night"].strength * 0.025)


def test_a_column_that_fell_silent_is_seen_by_the_share_of_missing() -> None:
    window = count(PROFILE, {"delay": [None] * 50})
    found = drift(PROFILE, window, MEASURES, FIXED)
    (column,) = found.columns
    silent, gone = column.readings
    assert silent == Reading(
        measure="jensen_shannon", value=Missing(why="The window holds no value."), threshold=0.1, drifted=False
    )
    assert (gone.measure, gone.drifted, column.missing, column.rows) == ("missing", True, 50, 50)


def test_nothing_counted_nothing_found() -> None:
    assert drift(PROFILE, nothing(PROFILE), MEASURES, FIXED).columns == ()
    with pytest.raises(OtherProfile):
        drift(PROFILE, nothing(profile(seed=8)), MEASURES, FIXED)


def test_a_window_says_the_same_to_the_last_bit_whatever_stands_beside_it() -> None:
    measures = [found for name in plugins.names("measures") if isinstance(found := measure(name), DriftMeasure)]
    limits = fixed(PROFILE, measures)
    made = [count(PROFILE, rows(40 * size, size, shift=size / 4), scores(40 * size, size)) for size in range(1, 8)]
    made.append(count(PROFILE, {"delay": [None] * 7}))
    together = drifts(PROFILE, made, measures, [limits] * len(made))
    assert together == [drift(PROFILE, counts, measures, limits) for counts in made]
    assert together[:3] == drifts(PROFILE, made[:3], measures, [limits] * 3)
    assert together[0] != together[1]
