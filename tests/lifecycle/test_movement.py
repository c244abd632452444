"""Movement of inputs and answers: told with its size and its false alarms, ranked by what it can do, and never a page."""

from typing import Any

import pandas as pd
import pytest
from msgspec.structs import replace
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import Segment, scored
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.errors import Invalid
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.monitor import Reading, Severity
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection, movement, responding, watching
from lamplighter.lifecycle.reactions import react
from lamplighter.lifecycle.watching import Label

DAY = 86_400_000_000
MONDAY = 19_000 * DAY
MODEL = "moving"
#: A limit that no scores of these tests come near.
QUALITY = {"metric": "brier", "limit": 0.9, "window": "1d", "least_rows": 50}


def live(life: Life, name: str = MODEL, **monitor: Any) -> Version:
    """A live version that is watched by the day."""
    version = life.version(models.project(name, monitor={"quality": QUALITY, **monitor}))
    life.appoint(version)
    return version


def watch(life: Life, version: Version, *, moved: dict[str, float], rows: int = 2000, seed: int = 4) -> None:
    """A day of rows like those of the sample, with inputs moved by so much, and an hour of the next; then look."""
    columns, _ = models.columns(rows, seed)
    columns = {name: [value + moved.get(name, 0.0) for value in values] for name, values in columns.items()}
    scores = models.fitted().predict_proba(pd.DataFrame(columns))[:, 1].tolist()
    first = scored(version, f"{version.model}-a", scores, at=MONDAY + DAY // 4, columns=columns)
    last = scored(version, f"{version.model}-b", scores[:1], at=MONDAY + DAY + DAY // 24)
    Segment(life.settings).write(first, last)
    look(life)


def look(life: Life) -> None:
    """Collect, measure and react, as the reconciler does."""
    collection.collect(life.kit, "prod")
    watching.observe(life.kit)
    seen = 0
    while True:
        with life.kit.store.reading() as now:
            entries = now.journal.after(seen, 100_000)
        if not entries:
            return
        seen = entries[-1].sequence
        for entry in entries:
            react(life.kit, entry)


def incidents(life: Life, name: str = MODEL) -> list[Incident]:
    return life["rita"].incidents(name, closed=True)


def drifts(life: Life, name: str = MODEL) -> dict[str, Reading]:
    return {reading.column: reading for reading in life["rita"].readings(name, "prod", "drift")}


def test_a_day_like_the_sample_is_no_alarm_and_says_how_often_it_could_be_one(life: Life) -> None:
    watch(life, live(life), moved={})
    found = drifts(life)
    assert not any(reading.crossed for reading in found.values())
    assert incidents(life) == []
    # The tier allows one a month; an effect has to be large as well, so that fewer are expected.
    expected = {reading.false_alarms for reading in found.values()}
    assert len(expected) == 1
    assert 0.0 < (expected.pop() or 0.0) <= 1.0


def test_an_input_that_moves_and_matters_is_one_notice_with_its_size(life: Life) -> None:
    watch(life, live(life), moved={"delay": 4.0})
    (incident,) = incidents(life)
    finding = incident.finding
    assert (finding.measure, finding.severity, finding.column) == ("drift", Severity.NOTICE, "delay")
    assert incident.holder == address("dana")
    delay = drifts(life)["delay"]
    assert (finding.value, finding.limit) == (delay.value, delay.limit)
    assert finding.sentence.startswith(f"1 of 2 inputs moved and matter: delay by {delay.value:.2g} (jensen shannon, limit ")
    assert "The predictions moved: " in finding.sentence
    assert finding.sentence.endswith("such alarms a month are expected at most.")
    assert delay.matters
    assert drifts(life)["load"].impact < delay.impact < 1.0


def test_a_notice_wakes_nobody_and_goes_on_to_nobody(life: Life) -> None:
    watch(life, live(life), moved={"delay": 4.0})
    life.clock.forward(100 * 86400)
    responding.escalate(life.kit)
    (incident,) = incidents(life)
    assert (incident.state, incident.escalated) == (State.OPEN, False)
    with life.kit.store.reading() as now:
        titles = [notice.title for _, notice in now.notices.due(life.clock.now())]
    assert titles == [f"{MODEL}: functional notice {incident.id}"]


def reading(column: str, value: float, impact: float, **more: Any) -> Reading:
    """A figure of drift in the newest window of the model."""
    made = Reading(
        model=MODEL, environment="prod", number=1, aspect="drift", measure="wasserstein", column=column, start=MONDAY,
        end=MONDAY + DAY, value=value, low=value, high=value, count=100, limit=0.1, crossed=value > 0.1, false_alarms=0.25,
        impact=impact,
    )  # fmt: skip
    return replace(made, **more)


def test_what_moves_and_does_nothing_to_the_answers_is_harmless() -> None:
    far, still = reading("temperature", 9.0, 0.02), reading("@prediction", 0.03, 0.2)
    assert movement.finding([far, still]) is None
    found = movement.finding([far, still, reading("delay", 0.4, 0.7), reading("delay", 0.2, 0.3, measure="missing")])
    assert found is not None
    assert (found.column, found.value, found.limit) == ("delay", 0.4, 0.1)
    assert found.sentence == (
        "1 of 2 inputs moved and matter: delay by 0.4 (wasserstein, limit 0.1). Moved, harmless: temperature. "
        "The predictions did not move beyond it: 0.03 (wasserstein, limit 0.1). "
        "Without any drift, 0.25 such alarms a month are expected at most."
    )


def test_predictions_that_move_are_told_without_any_input() -> None:
    found = movement.finding([reading("@prediction", 0.5, 0.8), reading("delay", 0.05, 0.3)])
    assert found is not None
    assert (found.severity, found.column, found.value) == (Severity.NOTICE, "", 0.5)
    assert found.sentence.startswith("The predictions moved: 0.5 (wasserstein, limit 0.1).")


def test_a_window_that_is_over_tells_nothing_any_more() -> None:
    before = reading("delay", 0.4, 0.7)
    assert movement.finding([before, reading("delay", 0.05, 0.3, start=MONDAY + DAY, end=MONDAY + 2 * DAY)]) is None


def test_a_smaller_budget_states_fewer_false_alarms(life: Life) -> None:
    for name, budget in (("loose", 3.0), ("strict", 0.05)):
        watch(life, live(life, name, false_alarms=budget), moved={}, rows=100)
    loose, strict = (drifts(life, name)["delay"] for name in ("loose", "strict"))
    assert (strict.false_alarms or 1.0) <= 0.06 < 0.3 < (loose.false_alarms or 0.0) <= 3.1
    assert (strict.limit or 0.0) > (loose.limit or 0.0)


@pytest.mark.parametrize(
    ("preset", "measures"),
    [("nannyml", {"jensen_shannon"}), ("evidently", {"wasserstein", "share_of_drifted_columns"})],
)
def test_the_rules_of_a_library_call_it_drift_and_promise_nothing(life: Life, preset: str, measures: set[str]) -> None:
    watch(life, live(life, preset=preset), moved={"delay": 4.0})
    found = drifts(life)
    assert {one.measure for one in found.values()} == measures
    assert (found["delay"].crossed, found["load"].crossed) == (True, False)
    assert {one.false_alarms for one in found.values()} == {None}
    (incident,) = incidents(life)
    assert incident.finding.column == "delay"
    assert "Without any drift" not in incident.finding.sentence
    empty = life["rita"].readings(MODEL, "prod", "completeness")
    assert all(one.false_alarms for one in empty)


def test_a_preset_without_such_a_measure_is_refused_when_the_project_is_saved(life: Life) -> None:
    with pytest.raises(Invalid) as refusal:
        life["dana"].save_project(MODEL, models.project(MODEL, monitor={"preset": "evidently", "measure": "psi"}))
    assert refusal.value.code == "E1226"


@pytest.mark.parametrize(("labelled", "told"), [(False, True), (True, False)])
def test_expected_quality_pages_until_the_labels_say_otherwise(life: Life, labelled: bool, told: bool) -> None:
    quality = {"metric": "brier", "limit": 0.02, "window": "1d", "least_rows": 50}
    version = life.version(models.project(MODEL, monitor={"quality": quality}))
    life.appoint(version)
    columns, _ = models.columns(400, 4)
    scores = models.fitted().predict_proba(pd.DataFrame(columns))[:, 1].tolist()
    if labelled:
        sure = [round(score) for score in scores]
        watching.push_labels(life.kit, MODEL, [Label(id=f"a.{row}", value=float(value)) for row, value in enumerate(sure)])
        scores = [float(value) for value in sure]
    records = scored(version, "a", scores, at=MONDAY + DAY // 4, columns=columns), scored(version, "b", [0.5], at=MONDAY + DAY)
    Segment(life.settings).write(*records)
    look(life)
    pages = [incident for incident in incidents(life) if incident.finding.measure == "brier"]
    assert [(page.finding.severity, page.duty) for page in pages] == [(Severity.PAGE, "monitor-functional")] * told
    assert all("is expected to be" in page.finding.sentence for page in pages)
