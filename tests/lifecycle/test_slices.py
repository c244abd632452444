"""Figures of slices: those of scikit-learn on the same rows, with limits of their own, and bounded in number."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pytest
from sklearn.metrics import brier_score_loss  # type: ignore[import-untyped]
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import Segment, scored
from tests.sdk import models

from lamplighter.domain.errors import LampError
from lamplighter.domain.events.incident import FindingMade
from lamplighter.domain.instant import days
from lamplighter.domain.monitor import Reading
from lamplighter.domain.prediction import Scored
from lamplighter.domain.project import Project
from lamplighter.domain.route import Arm
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection, watching
from lamplighter.lifecycle.watching import Label

DAY = 86_400_000_000
MONDAY = 19_000 * DAY
MODEL = "sliced"
ROWS = 1100


def project(**more: Any) -> Project:
    """A model that is watched by the day and told apart by the delay."""
    quality = {"metric": "brier", "window": "1d", "least_rows": 50}
    return models.project(MODEL, monitor={"quality": quality, "slices": ["delay"]}, **more)


def requests(version: Version, scores: Sequence[float], **more: Any) -> list[Scored]:
    """A day of one request, and one row of the next day, which ends the window."""
    at = MONDAY + 6 * 3_600_000_000
    return [
        scored(version, "a", scores, at=at, **more),
        scored(version, "end", scores[:1], at=MONDAY + DAY + 3_600_000_000, **more),
    ]


def outcome(life: Life, truth: Sequence[float]) -> None:
    """Collect, label and measure."""
    collection.collect(life.kit, "prod")
    watching.push_labels(life.kit, MODEL, [Label(id=f"a.{row}", value=value) for row, value in enumerate(truth)])
    watching.observe(life.kit)


def drawn(count: int = ROWS) -> tuple[list[float], list[float]]:
    generator = np.random.default_rng(8)
    scores = generator.random(count)
    return scores.tolist(), (generator.random(count) < scores).astype(float).tolist()


def readings(life: Life, **more: Any) -> dict[str, Reading]:
    found = life["rita"].readings(MODEL, "prod", "quality", sliced=True, **more)
    return {reading.slice: reading for reading in found}


def test_each_tenth_has_the_figure_of_its_rows(life: Life) -> None:
    version = life.version(project())
    life.appoint(version)
    scores, truth = drawn()
    Segment(life.settings).write(*requests(version, scores))
    outcome(life, truth)
    found = readings(life)
    # A delay is one of 0 to 10 by turns, and the tenths of the reference part these eleven values.
    assert sum(reading.count for reading in found.values()) == ROWS
    assert len(found) > 5
    places = [row for row in range(ROWS) if row % 11 == 0]
    lowest = next(reading for name, reading in found.items() if name.startswith("delay=under"))
    assert lowest.count == len(places) * 2 or lowest.count == len(places)
    rows = [row for row in range(ROWS) if row % 11 <= lowest.count // len(places) - 1]
    assert lowest.value == pytest.approx(
        brier_score_loss([truth[row] for row in rows], [scores[row] for row in rows]), abs=1e-12
    )
    assert lowest.low < lowest.value < lowest.high
    whole = life["rita"].readings(MODEL, "prod", "quality")
    assert {reading.measure for reading in whole} == {"brier", "auc"}
    assert {reading.slice for reading in whole} == {""}


def test_a_requirement_is_a_limit_of_its_slice(life: Life) -> None:
    bound = {"metric": "brier", "operator": "<=", "bound": 0.3, "slice": "delay = 3"}
    wanted = project(requirement=[bound, {**bound, "operator": ">=", "slice": "delay = 4"}])
    version = life.version(wanted)
    life.appoint(version)
    scores, truth = drawn()
    turned = [1.0 - value if row % 11 in (3, 4) else value for row, value in enumerate(truth)]
    Segment(life.settings).write(*requests(version, scores))
    outcome(life, turned)
    found = readings(life)
    assert (found["delay=3"].limit, found["delay=3"].crossed, found["delay=3"].count) == (0.3, True, 100)
    assert (found["delay=4"].limit, found["delay=4"].crossed) == (None, False)
    worst = found["delay=3"]
    told = f"{worst.value:.3f} for {days(worst.start, worst.end)}, over its limit of 0.3"
    findings = [event.finding for event in life.events(FindingMade) if event.finding and event.finding.measure == "brier"]
    assert [finding.sentence for finding in findings] == [f"Quality (brier) where delay is 3 is {told}, on 100 rows of v1."]


def test_an_arm_without_inputs_of_its_own_shares_those_of_the_answer(life: Life) -> None:
    first, second = life.versions(project(), 2)
    life.appoint(first)
    scores, truth = drawn()
    shadow = requests(second, scores, arm=Arm.SHADOW, columns={})
    Segment(life.settings).write(*requests(first, scores), *shadow)
    outcome(life, truth)
    by_number: dict[int, dict[str, tuple[float, int]]] = {1: {}, 2: {}}
    for reading in life["rita"].readings(MODEL, "prod", "quality", sliced=True):
        by_number[reading.number][reading.slice] = (reading.value, reading.count)
    assert by_number[1] == by_number[2] != {}


def test_redacted_values_are_written_down_nowhere(life: Life) -> None:
    version = life.version(project())
    life.appoint(version)
    scores, truth = drawn()
    hashed = {"delay": ["5d41402abc4b2a76"] * ROWS, "load": [0.5] * ROWS}
    one, end = requests(version, scores, redacted=("delay",))
    Segment(life.settings).write(msgspec.structs.replace(one, columns=hashed), msgspec.structs.replace(end, columns={}))
    outcome(life, truth)
    assert readings(life) == {}
    with life.kit.store.reading() as look:
        assert set(look.predictions.joined(MODEL, "prod", 1, MONDAY, MONDAY + DAY).slices) == {""}


@pytest.mark.parametrize(
    ("monitor", "declared", "code"),
    [
        ({"slices": ["delay"]}, {"log": {"redact": {"delay": "hash"}}}, "E1230"),
        ({"slices": ["delay", "delay"]}, {}, "E1231"),
        ({"slices": ["dealy"]}, {}, "E1201"),
    ],
)
def test_a_slice_that_cannot_be_is_refused(life: Life, monitor: dict[str, Any], declared: dict[str, Any], code: str) -> None:
    def declare() -> None:
        version = life.version(models.project(MODEL, monitor=monitor, **declared))
        life["dana"].deploy(version.name, "dev")

    with pytest.raises(LampError) as refusal:
        declare()
    assert refusal.value.code == code


def test_a_model_of_numbers_is_watched_by_its_errors(life: Life) -> None:
    version = life.version(project())
    contract = version.manifest.contract
    number = msgspec.structs.replace(contract, output=msgspec.structs.replace(contract.output, meaning="number", classes=()))
    with life.kit.store.transaction() as change:
        manifest = msgspec.structs.replace(version.manifest, contract=number)
        change.versions.put(msgspec.structs.replace(version, manifest=manifest))
    generator = np.random.default_rng(3)
    truth = generator.normal(50.0, 10.0, ROWS)
    said = truth + generator.normal(1.0, 2.0, ROWS)
    Segment(life.settings).write(*requests(version, said.tolist()))
    outcome(life, truth.tolist())
    whole = {reading.measure: reading for reading in life["rita"].readings(MODEL, "prod", "quality")}
    assert set(whole) == {"mae", "rmse", "bias"}
    assert whole["mae"].value == pytest.approx(float(np.abs(said - truth).mean()))
    assert {reading.measure for reading in readings(life).values()} == {"mae"}
