"""Scores that mean something else than on the reference: a notice with its size, and never a page."""

import numpy as np
import pandas as pd
import pytest
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import Segment, scored
from tests.lifecycle.test_movement import look
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.incident import Incident, State
from lamplighter.domain.monitor import Reading, Severity
from lamplighter.domain.stage import Aspect, Status
from lamplighter.domain.version import Version
from lamplighter.lifecycle import responding, watching
from lamplighter.lifecycle.watching import Label

DAY = 86_400_000_000
MONDAY = 19_000 * DAY
MODEL = "calibrated"
#: A limit that no scores of these tests come near.
QUALITY = {"metric": "brier", "limit": 0.9, "window": "1d", "least_rows": 50}


def live(life: Life) -> Version:
    version = life.version(models.project(MODEL, monitor={"quality": QUALITY}))
    life.appoint(version)
    return version


def day(life: Life, version: Version, *, lost: float = 0.0, day: int = 0, rows: int = 2000) -> None:
    """A day of rows like those of the sample with their labels, of which this share of the positive ones is negative; then an
    hour of the next day, and a look."""
    columns, truth = models.columns(rows, seed=4 + day)
    table = pd.DataFrame(columns)
    scores = models.fitted().predict_proba(table)[:, 1].tolist()
    kept = np.random.default_rng(day).random(rows) >= lost
    at, request = MONDAY + day * DAY, f"day-{day}"
    first = scored(version, request, scores, at=at + DAY // 4, columns=columns)
    Segment(life.settings).write(first, scored(version, f"{request}-end", scores[:1], at=at + DAY + 1))
    labels = [value * keep for value, keep in zip(truth, kept.tolist(), strict=True)]
    found = [Label(id=f"{request}.{row}", value=float(value)) for row, value in enumerate(labels)]
    watching.push_labels(life.kit, MODEL, [*found, Label(id=f"{request}-end.0", value=0.0)])
    look(life)


def calibrations(life: Life) -> list[Reading]:
    return sorted(life["rita"].readings(MODEL, "prod", "calibration"), key=lambda reading: reading.start)


def incidents(life: Life) -> list[Incident]:
    return life["rita"].incidents(MODEL, closed=True)


def test_a_day_as_on_the_reference_is_no_alarm_and_says_how_often_it_could_be_one(life: Life) -> None:
    day(life, live(life))
    (found,) = calibrations(life)
    assert found.limit is not None
    assert not found.crossed
    assert found.low <= found.value <= min(found.high, found.limit)
    # A tenth of the one that the tier allows.
    assert 0.0 < (found.false_alarms or 0.0) <= 0.1
    assert incidents(life) == []


def test_scores_that_promise_too_much_are_one_notice_to_whoever_watches_the_model(life: Life) -> None:
    version = live(life)
    day(life, version, lost=0.3)
    day(life, version, lost=0.3, day=1)
    (incident,) = incidents(life)
    finding, found = incident.finding, calibrations(life)[0]
    assert (finding.measure, finding.severity, incident.holder) == ("calibration", Severity.NOTICE, address("dana"))
    assert (finding.value, finding.limit) == (found.value, found.limit)
    assert found.low > (found.limit or 1.0)
    assert finding.sentence.startswith("Calibration moved: the scores of v1 said 4")
    assert f"The error is {found.value:.2g} ({found.low:.2g} to {found.high:.2g}), over" in finding.sentence
    assert finding.sentence.endswith("such alarms a month are expected at most.")
    # Rows are ranked as before: nothing else was found.
    auc = {one.start: one for one in life["rita"].readings(MODEL, "prod", "quality", "auc")}
    assert auc[MONDAY].value > 0.75
    state = life["rita"].status(MODEL)
    assert (state.status[Aspect.QUALITY], state.status[Aspect.SERVICE]) == (Status.WATCH, Status.HEALTHY)


def test_a_notice_of_calibration_wakes_nobody_and_takes_nothing_back(life: Life) -> None:
    day(life, live(life), lost=0.3)
    life.clock.forward(100 * 86400)
    responding.escalate(life.kit)
    (incident,) = incidents(life)
    assert (incident.state, incident.escalated, incident.weighed) == (State.OPEN, False, None)
    with life.kit.store.reading() as now:
        assert [notice.title for _, notice in now.notices.due(life.clock.now())] == [
            f"{MODEL}: functional notice {incident.id}"
        ]


@pytest.mark.parametrize("lost", [0.0, 0.3])
def test_the_page_of_the_monitors_has_it(life: Life, lost: float) -> None:
    day(life, live(life), lost=lost)
    seen = life["rita"].monitored(MODEL)
    assert seen.calibration == calibrations(life)[-1]
