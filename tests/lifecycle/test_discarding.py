"""Rows that nobody has to keep: they go with their labels, and no figure is made of what is left of a day."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle

import pytest
from sqlalchemy import event, func, select
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import Segment, scored
from tests.sdk import models

from lamplighter.domain.errors import Conflict
from lamplighter.domain.monitor import Reading
from lamplighter.domain.pushed import LabelsKept
from lamplighter.domain.version import Version
from lamplighter.lifecycle import challenges, closing, collection, discarding, watching
from lamplighter.lifecycle.watching import Label
from lamplighter.store import schema
from lamplighter.store.closed_days import Place
from lamplighter.store.old_rows import UNKNOWN

MODEL = "trains"
DAY = 86_400_000_000


@pytest.fixture
def version(life: Life) -> Version:
    """A version that is watched by the day and whose rows are kept for 30 days."""
    quality = {"metric": "brier", "window": "1d", "least_rows": 5}
    version = life.version(models.project(MODEL, log={"keep": "30d"}, monitor={"quality": quality}))
    life.appoint(version)
    return version


def today(life: Life) -> int:
    return life.clock.now() // DAY * DAY


def answer(life: Life, version: Version, request: str, event_at: int, *, at: int = 0, **more: object) -> list[Label]:
    """Answer a request of ten rows, when it happened unless another time is given; gives the labels of its rows."""
    scores = [(place % 7) / 7 for place in range(10)]
    Segment(life.settings).write(scored(version, request, scores, at=at or event_at, event_at=event_at, **more))
    collection.collect(life.kit, "prod")
    return [Label(id=f"{request}.{place}", value=float(place % 2)) for place in range(10)]


def push(life: Life, labels: Sequence[Label]) -> LabelsKept:
    return watching.push_labels(life.kit, MODEL, labels)


def count(life: Life, table: str) -> int:
    with life.kit.store.reading() as look:
        return look.connection.execute(select(func.count()).select_from(getattr(schema, table))).scalar_one()


def figures(life: Life) -> list[Reading]:
    watching.observe(life.kit)
    return life["rita"].readings(MODEL, "prod", "quality")


def gone(life: Life) -> int:
    return discarding.discard(life.kit, 60.0)


def test_rows_and_their_labels_go_when_their_time_is_over_and_not_before(life: Life, version: Version) -> None:
    life.version(models.project("kept-for-ever"))
    for age in (0, 29, 30, 31, 32, 400):
        push(life, answer(life, version, f"r{age}", today(life) - age * DAY + 5))
    figures(life)
    assert gone(life) == 30
    assert (count(life, "predictions"), count(life, "labels")) == (30, 30)
    assert gone(life) == 0
    life.clock.forward(86_400)
    assert gone(life) == 10


def test_what_was_made_of_them_stays(life: Life, version: Version) -> None:
    monday = today(life) - 40 * DAY
    push(life, answer(life, version, "a", monday + 5))
    answer(life, version, "end", monday + DAY + 5)
    before, status = figures(life), life["rita"].status(MODEL)
    with life.kit.store.reading() as look:
        told = look.answered.outcome(MODEL, "prod", 1, monday, monday + DAY, 0.5)
        spans = look.answered.spans([(MODEL, "prod", 1)], life.clock.now())
    exact = life["rita"].figures(MODEL, "prod", 1, monday, monday + DAY)
    promises = life["rita"].monitored(MODEL).promises
    assert before
    assert promises
    assert gone(life) == 20
    # Whatever makes the figures again makes the same ones.
    with life.kit.store.transaction() as change:
        change.profiles.soil({(MODEL, "prod", monday), (MODEL, "prod", monday + DAY)}, life.clock.now())
    assert figures(life) == before
    after = life["rita"].status(MODEL)
    assert (after.rows, after.labelled) == (status.rows, status.labelled) == (20, 10)
    assert life["rita"].figures(MODEL, "prod", 1, monday, monday + DAY) == exact
    assert life["rita"].monitored(MODEL).promises == promises
    with life.kit.store.reading() as look:
        assert look.answered.outcome(MODEL, "prod", 1, monday, monday + DAY, 0.5) == pytest.approx(told, rel=1e-12)
        assert look.answered.numbers(MODEL, "prod", monday, monday + DAY) == [1]
        assert look.answered.spans([(MODEL, "prod", 1)], life.clock.now()) == spans


def test_a_day_is_read_a_last_time_before_its_rows_go(life: Life, version: Version) -> None:
    monday = today(life) - 40 * DAY
    push(life, answer(life, version, "a", monday + 5))
    answer(life, version, "end", monday + DAY + 5)
    # Nothing has been measured yet.
    assert gone(life) == 20
    [brier] = [one for one in figures(life) if one.measure == "brier"]
    assert brier.count == 10


def test_a_label_that_comes_when_half_of_a_day_is_gone_changes_nothing_and_is_told(life: Life, version: Version) -> None:
    monday = today(life) - 40 * DAY
    early, late = (answer(life, version, name, monday + 5, at=at) for name, at in (("a", monday + 5), ("b", today(life))))
    answer(life, version, "end", monday + DAY + 5)
    push(life, [*early, *late[:5]])
    before = figures(life)
    assert gone(life) == 20
    assert count(life, "predictions") == 10
    assert push(life, [*early[:2], *late[5:]]) == LabelsKept(kept=7, waiting=2, closed=5)
    # A row that is scored for that day only now is kept, and the day is looked at again.
    answer(life, version, "again", monday + 5, at=today(life))
    assert figures(life) == before
    assert [one.restated for one in before] == [0] * len(before)


def test_a_history_that_was_brought_yesterday_is_kept_from_then_on(life: Life, version: Version) -> None:
    answer(life, version, "history", today(life) - 4000 * DAY, at=today(life) - DAY)
    assert gone(life) == 0
    life.clock.forward(31 * 86_400)
    assert gone(life) == 10


def test_rows_of_an_older_release_are_kept_from_the_day_on_which_their_time_was_found_missing(
    life: Life, version: Version
) -> None:
    answer(life, version, "old", today(life) - 400 * DAY)
    with life.kit.store.transaction() as change:
        change.connection.execute(schema.predictions.update().values(answered_at=0))
        change.counters.set(UNKNOWN, life.clock.now())
    assert gone(life) == 0
    life.clock.forward(31 * 86_400)
    assert gone(life) == 10


def test_what_is_left_of_a_window_is_no_window(life: Life, version: Version) -> None:
    monday = today(life) - 40 * DAY
    push(life, answer(life, version, "a", monday + 5))
    assert gone(life) == 10
    with pytest.raises(Conflict) as refusal:
        life["rita"].figures(MODEL, "prod", 1, monday + 3, monday + 3 * DAY)
    assert refusal.value.code == "E1537"


def test_a_trial_is_not_decided_on_what_is_left(life: Life, version: Version) -> None:
    second = life.version(models.project(MODEL, log={"keep": "30d"}), threshold=0.7)
    monday = today(life) - 40 * DAY
    labels = answer(life, version, "a", monday + 5)
    answer(life, second, "a", monday + 5, arm="shadow")
    push(life, labels)
    with life.kit.store.reading() as look:
        prod = look.environment("prod")
    trial = challenges.challenge(life.kit, life.actor("dana"), second, prod, "brier", least_rows=5)
    assert gone(life) == 20
    with pytest.raises(Conflict) as refusal:
        challenges.decide(life.kit, life.actor("dana"), trial.id, monday, today(life), conclude=True)
    assert refusal.value.code == "E1537"


def test_a_label_goes_with_the_last_row_that_has_it(life: Life, version: Version) -> None:
    second = life.version(models.project(MODEL, log={"keep": "30d"}), threshold=0.7)
    at = today(life) - 40 * DAY
    push(life, answer(life, version, "a", at))
    answer(life, second, "a", at, arm="shadow")
    with life.kit.store.transaction() as change:
        change.connection.execute(schema.predictions.update().where(schema.predictions.c.number == 2).values(answered_at=2**60))
    assert gone(life) == 10
    assert count(life, "labels") == 10


@contextmanager
def between_looks(life: Life, act: Callable[[], object]) -> Iterator[None]:
    """Whenever a look has ended and before anything else, something happens."""
    acting: list[bool] = []

    def ended(_: object) -> None:
        if not acting:
            acting.append(True)
            act()
            acting.clear()

    event.listen(life.kit.store.engine, "rollback", ended)
    yield
    event.remove(life.kit.store.engine, "rollback", ended)


@pytest.mark.parametrize("measured", [True, False])
def test_what_changes_while_a_day_is_read_is_read_again(life: Life, version: Version, measured: bool) -> None:
    at = today(life) - 40 * DAY
    labels = answer(life, version, "a", at)
    if measured:
        figures(life)
    place, late = Place(MODEL, "prod", 1, at // DAY * DAY), iter(labels[:2])
    with between_looks(life, lambda: push(life, [label for label in (next(late, None),) if label])):
        assert closing.close(life.kit, place)
    with life.kit.store.reading() as look:
        assert look.outcomes.counted(MODEL, "prod", 1, 0, 2**60) == {place.day: (10, 2)}
        [closed] = look.closed_days.between(MODEL, "prod", 1, 0, 2**60)
    assert (closed.scored, closed.known) == (10, 2)


def test_a_day_that_goes_on_changing_is_left_for_later(life: Life, version: Version) -> None:
    at = today(life) - 40 * DAY
    endless = cycle(answer(life, version, "a", at))
    with between_looks(life, lambda: push(life, [next(endless)])):
        assert gone(life) == 0
    assert gone(life) == 10


@pytest.mark.parametrize("along", [False, True])
def test_a_day_that_stands_is_closed_as_its_rows_would_be(life: Life, version: Version, along: bool) -> None:
    at = today(life) - 40 * DAY
    labels = answer(life, version, "a", at)
    if along:
        # One version may score along for a part of a day and answer in the other.
        labels += answer(life, version, "b", at + 7, arm="shadow")
    push(life, labels[3:17])
    place = Place(MODEL, "prod", 1, at // DAY * DAY)
    figures(life)
    with life.kit.store.reading() as look:
        told = look.answered.outcome_of_rows(*place, place.day + DAY, 0.5)
        kept = look.outcomes.find(*place)
    assert closing.close(life.kit, place)
    with life.kit.store.reading() as look:
        [closed] = look.closed_days.between(MODEL, "prod", 1, 0, 2**60)
        assert look.outcomes.find(*place) == kept
    assert (closed.scored, closed.known, closed.there, closed.said, closed.found, closed.distance) == pytest.approx(told)
    assert (closed.first_at, closed.last_at) == (at, at + 7 if along else at)


def test_labels_of_a_day_that_stands_are_not_read_again(life: Life, version: Version) -> None:
    at = today(life) - 40 * DAY
    push(life, answer(life, version, "a", at))
    figures(life)
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    event.listen(life.kit.store.engine, "before_cursor_execute", note)
    assert closing.close(life.kit, Place(MODEL, "prod", 1, at // DAY * DAY))
    event.remove(life.kit.store.engine, "before_cursor_execute", note)
    assert [statement for statement in asked if "JOIN labels" in statement] == []
    assert any("FROM predictions" in statement for statement in asked)
