"""A calibration is a line on the log-odds: it leaves the order of scores, and two make one."""

import math

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tests.domain import specimens

from lamplighter.domain.calibration import (
    EDGE,
    Calibration,
    all_calibrated,
    calibrated,
    composed,
    log_odds,
    probability,
    uncalibrated,
)
from lamplighter.domain.consumer import Consumer
from lamplighter.domain.decoding import from_json
from lamplighter.domain.effect import effects
from lamplighter.domain.record import canonical
from lamplighter.domain.retrained import shape
from lamplighter.domain.version import Manifest

LINES = st.builds(Calibration, intercept=st.floats(-5.0, 5.0), slope=st.floats(0.05, 5.0))
SCORES = st.floats(0.0, 1.0)
#: Scores that stay off the edges after two moderate lines.
INNER = st.floats(0.2, 0.8)
GENTLE = st.builds(Calibration, intercept=st.floats(-1.0, 1.0), slope=st.floats(0.5, 1.5))


@given(SCORES)
def test_the_line_through_the_origin_changes_nothing(score: float) -> None:
    inner = min(max(score, EDGE), 1.0 - EDGE)
    assert math.isclose(calibrated(Calibration(), score), inner, rel_tol=1e-14)


@given(LINES, SCORES, SCORES)
def test_it_rises_and_stays_a_probability(by: Calibration, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0.0 <= calibrated(by, low) <= calibrated(by, high) + 1e-15 <= 1.0 + 1e-15


@given(LINES, SCORES)
def test_it_is_the_formula(by: Calibration, score: float) -> None:
    inner = min(max(score, EDGE), 1.0 - EDGE)
    odds = by.intercept + by.slope * math.log(inner / (1.0 - inner))
    wanted = 1.0 / (1.0 + math.exp(-odds)) if odds > -700.0 else 0.0
    assert abs(calibrated(by, score) - wanted) <= 1e-12


@given(LINES, st.lists(SCORES))
def test_many_have_the_bits_of_each(by: Calibration, scores: list[float]) -> None:
    assert all_calibrated(by, scores) == [calibrated(by, one) for one in scores]


@given(GENTLE, GENTLE, INNER)
def test_two_make_one(first: Calibration, then: Calibration, score: float) -> None:
    assert math.isclose(calibrated(composed(first, then), score), calibrated(then, calibrated(first, score)), rel_tol=1e-12)


@given(GENTLE, INNER)
def test_it_can_be_taken_back(by: Calibration, score: float) -> None:
    assert math.isclose(uncalibrated(by, calibrated(by, score)), score, rel_tol=1e-12)


def test_nothing_and_everything_have_log_odds() -> None:
    assert (log_odds(0.0), log_odds(1.0)) == (log_odds(EDGE), log_odds(1.0 - EDGE))
    assert log_odds(0.5) == 0.0
    assert probability(-1e6) == 0.0
    assert probability(1e6) == 1.0


def test_a_line_that_falls_or_has_no_end_is_none() -> None:
    infinite = Calibration(slope=math.inf), Calibration(intercept=math.nan), Calibration(intercept=-math.inf)
    assert not any(one.is_lawful for one in (Calibration(slope=0.0), Calibration(slope=-1.0), *infinite))
    assert Calibration(intercept=-3.0, slope=0.4).is_lawful


def test_a_consumer_with_a_threshold_of_its_own_can_read_its_answers_wrongly() -> None:
    live = specimens.version().manifest
    other = msgspec.structs.replace(live, calibration=Calibration(intercept=-1.0))
    own, others = Consumer(name="desk", owner="bea", threshold=0.7), Consumer(name="app", owner="bea")
    (breaks,), (told,) = effects(own, live, other), effects(others, live, other)
    assert (breaks.name, breaks.what, breaks.breaking) == ("score", "is calibrated otherwise", True)
    assert breaks.why == "It decides at its own 0.7, and the same rows have other scores."
    assert (told.breaking, told.why) == (False, "It decides by the version's threshold; its replay says which decisions turn.")
    assert effects(own, other, live)[0].what == "is no longer calibrated"
    assert effects(own, other, other) == ()


def test_what_retrains_leave_as_it_is_has_the_calibration_in_it() -> None:
    bare = specimens.version().manifest
    lines = Calibration(intercept=-1.0), Calibration(intercept=-2.0)
    found = {shape(bare), *(shape(msgspec.structs.replace(bare, calibration=one)) for one in lines)}
    assert len(found) == 3


def test_versions_without_one_keep_their_digest() -> None:
    manifest = specimens.version().manifest
    assert b"calibration" not in canonical(manifest)
    calibrates = msgspec.structs.replace(manifest, calibration=Calibration(intercept=-1.0, slope=0.5))
    assert calibrates.digest != manifest.digest
    read = from_json(canonical(calibrates), Manifest)
    assert (read, read.digest) == (calibrates, calibrates.digest)
    assert (manifest.calibrates, read.calibrates) == (None, Calibration(intercept=-1.0, slope=0.5))
