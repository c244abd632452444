"""Labels, figures and incidents, embedded and remote alike."""

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score  # type: ignore[import-untyped]
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.grounds import Ground
from tests.sdk.homes import until

from lamplighter.domain.errors import Conflict, Invalid, NotFound
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.pushed import LabelsKept
from lamplighter.domain.watch import WatchState
from lamplighter.sdk import slicing
from lamplighter.sdk.model import Answer
from lamplighter.sdk.release import release

MODEL = "watched-trains"
DAY = 86_400_000_000
#: A Monday, in microseconds since the epoch.
MONDAY = 19_000 * DAY


def moment(hours: float) -> str:
    """So many hours after the Monday, as callers write it."""
    return datetime.fromtimestamp(MONDAY / 1e6 + hours * 3600, UTC).isoformat()


@pytest.fixture(scope="module")
def day(ground: Ground) -> tuple[Answer, list[int]]:
    """A day and an hour of answered rows of a model whose quality limit no model can keep, without labels so far."""
    quality = {"metric": "brier", "limit": 0.01, "window": "1d", "least_rows": 100}
    project = models.project(MODEL, monitor={"quality": quality})
    ground.live(release(ground["dana"], project, models.build()), "dev")
    endpoint = ground.endpoint(MODEL, "dev")
    columns, late = models.columns(200)
    answer = endpoint.predict(columns, event_time=moment(6))
    endpoint.predict({name: values[:1] for name, values in columns.items()}, event_time=moment(25))
    until(lambda: ground["dana"].status(MODEL).rows == 201)
    return answer, late


@pytest.fixture(scope="module")
def incident(ground: Ground, day: tuple[Answer, list[int]]) -> Incident:
    """What the scores of the day set off, and its labels confirm."""
    answer, late = day
    opened: Incident = until(lambda: ground["dana"].incidents(MODEL))[0]
    labels = [models.label(i, value) for i, value in zip(answer.ids, late, strict=True)]
    assert ground["display"].push_labels(MODEL, labels) == LabelsKept(kept=200)
    until(lambda: ground["dana"].readings(MODEL, "dev", "quality"))
    return opened


def test_the_log_is_counted_anew(ground: Ground, day: tuple[Answer, list[int]]) -> None:
    done = ground["dana"].recount(MODEL, "dev", MONDAY + DAY)
    assert (done.model, done.environment, done.days, done.rows, done.kept) == (MODEL, "dev", 1, 1, 0)


def test_figures_are_those_of_scikit_learn(ground: Ground, day: tuple[Answer, list[int]], incident: Incident) -> None:
    answer, late = day
    found = ground["rita"].figures(MODEL, "dev", 1, MONDAY, MONDAY + DAY)
    assert found.rows == 200
    assert math.isclose(found.values["brier"], brier_score_loss(late, answer.scores), abs_tol=1e-12)
    assert math.isclose(found.values["auc"], roc_auc_score(late, answer.scores), abs_tol=1e-12)
    assert found.low["auc"] < found.values["auc"] < found.high["auc"]
    assert ground["rita"].status(MODEL).labelled == 200


def test_readings_stand_by_window(ground: Ground, incident: Incident) -> None:
    (reading,) = ground["rita"].readings(MODEL, "dev", "quality", "brier")
    assert (reading.start, reading.end, reading.count, reading.limit) == (MONDAY, MONDAY + DAY, 200, 0.01)
    assert reading.crossed
    assert {one.column for one in ground["rita"].readings(MODEL, "dev", "drift")} == {"delay", "load", "@prediction"}


def test_what_is_drawn_is_the_newest_of_it(ground: Ground, incident: Incident) -> None:
    seen = ground["rita"].monitored(MODEL)
    assert (seen.model, seen.environment, seen.number) == (MODEL, "dev", incident.finding.number)
    assert {reading.measure for reading in seen.quality if reading.aspect == "quality"} >= {"auc", "brier"}
    assert {reading.column for reading in seen.inputs} == {"delay", "load", "@prediction"}
    assert sum(hour.requests for hour in seen.hours) > 0
    assert [release.number for release in seen.releases] == [1]
    assert all(0 <= one.low <= one.came <= one.high <= 1 for one in seen.promises)
    assert sum(one.rows for one in seen.promises) == seen.quality[-1].count


def test_the_rows_behind_an_incident_are_those_of_its_window(
    ground: Ground, day: tuple[Answer, list[int]], incident: Incident
) -> None:
    answer, late = day
    model = slicing.model(MODEL, ground["dana"])
    found = model.slice(f"incident:{incident.id}")
    assert len(found) == 200
    by_id = {row["id"]: row for row in found}
    for identity, score, came in zip(answer.ids, answer.scores, late, strict=True):
        row = by_id[identity]
        assert (row["score"], row["label"], row["decision"]) == (score, float(came), str(int(score >= 0.5)))
    columns, _ = models.columns(200)
    assert sorted(found.columns["delay"]) == sorted(columns["delay"])
    assert found.inputs == ("delay", "load")
    few = model.slice(f"incident:{incident.id}", where="delay > 5, load <= 0.5")
    assert 0 < len(few) < 200
    assert all(row["delay"] > 5 and row["load"] <= 0.5 for row in few)
    table = few.to_pandas()
    assert len(table) == len(few)
    assert (table["label"].isin([0.0, 1.0])).all()


def test_rows_of_a_window_have_its_ends(ground: Ground, incident: Incident) -> None:
    model = slicing.model(MODEL, ground["milo"])
    window: dict[str, Any] = {"environment": "dev", "start": "2022-01-08", "end": datetime(2022, 1, 9, tzinfo=UTC)}
    assert [len(model.slice(**window)), len(model.slice("delay > 1000", **window))] == [200, 0]
    assert len(model.slice(start=MONDAY + DAY, environment="dev")) == 1
    assert len(model.slice(where="delay > -1000", limit=7)) == 7
    with pytest.raises(Invalid) as refusal:
        model.slice(start="yesterday")
    assert refusal.value.code == "E1180"


def test_the_reference_is_the_sample_of_the_version(ground: Ground, incident: Incident) -> None:
    reference = slicing.model(MODEL, ground["rita"]).reference()
    sample, _ = models.rows(models.ROWS)
    assert len(reference) == 600
    assert set(reference.columns["delay"]) <= set(sample["delay"])
    assert reference.inputs == ("delay", "load")


def test_a_model_that_is_not_there_is_refused_with_those_that_are(ground: Ground, incident: Incident) -> None:
    with pytest.raises(NotFound) as refusal:
        slicing.model("watched-train", ground["dana"])
    assert refusal.value.fix == f"Did you mean {MODEL}?"


def test_labels_say_how_many_came_and_how_late(ground: Ground, incident: Incident) -> None:
    found = ground["rita"].label_status(MODEL, "dev")
    assert (found.scored, found.labelled, found.newest_day, found.waiting) == (201, 200, MONDAY, 0)
    assert found.lag is not None
    assert found.lag > 86400


def test_what_nobody_watches_is_told_of_each_live_model(ground: Ground, incident: Incident) -> None:
    found = ground["rita"].watched()
    assert [one for one in found if one.model == MODEL] == ground["rita"].watched(MODEL)
    (one,) = ground["rita"].watched(MODEL)
    assert (one.environment, one.number) == ("dev", incident.finding.number)
    assert not {gap.state for gap in one.gaps} & {WatchState.DEAD, WatchState.STALE, WatchState.SILENT}


def test_false_alarms_of_all_models_are_expected_by_tier(ground: Ground, incident: Incident) -> None:
    found = ground["rita"].false_alarms()
    assert found.stated >= 1
    assert 0.0 < found.expected <= found.allowed == 30.0
    assert sum(found.tiers.values()) == pytest.approx(found.expected)


def test_why_it_got_worse_is_told_of_the_newest_bad_window(ground: Ground, incident: Incident) -> None:
    found = ground["rita"].why(MODEL, "dev")
    assert (found.start, found.rows, found.measure, found.since) == (MONDAY, 200, "brier", MONDAY)
    assert {move.column for move in found.inputs} == {"delay", "load"}
    assert found == ground["rita"].why(MODEL)


def test_the_digest_is_about_a_whole_week(ground: Ground, incident: Incident) -> None:
    found = ground["rita"].digest(MODEL)
    assert (found.model, found.end - found.start) == (MODEL, 7 * 86_400_000_000)
    assert found.sentence.endswith(".")


def test_an_incident_is_noted_on_given_away_and_snoozed(ground: Ground, incident: Incident) -> None:
    noted = ground["ines"].note(incident.id, "The feed was late.")
    assert noted.notes == (f"{address('ines')}: The feed was late.",)
    given = ground["ines"].assign(incident.id, address("ada"), note="You know it.")
    assert (given.assignee, given.has_it, given.state) == (address("ada"), address("ada"), State.OPEN)
    quiet = ground["ada"].snooze(incident.id, "2h", "It runs again tonight.")
    assert (quiet.state, quiet.snoozed_until > quiet.opened_at) == (State.SNOOZED, True)
    assert ground["ines"].test_channel("inbox") == "inbox"


def test_an_incident_is_acknowledged_and_resolved_by_whoever_has_it(ground: Ground, incident: Incident) -> None:
    assert (incident.duty, incident.holder) == ("monitor-functional", address("dana"))
    assert incident.finding.sentence.startswith("Quality (brier) is expected to be 0.")
    had = ground["dana"].acknowledge(incident.id, "I look at it.")
    assert (had.state, had.notes[-1]) == (State.ACKNOWLEDGED, f"{address('dana')}: I look at it.")
    over = ground["ines"].resolve(incident.id)
    assert (over.state, over.notes[-1]) == (State.RESOLVED, f"{address('ines')}: it is over.")
    assert ground["rita"].incident(incident.id) == over
    assert ground["rita"].incidents(MODEL) == []
    assert ground["rita"].incidents(MODEL, closed=True) == [over]
    with pytest.raises(Conflict) as refusal:
        ground["dana"].resolve(incident.id)
    assert refusal.value.code == "E1520"
