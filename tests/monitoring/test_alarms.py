"""Alarms keep the rate of false alarms that they state, over all columns together."""

from typing import Any

import numpy as np
import pytest
from tests.monitoring.samples import CONTRACT, profile, rows, scores

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.measures.chi_square import ChiSquare
from lamplighter.measures.jensen_shannon import JensenShannon
from lamplighter.measures.kolmogorov_smirnov import KolmogorovSmirnov
from lamplighter.measures.missing import MissingValues
from lamplighter.measures.psi import PopulationStability
from lamplighter.measures.wasserstein import Wasserstein
from lamplighter.monitoring.alarms import Calibration, FalseAlarms, fixed
from lamplighter.monitoring.counts import count
from lamplighter.monitoring.drift import drift
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.measure import Measure
from lamplighter.monitoring.profile import reference_profile
from lamplighter.monitoring.refusals import ImpossibleSetting
from lamplighter.monitoring.resampling import expected, redrawn

ALL: tuple[Measure, ...] = (
    JensenShannon(),
    PopulationStability(),
    KolmogorovSmirnov(),
    Wasserstein(),
    ChiSquare(),
    MissingValues(),
)


def rate_over_streams(measures: tuple[Measure, ...], streams: int, windows: int, n: int) -> tuple[float, FalseAlarms]:
    """Share of windows with an alarm in streams without drift, each with a reference of its own."""
    alarms = 0
    for stream in range(streams):
        made = reference_profile(CONTRACT, rows(2000, 10_000 + stream), scores(2000, 10_000 + stream))
        calibration = Calibration(made, measures, rate=0.05, draws=399, seed=stream)
        for window in range(windows):
            seed = 1_000_000 + stream * windows + window
            found = drift(made, count(made, rows(n, seed), scores(n, seed)), measures, calibration.thresholds(n))
            alarms += bool(found.drifted)
    assert isinstance(found.false_alarms, FalseAlarms)
    return alarms / (streams * windows), found.false_alarms


def test_the_rate_of_false_alarms_is_inside_the_stated_interval() -> None:
    rate, stated = rate_over_streams((JensenShannon(), MissingValues()), streams=150, windows=3, n=300)
    assert stated.expected == 0.05
    assert stated.low <= rate <= stated.high


@pytest.mark.parametrize(
    ("measures", "streams", "windows", "n"), [((PopulationStability(),), 100, 8, 1024), (ALL, 25, 20, 512)]
)
def test_the_rate_holds_for_other_measures(measures: tuple[Measure, ...], streams: int, windows: int, n: int) -> None:
    rate, stated = rate_over_streams(measures, streams, windows, n)
    assert stated.low <= rate <= stated.high


def test_drift_is_found() -> None:
    made = profile()
    calibration = Calibration(made, ALL)
    found = drift(made, count(made, rows(2000, 5, shift=0.3), scores(2000, 5)), ALL, calibration.thresholds(2000))
    assert [column.column for column in found.drifted] == ["delay"]
    strengths = {reading.measure: reading.drifted for reading in found.columns[0].readings}
    assert strengths == {
        "jensen_shannon": True,
        "psi": True,
        "kolmogorov_smirnov": True,
        "wasserstein": True,
        "missing": False,
    }


def test_what_is_stated() -> None:
    stated = Calibration(profile(), [JensenShannon()], rate=0.01, draws=999).false_alarms
    assert (stated.expected, round(stated.low, 4), round(stated.high, 4)) == (0.01, 0.0048, 0.0170)
    month = stated.times(30.4)
    assert (month.expected, month.low, month.high) == pytest.approx((0.304, stated.low * 30.4, stated.high * 30.4))
    with pytest.raises(ImpossibleSetting):
        Calibration(profile(), [JensenShannon()], rate=0.001, draws=500)


def test_thresholds_fall_with_the_rows_and_repeat() -> None:
    made = profile()
    one, other = Calibration(made, ALL, draws=199), Calibration(made, ALL, draws=199)
    by_rows = [one.thresholds(n).values["delay"]["jensen_shannon"] for n in (100, 300, 900, 2700, 8100)]
    assert by_rows == sorted(by_rows, reverse=True)
    assert one.thresholds(700).values == other.thresholds(700).values
    assert one.thresholds(1).values.keys() == made.columns.keys()


def test_sizes_between_two_powers_are_met() -> None:
    made = profile()
    between = Calibration(made, [JensenShannon(), PopulationStability()], draws=1999).thresholds(1448).values
    edge = Calibration(made, [JensenShannon(), PopulationStability()], draws=1999)
    for name, thresholds in between.items():
        for measure, threshold in thresholds.items():
            low, high = (edge.thresholds(n).values[name][measure] for n in (2048, 1024))
            assert low < threshold < high
            assert threshold == pytest.approx(np.sqrt(low * high), rel=1e-3)


def test_draws_spread_by_the_reference_as_well() -> None:
    values = np.random.default_rng(0).normal(size=1000)
    contract = Contract(inputs=(Column(name="x", kind=Kind.NUMBER),), output=Output(name="y", meaning=Meaning.NUMBER))
    reference = reference_profile(contract, {"x": values}).columns["x"]
    windows = redrawn(expected(reference), 500, 4000, np.random.default_rng(1))
    assert set(windows.rows.tolist()) == {500}
    spread = float(np.std(windows.below[:, reference.edges.searchsorted(np.median(values))]))
    assert spread == pytest.approx(np.sqrt(0.25 / 500 * (1 + 500 / 1000)), rel=0.05)
    assert float(np.std(windows.mean())) == pytest.approx(values.std() * np.sqrt(1.5 / 500), rel=0.06)


@pytest.mark.parametrize(
    ("kind", "values", "added"),
    [
        (Kind.NUMBER, [0.5, 1.5, 2.5, 7.5], {"below": 1, "above": 1, "missing": 1}),
        (Kind.INTEGER, [1, 2, 3] * 500, {"below": 0, "above": 0, "missing": 1}),
        (Kind.NUMBER, [0.5, 1.5, None, None], {"below": 1, "above": 1, "missing": 0}),
        (Kind.TEXT, ["a", "a", "b", "c", None], {"above": 2, "missing": 0}),
        (Kind.TEXT, ["a", "a", "b", "b"], {"above": 0, "missing": 1}),
    ],
)
def test_what_a_reference_lets_expect_where_it_holds_nothing(kind: Kind, values: list[Any], added: dict[str, int]) -> None:
    contract = Contract(inputs=(Column(name="x", kind=kind),), output=Output(name="y", meaning=Meaning.NUMBER))
    reference = reference_profile(contract, {"x": values}).columns["x"]
    more = expected(reference).tally.cells - reference.tally.cells
    places = {"below": 0, "above": -2, "missing": -1}
    assert {name: int(more[places[name]]) for name in added} == added
    assert int(more.sum()) == sum(added.values())


def test_what_never_occurs_takes_no_alarms_from_the_rest() -> None:
    contract = Contract(inputs=CONTRACT.inputs[1:2], output=CONTRACT.output)
    made = reference_profile(contract, {"seats": rows(2000, 3)["seats"]})
    alone, both = (Calibration(made, measures).thresholds(512).values["seats"] for measures in (ALL[:1], (ALL[0], ALL[-1])))
    assert alone["jensen_shannon"] == both["jensen_shannon"]
    assert 1 / 512 <= both["missing"] < 5 / 512


def test_fixed_thresholds_promise_nothing() -> None:
    found = fixed(profile(), ALL)
    assert isinstance(found.false_alarms, Missing)
    assert found.values["seats"] == {
        "jensen_shannon": 0.1,
        "psi": 0.2,
        "kolmogorov_smirnov": 0.1,
        "wasserstein": 0.1,
        "missing": 0.05,
    }


def test_a_column_without_reference_has_no_threshold() -> None:
    contract = Contract(
        inputs=(Column(name="x", kind=Kind.NUMBER, nullable=True),), output=Output(name="y", meaning=Meaning.NUMBER)
    )
    made = reference_profile(contract, {"x": [None, None]})
    found = drift(made, count(made, {"x": [1.0]}), ALL, Calibration(made, ALL).thresholds(1))
    assert not found.drifted
    assert all(isinstance(reading.threshold, Missing) for reading in found.columns[0].readings)
