"""Why it got worse: the guilty slice of real windows, against the last good one or against what the scores promised."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.segments import Segment, scored
from tests.sdk import models

from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection, watching
from lamplighter.lifecycle.watching import Label

DAY = 86_400_000_000
MONDAY = 19_000 * DAY
MODEL = "worse"
ROWS = 1540


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with lived(tmp_path / "home") as life:
        yield life


def version(life: Life, **more: Any) -> Version:
    quality = {"metric": "brier", "limit": 0.2, "window": "1d", "least_rows": 50}
    found = life.version(models.project(MODEL, monitor={"quality": quality, "slices": ["delay", "load"], **more}))
    life.appoint(found)
    return found


def day(life: Life, one: Version, number: int, *, turned: Sequence[int] = (), columns: Any = None) -> None:
    """Rows of a day and their truth, turned where the delay is one of these; one row of the next day ends the window."""
    generator = np.random.default_rng(number)
    chance = generator.beta(0.5, 0.5, ROWS)
    truth = (generator.random(ROWS) < chance).astype(float)
    flips = [row % 11 in turned for row in range(ROWS)]
    at, more = MONDAY + number * DAY, {"columns": columns} if columns else {}
    Segment(life.settings).write(
        scored(one, f"d{number}", chance.tolist(), at=at, **more), scored(one, f"e{number}", [0.5], at=at + DAY + 1)
    )
    labels = [Label(id=f"d{number}.{row}", value=1.0 - value if flips[row] else value) for row, value in enumerate(truth)]
    collection.collect(life.kit, "prod")
    watching.push_labels(life.kit, MODEL, [*labels, Label(id=f"e{number}.0", value=1.0)])
    watching.observe(life.kit)


def test_the_guilty_slice_against_the_last_good_window(life: Life) -> None:
    one = version(life)
    day(life, one, 0)
    day(life, one, 1, turned=(0,))
    day(life, one, 2, turned=(0, 1, 2))
    found = life["rita"].why(MODEL)
    assert (found.environment, found.start, found.base_start, found.since) == (
        "prod",
        MONDAY + 2 * DAY,
        MONDAY + DAY,
        MONDAY + 2 * DAY,
    )
    assert found.loss == pytest.approx(found.value)
    first = found.slices[0]
    assert first.slice.startswith("delay=")
    assert first.stands_out
    assert first.low <= first.share <= first.high
    assert found.sentence.startswith("Since 10 Jan 2022: it said 5")
    assert f"of the extra loss goes together with {first.slice.replace('=', ' = ')}." in found.sentence
    with pytest.raises(NotFound):
        life["rita"].why(MODEL, "nowhere")


def test_an_incident_is_explained_by_its_own_window(life: Life) -> None:
    one = version(life)
    day(life, one, 0)
    day(life, one, 1, turned=(0, 1, 2))
    life.look_until(lambda: [one for one in life["rita"].incidents(MODEL) if one.finding.measure == "brier"])
    (incident,) = [one for one in life["rita"].incidents(MODEL) if one.finding.measure == "brier"]
    day(life, one, 2)
    day(life, one, 3, turned=(8, 9, 10))
    newest, then = life["rita"].why(MODEL), life["rita"].why(MODEL, incident=incident.id)
    assert (newest.start, then.start) == (MONDAY + 3 * DAY, MONDAY + DAY)
    assert (newest.base_start, then.base_start) == (MONDAY + 2 * DAY, MONDAY)
    # The rows whose truth was turned have delays of 0 to 2 on the first bad day, and of 8 to 10 on the second.
    first, second = ([float(edge) for edge in re.findall(r"[\d.]+", one.slices[0].slice)] for one in (then, newest))
    assert max(first) < 3.0
    assert min(second) > 7.0
    with pytest.raises(Invalid) as refusal:
        life["rita"].why(MODEL, "prod", incident.id)
    assert refusal.value.code == "E1249"
    with pytest.raises(NotFound):
        life["rita"].why(MODEL, incident="I-99")


def test_without_a_good_window_against_what_the_scores_promised(life: Life) -> None:
    day(life, version(life), 0, turned=(0, 1))
    found = life["rita"].why(MODEL)
    assert (found.base_start, found.base_end, found.value_before) == (0, 0, None)
    assert found.loss_before == pytest.approx(0.125, abs=0.02)
    assert found.slices[0].slice.startswith("delay=")


def test_inputs_that_moved_are_parted_by_what_they_can_do(life: Life) -> None:
    one = version(life)
    day(life, one, 0)
    day(life, one, 1, turned=(0, 1, 2), columns={"delay": [30.0] * ROWS, "load": [row % 7 / 7 for row in range(ROWS)]})
    found = life["rita"].why(MODEL)
    by_name = {move.column: move for move in found.inputs}
    assert found.inputs[0].column == "delay"
    assert (by_name["delay"].moved, by_name["delay"].matters, by_name["load"].moved) == (True, True, False)
    assert "Inputs that moved and matter: delay." in found.sentence
    assert found.slices[0].slice == "delay=9 and more" or found.slices[0].rows_before < ROWS


def test_a_model_that_is_as_good_as_before_has_no_guilty_slice(life: Life) -> None:
    one = version(life)
    for number in range(3):
        day(life, one, number)
    found = life["rita"].why(MODEL)
    assert found.since == 0
    assert found.sentence.startswith("In the newest window it said ")
    assert not any(one.stands_out for one in found.slices)


def test_without_slices_it_says_what_to_do(life: Life) -> None:
    one = version(life, slices=[])
    day(life, one, 0)
    day(life, one, 1, turned=(0, 1, 2, 3))
    assert "Rows are not told apart: name slices in [monitor]" in life["rita"].why(MODEL).sentence


def test_a_model_that_was_never_measured_has_no_answer(life: Life) -> None:
    version(life)
    with pytest.raises(NotFound) as refusal:
        life["rita"].why(MODEL)
    assert refusal.value.code == "E1233"
