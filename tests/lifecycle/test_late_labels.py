"""Labels that come late, twice, out of order, before their prediction, for nobody, and against each other."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.segments import Segment, scored
from tests.sdk import models

from lamplighter.domain.errors import Invalid
from lamplighter.domain.monitor import Reading
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection, watching
from lamplighter.lifecycle.watching import Label

DAY = 86_400_000_000
MONDAY = 19_000 * DAY


class Watched:
    """A model with a day of scored rows, whose labels come as a test wants."""

    def __init__(self, life: Life, name: str) -> None:
        self.life, self.name = life, name
        quality = {"metric": "brier", "window": "1d", "least_rows": 5}
        labels = {"wait": "10d"}
        project = models.project(name, monitor={"quality": quality, "labels": labels, "slices": ["load"]})
        self.version: Version = life.version(project)
        life.appoint(self.version)

    def rows(self, request: str, scores: Sequence[float]) -> None:
        """A request of the Monday."""
        Segment(self.life.settings).write(scored(self.version, f"{self.name}-{request}", scores, at=MONDAY + 1_000_000))
        collection.collect(self.life.kit, "prod")

    def end(self) -> None:
        """A row of the Tuesday, which ends the window."""
        Segment(self.life.settings).write(scored(self.version, f"{self.name}-end", [0.5], at=MONDAY + DAY + 1_000_000))
        collection.collect(self.life.kit, "prod")

    def push(self, *labels: tuple[str, float, int]) -> None:
        """Labels by request and row, value and revision."""
        found = [Label(id=f"{self.name}-{key}", value=value, revision=revision) for key, value, revision in labels]
        watching.push_labels(self.life.kit, self.name, found)

    def take(self, what: str, step: Any) -> None:
        """One thing that comes."""
        if what == "rows":
            self.rows(step, SCORES[step])
        elif what == "label":
            self.push(step)
        else:
            self.end()

    def figures(self) -> dict[tuple[str, str], tuple[float, float, float, int]]:
        """What the windows of quality hold now, by measure and slice."""
        watching.observe(self.life.kit)
        rita = self.life["rita"]
        found = [*rita.readings(self.name, "prod", "quality"), *rita.readings(self.name, "prod", "quality", sliced=True)]
        return {(one.measure, one.slice): _told(one) for one in found}


def _told(reading: Reading) -> tuple[float, float, float, int]:
    return reading.value, reading.low, reading.high, reading.count


SCORES = {request: np.random.default_rng(place).random(6).tolist() for place, request in enumerate("abc")}
LABEL = st.tuples(
    st.sampled_from([f"{r}.{row}" for r in "abc" for row in range(6)]), st.sampled_from([0.0, 1.0]), st.integers(0, 2)
)
ALL = [(f"{request}.{row}", float(row % 2), 0) for request in "abc" for row in range(6)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with lived(tmp_path_factory.mktemp("late") / "home") as life:
        yield life


_numbers = iter(range(10_000))


@given(more=st.lists(LABEL, max_size=12), seed=st.integers(0, 10_000))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_figures_are_the_same_in_any_order(shared: Life, more: list[tuple[str, float, int]], seed: int) -> None:
    found = []
    for place in range(2):
        one = Watched(shared, f"late-{next(_numbers)}")
        steps: list[tuple[str, Any]] = (
            [("rows", request) for request in "abc"] + [("label", label) for label in (*ALL, *more)] + [("end", "")]
        )
        if place:
            random.Random(seed).shuffle(steps)
        for what, step in steps:
            one.take(what, step)
            if place and what == "rows":
                watching.observe(shared.kit)
        found.append(one.figures())
    assert found[0] == found[1]
    assert {measure for measure, _ in found[0]} == {"auc", "brier"}


def test_a_window_that_is_restated_says_so(life: Life) -> None:
    one = Watched(life, "restated")
    one.rows("a", SCORES["a"])
    one.end()
    one.push(*(label for label in ALL if label[0].startswith("a")))
    one.figures()
    one.push(("a.0", 1.0, 1))
    one.figures()
    one.push(("a.0", 1.0, 1), ("a.0", 0.0, 0))
    one.figures()
    assert {reading.restated for reading in life["rita"].readings("restated", "prod", "quality")} == {1}


def test_labels_of_nobody_wait_and_expire_with_a_count(life: Life) -> None:
    one = Watched(life, "waiting")
    one.push(("never.0", 1.0, 0), ("never.1", 1.0, 0), ("a.0", 1.0, 0))
    assert life["rita"].label_status("waiting", "prod").waiting == 3
    one.rows("a", SCORES["a"])
    one.end()
    watching.observe(life.kit)
    watching.claim_labels(life.kit)
    state = life["rita"].label_status("waiting", "prod")
    assert (state.scored, state.labelled, state.waiting, state.expired) == (7, 1, 2, 0)
    assert state.newest_day == MONDAY
    assert state.lag == state.longest == pytest.approx((life.clock.now() - MONDAY) / 1e6, abs=3600)
    life.clock.forward(11 * 86400)
    watching.claim_labels(life.kit)
    state = life["rita"].label_status("waiting", "prod")
    assert (state.labelled, state.waiting, state.expired) == (1, 0, 2)
    # What was dropped may come again, and then has a prediction.
    one.push(("b.0", 1.0, 0))
    one.rows("b", SCORES["b"])
    watching.observe(life.kit)
    assert life["rita"].label_status("waiting", "prod").labelled == 2


def test_a_label_that_met_its_prediction_half_way_is_found_again(life: Life) -> None:
    one = Watched(life, "crossing")
    one.push(*(label for label in ALL if label[0].startswith("a")))
    one.rows("a", SCORES["a"])
    one.end()
    # As if both had been written at once, and neither had seen the other.
    with life.kit.store.transaction() as change:
        change.profiles.clean("crossing", "prod", change.profiles.marks("crossing", "prod"))
    assert one.figures() == {}
    watching.claim_labels(life.kit)
    assert one.figures()["brier", ""][3] == 6


def test_what_comes_while_figures_are_made_is_not_forgotten(life: Life) -> None:
    one = Watched(life, "meanwhile")
    one.rows("a", SCORES["a"])
    with life.kit.store.reading() as look:
        marks = look.profiles.marks("meanwhile", "prod")
    one.push(("a.0", 1.0, 0))
    with life.kit.store.transaction() as change:
        change.profiles.clean("meanwhile", "prod", marks)
        assert change.profiles.marks("meanwhile", "prod") == {MONDAY: 2}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_label_is_a_number(life: Life, value: float) -> None:
    with pytest.raises(Invalid) as refusal:
        Watched(life, "odd").push(("a.0", value, 0))
    assert refusal.value.code == "E1143"
