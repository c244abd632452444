"""Figures of windows: exact, restated when the truth changes, and the same in whatever order things come."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.metrics import (  # type: ignore[import-untyped]
    brier_score_loss,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import Segment, scored
from tests.sdk import models

from lamplighter.domain.events.incident import FindingMade
from lamplighter.domain.monitor import Reading
from lamplighter.domain.prediction import Scored
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection, watching
from lamplighter.lifecycle.watching import Label

HOUR, DAY = 3_600_000_000, 86_400_000_000
MONDAY = 19_000 * DAY
MODEL = "windowed"


def rows(count: int, seed: int = 5) -> tuple[list[float], list[int]]:
    """Scores of a version and what really happened."""
    generator = np.random.default_rng(seed)
    scores = generator.random(count)
    return scores.tolist(), (generator.random(count) < scores**2).astype(int).tolist()


def record(version: Version, scores: Sequence[float], hours: float, request: str = "a") -> Scored:
    """A request so many hours after the Monday."""
    return scored(version, request, scores, at=MONDAY + int(hours * 3_600_000_000))


def labels(truth: Sequence[int], request: str = "a", revision: int = 0) -> list[Label]:
    """The labels of a request."""
    return [Label(id=f"{request}.{row}", value=float(value), revision=revision) for row, value in enumerate(truth)]


@pytest.fixture
def version(life: Life) -> Version:
    """A live version that is watched by the day."""
    quality = {"metric": "brier", "limit": 0.9, "window": "1d", "least_rows": 50}
    version = life.version(models.project(MODEL, monitor={"quality": quality}))
    life.appoint(version)
    return version


def readings(life: Life) -> dict[str, Reading]:
    """The figures of the one window of quality, by measure."""
    found = life["rita"].readings(MODEL, "prod", "quality")
    assert len({reading.start for reading in found}) <= 1
    return {reading.measure: reading for reading in found}


def watched(life: Life) -> dict[str, Reading]:
    """Collect, measure and look."""
    collection.collect(life.kit, "prod")
    watching.observe(life.kit)
    return readings(life)


def test_figures_are_those_of_scikit_learn(life: Life, version: Version) -> None:
    scores, truth = rows(300)
    Segment(life.settings).write(record(version, scores, 6), record(version, scores[:1], 25, "end"))
    watching.push_labels(life.kit, MODEL, labels(truth))
    found = watched(life)
    assert set(found) == {"brier", "auc"}
    assert (found["brier"].start, found["brier"].end, found["brier"].count) == (MONDAY, MONDAY + DAY, 300)
    assert math.isclose(found["brier"].value, brier_score_loss(truth, scores), abs_tol=1e-9)
    assert math.isclose(found["auc"].value, roc_auc_score(truth, scores), abs_tol=1e-9)
    figures = life["rita"].figures(MODEL, "prod", 1, MONDAY, MONDAY + DAY)
    decided = [score >= version.manifest.decision.threshold for score in scores]
    assert figures.values == pytest.approx(
        {
            "auc": roc_auc_score(truth, scores),
            "brier": brier_score_loss(truth, scores),
            "log_loss": log_loss(truth, scores),
            "precision": precision_score(truth, decided),
            "recall": recall_score(truth, decided),
        },
        abs=1e-9,
    )


def test_a_window_waits_for_its_labels_but_not_for_ever(life: Life) -> None:
    monitor = {"labels": {"expected_after": "2d"}, "quality": {"limit": 0.9, "window": "1d", "least_rows": 50}}
    version = life.version(models.project(MODEL, monitor=monitor))
    life.appoint(version)
    scores, truth = rows(100)
    segment = Segment(life.settings)
    segment.write(record(version, scores, 6), record(version, scores[:1], 25, "end"))
    watching.push_labels(life.kit, MODEL, labels(truth[:60]))
    assert watched(life) == {}
    watching.push_labels(life.kit, MODEL, labels(truth[:99]))
    assert watched(life)["brier"].count == 99

    # Of the next day most labels never come: twice the time in which they are expected is enough.
    segment.write(record(version, scores, 30, "next"))
    watching.push_labels(life.kit, MODEL, labels(truth[:60], "next"))
    segment.write(record(version, scores[:1], 24 * 5, "before"))
    counts = [reading.count for reading in watched_all(life) if reading.measure == "brier"]
    assert counts == [99]
    segment.write(record(version, scores[:1], 24 * 6 + 1, "after"))
    counts = [reading.count for reading in watched_all(life) if reading.measure == "brier"]
    assert counts == [99, 60]


def test_a_caller_with_a_wrong_clock_ends_no_window_before_its_time(life: Life) -> None:
    monitor = {"labels": {"expected_after": "2d"}, "quality": {"limit": 0.9, "window": "1d", "least_rows": 50}}
    version = life.version(models.project(MODEL, monitor=monitor))
    life.appoint(version)
    scores, truth = rows(100)
    segment = Segment(life.settings)
    segment.write(record(version, scores, 6), record(version, scores[:1], 25, "end"))
    year_9999 = 253_402_300_000_000_000
    segment.write(scored(version, "ahead", [0.5], at=MONDAY, event_at=year_9999))
    collection.collect(life.kit, "prod")
    watching.push_labels(life.kit, MODEL, [*labels(truth[:60]), Label(id="ahead.0", value=1.0)])
    # With the labels that come first alone, which are not like the rest, nothing is judged.
    assert watched(life) == {}
    champion, now = (MODEL, "prod", version.number), life.clock.now()
    with life.kit.store.reading() as look:
        seen = look.sightings.of([champion], {}, {}, now)[MODEL, "prod"]
    assert (seen.scored_to, seen.labelled_to) == (MONDAY + 25 * HOUR, MONDAY + 6 * HOUR)
    watching.push_labels(life.kit, MODEL, labels(truth))
    assert watched(life)["brier"].count == 100


def watched_all(life: Life) -> list[Reading]:
    """Collect, measure, and every figure of quality by window."""
    collection.collect(life.kit, "prod")
    watching.observe(life.kit)
    return life["rita"].readings(MODEL, "prod", "quality")


def test_labels_may_come_before_their_predictions(life: Life, version: Version) -> None:
    scores, truth = rows(100)
    watching.push_labels(life.kit, MODEL, labels(truth))
    watching.observe(life.kit)
    Segment(life.settings).write(record(version, scores, 6), record(version, scores[:1], 25, "end"))
    assert math.isclose(watched(life)["brier"].value, brier_score_loss(truth, scores), abs_tol=1e-9)


def test_a_later_truth_restates_the_window(life: Life, version: Version) -> None:
    scores, truth = rows(100)
    Segment(life.settings).write(record(version, scores, 6), record(version, scores[:1], 25, "end"))
    watching.push_labels(life.kit, MODEL, labels(truth))
    first = watched(life)["brier"]
    turned = [1 - value for value in truth]
    watching.push_labels(life.kit, MODEL, labels(turned, revision=1))
    restated = watched(life)["brier"]
    assert math.isclose(restated.value, brier_score_loss(turned, scores), abs_tol=1e-9)
    assert restated.value != first.value
    assert (first.restated, restated.restated) == (0, 1)
    # An older truth that comes late changes nothing.
    watching.push_labels(life.kit, MODEL, labels(truth, revision=0))
    assert watched(life)["brier"] == restated


def test_the_highest_revision_wins_within_one_push_as_well(life: Life, version: Version) -> None:
    scores, truth = rows(100)
    Segment(life.settings).write(record(version, scores, 6), record(version, scores[:1], 25, "end"))
    turned = [1 - value for value in truth]
    watching.push_labels(life.kit, MODEL, [*labels(truth, revision=2), *labels(turned, revision=1)])
    assert math.isclose(watched(life)["brier"].value, brier_score_loss(truth, scores), abs_tol=1e-9)


def test_rows_that_come_late_restate_the_window_too(life: Life, version: Version) -> None:
    scores, truth = rows(120)
    segment = Segment(life.settings)
    segment.write(record(version, scores[:80], 6), record(version, scores[:1], 25, "end"))
    watching.push_labels(life.kit, MODEL, [*labels(truth[:80]), *labels(truth[80:], "late")])
    assert watched(life)["brier"].count == 80
    segment.write(record(version, scores[80:], 20, "late"))
    found = watched(life)["brier"]
    assert found.count == 120
    assert found.value == pytest.approx(brier_score_loss(truth, scores), abs=1e-9)


def test_each_version_has_its_own_figures_and_only_the_live_one_is_found_out(life: Life, version: Version) -> None:
    quality = {"metric": "brier", "limit": 0.05, "window": "1d", "least_rows": 50}
    second = life.version(models.project(MODEL, monitor={"quality": quality}), threshold=0.6)
    scores, truth = rows(100)
    for one, request in ((version, "a"), (second, "b")):
        Segment(life.settings).write(record(one, scores, 6, request), record(one, scores[:1], 25, f"end-{request}"))
    watching.push_labels(life.kit, MODEL, [*labels(truth), *labels([1 - value for value in truth], "b")])
    collection.collect(life.kit, "prod")
    watching.observe(life.kit)
    by_number = {r.number: r.value for r in life["rita"].readings(MODEL, "prod", "quality", "brier")}
    assert by_number == pytest.approx(
        {1: brier_score_loss(truth, scores), 2: brier_score_loss([1 - value for value in truth], scores)}, abs=1e-9
    )
    findings = [event.finding for event in life.events(FindingMade)]
    assert {finding.number for finding in findings if finding} == {1}
    assert [finding.measure for finding in findings if finding].count("brier") == 1


def test_a_figure_without_an_interval_can_be_kept_and_read(life: Life) -> None:
    quality = {"metric": "log_loss", "limit": 0.9, "window": "1d", "least_rows": 1}
    version = life.version(models.project("scarce", monitor={"quality": quality}))
    life.appoint(version)
    Segment(life.settings).write(record(version, [0.7], 6), record(version, [0.7], 25, "end"))
    watching.push_labels(life.kit, "scarce", labels([1]))
    collection.collect(life.kit, "prod")
    watching.observe(life.kit)
    (found,) = life["rita"].readings("scarce", "prod", "quality", "log_loss")
    assert found.value == found.low == found.high == pytest.approx(-math.log(0.7))
    figures = life["rita"].figures("scarce", "prod", 1, MONDAY, MONDAY + DAY)
    assert "log_loss" in figures.values
    assert "log_loss" not in figures.high


def test_drift_needs_no_label(life: Life, version: Version) -> None:
    segment = Segment(life.settings)
    segment.write(record(version, [0.5] * 200, 6))
    assert drifted(life) == set()
    segment.write(record(version, [0.5], 25, "end"))
    assert drifted(life) == {"@prediction", "delay", "load"}


def drifted(life: Life) -> set[str]:
    """Collect, measure, and the columns that have a figure of drift for the Monday."""
    collection.collect(life.kit, "prod")
    watching.observe(life.kit)
    return {reading.column for reading in life["rita"].readings(MODEL, "prod", "drift") if reading.start == MONDAY}
