"""Trainings and trials, embedded and remote alike."""

import pytest
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.grounds import Ground
from tests.sdk.homes import until
from tests.sdk.test_monitoring_verbs import DAY, MONDAY, moment
from tests.sdk.training import TRAINED

from lamplighter.cli.verifier import check_signed
from lamplighter.domain.calibration import all_calibrated
from lamplighter.domain.challenge import Choice, Verdict
from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.project_file import project_from
from lamplighter.domain.recalibration import Fit
from lamplighter.domain.retraining import State
from lamplighter.domain.selection import Held
from lamplighter.domain.version import Version
from lamplighter.domain.version_comparison import Contrast
from lamplighter.sdk.answers import Label
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.model import Endpoint
from lamplighter.sdk.release import release
from lamplighter.sdk.slicing import Model

MODEL = "challenged"


def test_a_training_registers_a_version_under_the_name_of_who_asked(ground: Ground) -> None:
    owners = {"management": models.OWNER}
    ground["dana"].save_project(
        TRAINED, project_from({"model": {"name": TRAINED}, "owners": owners, "retrain": {"run": "again"}})
    )
    asked = ground["milo"].retrain(TRAINED, "a new timetable")
    assert (asked.state, asked.cause, asked.author) == (State.REQUESTED, "a new timetable", address("milo"))
    with pytest.raises(Conflict) as refusal:
        ground["dana"].retrain(TRAINED)
    assert refusal.value.code == "E1531"
    until(lambda: ground["dana"].trainings(TRAINED)[0].state in (State.FINISHED, State.FAILED), seconds=60)
    (done,) = ground["dana"].trainings(TRAINED)
    assert (done.id, done.state, done.number, done.why) == (asked.id, State.FINISHED, 1, "")
    (version,) = ground["dana"].versions(TRAINED)
    assert (version.author, version.note) == (address("milo"), "trained by the platform")


def test_a_project_without_a_training_is_not_trained(ground: Ground) -> None:
    ground["dana"].save_project("by-hand", models.project("by-hand"))
    with pytest.raises(Invalid) as refusal:
        ground["dana"].retrain("by-hand")
    assert refusal.value.code == "E1142"


def test_the_better_of_two_wins_on_the_same_rows(ground: Ground) -> None:
    project = models.project(MODEL)
    blind = release(ground["dana"], project, models.build(blind=True))
    better = release(ground["dana"], project, models.build())
    ground.live(blind, "dev")
    trial = ground["milo"].challenge(better.name, "dev", least_rows=300)
    assert (trial.champion, trial.challenger, trial.metric, trial.verdict) == (1, 2, "brier", Verdict.RUNNING)
    endpoint = ground.endpoint(MODEL, "dev")
    ground.followed(endpoint, "dev", better.number)
    labels: list[Label] = []
    for day in range(10):
        columns, late = models.columns(40, seed=day)
        for start in range(0, 40, 4):
            part = {name: values[start : start + 4] for name, values in columns.items()}
            answer = endpoint.predict(part, event_time=moment(24 * day + 12))
            labels += [models.label(i, value) for i, value in zip(answer.ids, late[start : start + 4], strict=True)]
    ground["display"].push_labels(MODEL, labels)
    until(lambda: ground["rita"].figures(MODEL, "dev", 2, MONDAY, MONDAY + 10 * DAY).rows == 400)
    decided = ground["milo"].decide(trial.id, MONDAY, MONDAY + 10 * DAY)
    assert decided.verdict is Verdict.CHALLENGER_WINS
    assert decided.low <= decided.difference <= decided.high < 0.0
    assert decided.rows == 400
    assert ground["rita"].challenges(MODEL) == [decided]
    (evidence,) = [one for one in ground["rita"].version(better.name).evidence if one.kind == "selection"]
    assert evidence.digest == decided.selection
    sealed = ground["rita"].selection(trial.id)
    assert check_signed(sealed.file, sealed.keyid).why == ""
    # One that knows nothing of its inputs decides otherwise on many rows: better, and not to be had without a word to callers.
    found = {one.name: one.held for one in sealed.selection.guardrails}
    assert (found["flips"], sealed.selection.choice, sealed.selection.by) == (Held.BROKEN, Choice.KEEP, "flips")
    with pytest.raises(Conflict) as refusal:
        ground["milo"].decide(trial.id, MONDAY, MONDAY + 9 * DAY)
    assert refusal.value.code == "E1533"


def test_another_threshold_is_another_version_that_goes_live_and_back(ground: Ground) -> None:
    first = release(ground["dana"], models.project("retuned"), models.build())
    ground.live(first, "dev")
    endpoint = ground.endpoint("retuned", "dev")
    columns, _ = models.columns(40)
    scores = endpoint.predict(columns).scores
    threshold = sorted(scores)[10] + 1e-9
    turned = sum(threshold <= score < 0.5 for score in scores)
    until(lambda: ground["rita"].retuning(first.name, "dev", threshold).rows == 40)
    made = ground["dana"].retune(first.name, "dev", threshold, "Passengers want to know sooner.")
    beside = Model(ground["rita"], "retuned").compare(made.version.number, environment="dev")
    assert (beside.base, beside.compared) == (first.number, (first.number, made.version.number))
    assert {line.metric: line.cells[1].standing for line in beside.lines if not line.slice} == {
        **dict.fromkeys(("auc", "brier", "log_loss"), Contrast.SAME),
        "precision": Contrast.WORSE,
        "recall": Contrast.BETTER,
    }
    assert (made.retuning.rows, made.retuning.turned) == (40, turned)
    assert turned > 0
    ground.live(made.version, "dev")
    assert decided(endpoint, columns) == [str(int(score >= threshold)) for score in scores]
    assert endpoint.predict(columns).scores == scores
    ground["ines"].roll_back("retuned", "dev", 0, "too many")
    assert decided(endpoint, columns) == [str(int(score >= 0.5)) for score in scores]


def test_calibrated_scores_are_another_version_that_answers_with_them(ground: Ground) -> None:
    first = release(ground["dana"], models.project("recalibrated"), models.build())
    ground.live(first, "dev")
    endpoint, labels = ground.endpoint("recalibrated", "dev"), list[Label]()
    for day in range(10):
        columns, late = models.columns(60, seed=day)
        answer = endpoint.predict(columns, event_time=moment(24 * day + 12))
        # Of the trains that it warns of, every third is on time.
        came = [value * (row % 3 > 0) for row, value in enumerate(late)]
        labels += [models.label(i, value) for i, value in zip(answer.ids, came, strict=True)]
    ground["display"].push_labels("recalibrated", labels)
    until(lambda: halves(ground["rita"], first) == (300, 300), seconds=60)
    made = ground["dana"].recalibrate(first.name, "dev", "It warns too often.")
    assert made.recalibration.is_better
    scores = endpoint.predict(columns).scores
    ground.live(made.version, "dev")
    after = endpoint.predict(columns)
    assert after.version == made.version.name
    by = made.version.manifest.calibrates
    assert by is not None
    assert list(after.scores) == all_calibrated(by, scores)
    ground["ines"].roll_back("recalibrated", "dev", 0, "too few")
    assert endpoint.predict(columns).scores == scores


def halves(platform: Platform, version: Version) -> tuple[int, int]:
    """Rows that a calibration of the mean alone would be fitted on and judged on, as soon as they are counted."""
    try:
        found = platform.recalibration(version.name, "dev", Fit.INTERCEPT)
    except Conflict:
        return (0, 0)
    assert found.fitted.slope == 1.0
    return found.seen.rows, found.unseen.rows


def decided(endpoint: Endpoint, columns: dict[str, list[float]]) -> list[str]:
    """What the endpoint decides of each row, in its own protocol."""
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    answer = endpoint._client.post(endpoint.url.removesuffix("/invocations"), json={"rows": rows})
    return [one["decision"] for one in answer.json()["rows"]]


def test_the_live_version_has_nobody_to_be_compared_with(ground: Ground) -> None:
    only = release(ground["dana"], models.project("unrivalled"), models.build())
    ground.live(only, "dev")
    with pytest.raises(Conflict) as refusal:
        ground["milo"].challenge(only.name, "dev")
    assert refusal.value.code == "E1532"
    assert ground["rita"].status("unrivalled").live[0].shadow == 0
