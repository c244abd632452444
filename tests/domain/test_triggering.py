"""What sets off a training, what stands in its way, and in which order that is told."""

from typing import Any

import msgspec
import pytest
from tests.domain import specimens

from lamplighter.domain.errors import Invalid
from lamplighter.domain.project_file import project_from
from lamplighter.domain.quarantine import left_out
from lamplighter.domain.retrain_plan import Budget, Retrain
from lamplighter.domain.retraining import Retraining, State
from lamplighter.domain.training_input import TrainingInput
from lamplighter.domain.trigger import Condition, Trigger, read_condition
from lamplighter.domain.triggering import Cause, Readiness, Seen, Standing, standing

HOUR, DAY = 3_600_000_000, 86_400_000_000
NOW = 20_000 * DAY
CAUSE = Cause(key="I-7", at=NOW - 5 * HOUR, since=NOW - 3 * DAY, until=NOW - DAY, why="I-7 is open.")


@pytest.mark.parametrize(
    ("text", "trigger", "bound"),
    [
        ("schedule TZ=Europe/Zurich 0 5 1 * *", Trigger.SCHEDULE, "TZ=Europe/Zurich 0 5 1 * *"),
        (" volume  20000 ", Trigger.VOLUME, "20000"),
        ("expiry 21d", Trigger.EXPIRY, "21d"),
        *[(name, Trigger(name), "") for name in ("quality", "drift", "upstream")],
    ],
)
def test_a_trigger_is_read_as_it_is_written(text: str, trigger: Trigger, bound: str) -> None:
    found = read_condition(text)
    assert found == Condition(trigger=trigger, bound=bound)
    assert read_condition(found.text) == found


@pytest.mark.parametrize(
    ("retrain", "code", "told"),
    [
        ({"when": ["performance"]}, "E1279", "Known: drift, expiry, quality, schedule, upstream, volume."),
        ({"when": ["scheduled"]}, "E1279", "Known:"),
        ({"when": ["schedule"]}, "E1279", "schedule says when only with what stands behind it."),
        ({"when": ["schedule at five"]}, "E1148", "A schedule is"),
        ({"when": ["volume many"]}, "E1279", "volume is followed by a number of rows."),
        ({"when": ["volume 0"]}, "E1279", "volume is followed by a number of rows."),
        ({"when": ["expiry"]}, "E1279", "expiry says when"),
        ({"when": ["expiry soon"]}, "E1110", "A length of time is"),
        ({"when": ["drift 7"]}, "E1279", "Nothing stands behind drift."),
        ({"when": ["drift", "drift"]}, "E1279", "drift stands there twice."),
        ({"when": ["drift"], "cooldowns": {"volume": "1d"}}, "E1242", "cooldowns names volume"),
        ({"when": ["drift"], "cooldowns": {"drift": "0d"}}, "E1110", "It has to last"),
        ({"when": [], "budget": {"trainings": 1, "days": 7}}, "E1242", "budget has no effect"),
        ({"when": ["drift"], "budget": {"trainings": 0, "days": 7}}, "E1111", ""),
        ({"when": ["drift"], "run": ""}, "E1142", "when says what sets off a training"),
    ],
)
def test_what_has_no_meaning_or_no_effect_is_refused_with_the_fix(retrain: dict[str, Any], code: str, told: str) -> None:
    with pytest.raises(Invalid) as refusal:
        project_from({"model": {"name": "wrong"}, "retrain": {"run": "again", **retrain}})
    assert refusal.value.code == code
    assert told in refusal.value.why
    assert refusal.value.fix


def _given(scored: int = 0, labelled: int = 0, **more: Any) -> TrainingInput:
    return TrainingInput(environment="prod", since=CAUSE.since, until=CAUSE.until, scored=scored, labelled=labelled, **more)


GIVEN = _given()


def _stands(
    *trainings: Retraining,
    given: TrainingInput = GIVEN,
    text: str = "drift",
    delay: int = 12 * HOUR,
    cause: Cause | None = CAUSE,
    plan: dict[str, Any] | None = None,
) -> Standing:
    seen = Seen(condition=read_condition(text), cause=cause, why="Nothing moved.", next_at=9, given=given, delay=delay)
    return standing(seen, Retrain(when=(text,), run="again", **(plan or {})), trainings, NOW)


def _training(ago: int, **more: Any) -> Retraining:
    told = {"cause": "dana", "trigger": "", "state": State.FINISHED, "requested_at": NOW - ago, **more}
    given = TrainingInput(until=NOW - ago - 2 * DAY)
    return specimens.retraining(given=given, **told)


def test_without_a_cause_it_is_armed_and_says_what_it_waits_for() -> None:
    found = _stands(_training(9 * DAY, trigger="drift", cause="I-2"), cause=None)
    assert (found.readiness, found.why, found.next_at) == (Readiness.ARMED, "Nothing moved.", 9)
    assert (found.training, found.fired_at) == ("T-1", NOW - 9 * DAY)


@pytest.mark.parametrize("state", [State.FINISHED, State.FAILED])
def test_a_cause_has_one_training_however_it_ended(state: State) -> None:
    found = _stands(_training(HOUR, trigger="drift", cause="I-7", state=state))
    assert (found.readiness, found.why) == (Readiness.ARMED, "I-7 is open. T-1 was for it.")


def test_a_training_that_knew_the_window_serves_every_cause_and_one_that_failed_does_not() -> None:
    knew = msgspec.structs.replace(_training(HOUR), given=TrainingInput(until=CAUSE.until))
    assert _stands(knew).readiness is Readiness.ARMED
    assert _stands(msgspec.structs.replace(knew, state=State.FAILED)).readiness is Readiness.COOLING
    assert _stands(_training(HOUR)).readiness is Readiness.COOLING


def test_what_stands_in_its_way_is_told_first_things_first() -> None:
    late = _given(scored=100, labelled=40)
    runs = _training(HOUR, state=State.RUNNING)
    assert _stands(runs, given=late).why == "I-7 is open. T-1 is running."
    cooling = _stands(_training(23 * HOUR), given=late)
    assert (cooling.readiness, cooling.next_at) == (Readiness.COOLING, NOW + HOUR)
    own = {"cooldowns": {Trigger.DRIFT: "7d"}}
    assert _stands(_training(6 * DAY), plan=own).readiness is Readiness.COOLING
    assert _stands(_training(8 * DAY), plan=own).readiness is Readiness.DUE
    assert _stands(_training(2 * DAY), given=late).readiness is Readiness.WAITING
    assert _stands(_training(2 * DAY)).readiness is Readiness.DUE


@pytest.mark.parametrize(
    ("labelled", "delay", "readiness", "next_at"),
    [
        # Labels take two days and a day has passed: nearly all have to be there.
        (98, 2 * DAY, Readiness.WAITING, NOW + DAY),
        (99, 2 * DAY, Readiness.DUE, NOW),
        # They are late, and then overdue: half of them will do.
        (98, 16 * HOUR, Readiness.WAITING, NOW + 8 * HOUR),
        (50, 12 * HOUR, Readiness.DUE, NOW),
        (49, 12 * HOUR, Readiness.WAITING, 0),
    ],
)
def test_it_waits_for_the_labels_of_its_window(labelled: int, delay: int, readiness: Readiness, next_at: int) -> None:
    found = _stands(given=_given(scored=100, labelled=labelled), delay=delay)
    assert (found.readiness, found.next_at) == (readiness, next_at)
    if readiness is Readiness.WAITING:
        assert f"{labelled} of 100 rows" in found.why


def test_a_window_that_is_not_over_is_waited_for() -> None:
    ahead = msgspec.structs.replace(CAUSE, until=NOW + DAY)
    found = _stands(cause=ahead, text="upstream")
    assert (found.readiness, found.next_at) == (Readiness.WAITING, NOW + DAY + 12 * HOUR)


def test_a_volume_waits_for_no_labels() -> None:
    assert _stands(given=_given(scored=100, labelled=20), text="volume 20", delay=9 * DAY).readiness is Readiness.DUE


def test_too_few_rows_are_waited_for_unless_a_quarantine_keeps_them_back() -> None:
    least = {"least_rows": 50}
    assert _stands(given=_given(40, 40), plan=least).readiness is Readiness.WAITING
    kept_back = left_out([specimens.quarantine(start=CAUSE.since, end=CAUSE.since + HOUR)], 0, CAUSE.until)
    assert _stands(given=_given(40, 40, left_out=kept_back, withheld=20), plan=least).readiness is Readiness.QUARANTINED
    assert _stands(given=_given(60, 60, left_out=kept_back, withheld=20), plan=least).readiness is Readiness.DUE


def test_the_budget_holds_for_all_triggers_and_counts_people() -> None:
    plan = {"budget": Budget(trainings=2, days=30)}
    old, refused = _training(31 * DAY), _training(3 * DAY, id="T-3", state=State.REFUSED)
    first, second = _training(20 * DAY, id="T-4"), _training(10 * DAY, id="T-5", trigger="schedule")
    assert _stands(old, refused, first, plan=plan).readiness is Readiness.DUE
    found = _stands(old, refused, first, second, plan=plan)
    assert (found.readiness, found.next_at) == (Readiness.OVER_BUDGET, NOW + 10 * DAY)
    assert found.why == "I-7 is open. 2 of 2 trainings in 30 days are used."
