"""Scored rows, labels, traffic, counts and notices: added up right, in whatever order they come."""

import threading
from contextlib import suppress
from itertools import permutations
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamplighter.domain.route import LATENCY_BOUNDS
from lamplighter.domain.traffic import Traffic, total
from lamplighter.domain.window import DAY
from lamplighter.store.notices import Notice
from lamplighter.store.outcomes import Day
from lamplighter.store.predictions import Joined
from lamplighter.store.transaction import Store, Transaction

#: One store serves all examples of a property: each is undone at its end.
slow = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Undo(Exception):
    """Ends an example; its transaction leaves nothing."""


def row(key: str, number: int = 1, event_at: int = 5, score: float = 0.5, arm: str = "champion") -> dict[str, Any]:
    return {
        "id": key, "number": number, "model": "m", "environment": "prod", "arm": arm, "event_at": event_at, "score": score,
    }  # fmt: skip


def joined(transaction: Transaction, number: int = 1) -> list[tuple[str, int, float, float]]:
    found = transaction.predictions.joined("m", "prod", number, 0, 100)
    return list(zip(found.ids, found.event_at, found.scores, found.labels, strict=True))


def test_rows_and_labels_in_any_order_give_the_same_rows(store: Store) -> None:
    steps: list[tuple[str, Any]] = [
        ("keep", [row("a.0", score=0.25), row("a.1", score=0.75)]),
        ("keep", [row("b.0", event_at=7), row("b.0", number=2, score=0.1, arm="shadow")]),
        ("label", [("a.0", 1.0, 0), ("b.0", 0.0, 0)]),
        ("label", [("a.0", 0.0, 1), ("never.0", 1.0, 0)]),
    ]
    for order in permutations(steps):
        with suppress(Undo), store.transaction() as change:
            for step, rows in order:
                change.predictions.keep(rows) if step == "keep" else change.predictions.label(rows, now=1)
            assert joined(change) == [("a.0", 5, 0.25, 0.0), ("b.0", 7, 0.5, 0.0)]
            assert joined(change, number=2) == [("b.0", 5, 0.1, 0.0)]
            raise Undo


LABELS = st.tuples(st.sampled_from(["a.0", "a.1"]), st.floats(0.0, 1.0), st.integers(0, 3))
BATCHES = st.lists(st.lists(LABELS, min_size=1, max_size=5), min_size=1, max_size=3)


@given(batches=BATCHES)
@slow
def test_the_highest_revision_of_a_label_wins_and_of_one_revision_the_largest_value(
    store: Store, batches: list[list[tuple[str, float, int]]]
) -> None:
    expected: dict[str, tuple[int, float]] = {}
    for key, value, revision in (label for batch in batches for label in batch):
        expected[key] = max(expected.get(key, (revision, value)), (revision, value))
    with suppress(Undo), store.transaction() as change:
        change.predictions.keep([row("a.0"), row("a.1")])
        for batch in batches:
            change.predictions.label(batch, now=1)
        assert {key: value for key, _, _, value in joined(change)} == {key: value for key, (_, value) in expected.items()}
        raise Undo


def test_a_row_that_is_there_stays_as_it_is(store: Store) -> None:
    with store.transaction() as change:
        change.predictions.keep([row("a.0", score=0.1)])
        change.predictions.keep([row("a.0", score=0.9), row("a.1", score=0.2)])
        change.predictions.keep([])
        change.predictions.label([("a.0", 1.0, 0), ("a.1", 1.0, 0)], now=1)
        assert [score for _, _, score, _ in joined(change)] == [0.1, 0.2]


def test_more_rows_than_fit_one_statement(store: Store) -> None:
    count = 4500
    with store.transaction() as change:
        change.predictions.keep([row(f"a.{place:04}", event_at=place) for place in range(count)])
        change.predictions.label([(f"a.{place:04}", float(place % 2), 0) for place in range(count)], now=1)
        found = change.predictions.joined("m", "prod", 1, 0, count)
        assert (len(found.ids), sum(found.labels), list(found.event_at)) == (count, count / 2, list(range(count)))
        places = change.predictions.places_of([f"a.{place:04}" for place in range(count)])
        assert (len(places), set().union(*places.values())) == (count, {("m", "prod", 1, 0)})


def test_windows_are_half_open_and_counts_know_who_answered(store: Store) -> None:
    with store.transaction() as change:
        predictions, answered = change.predictions, change.answered
        assert predictions.joined("m", "prod", 1, 0, 9) == Joined(ids=(), event_at=(), scores=(), labels=())
        assert answered.span("m", "prod", 1, 9) is None
        predictions.keep([row("a.0", event_at=1), row("a.1", event_at=2), row("a.2", event_at=3)])
        predictions.keep([row("a.0", number=2, event_at=1, arm="shadow"), row("b.0", number=2, event_at=4, arm="challenger")])
        predictions.label([("a.1", 1.0, 0), ("a.0", 0.0, 0)], now=1)
        assert predictions.joined("m", "prod", 1, 1, 2).ids == ("a.0",)
        assert answered.span("m", "prod", 1, 9) == (1, 3)
        answered.add({("m", "prod", 1): 3, ("m", "prod", 2): 1})
        answered.add({("m", "prod", 1): 2, ("n", "prod", 1): 7})
        assert (answered.count("m", "prod"), answered.count("m", "dev")) == (6, 0)
        change.outcomes.put("m", "prod", [Day(1, 0, 3, 2, 2, b""), Day(1, DAY, 9, 8, 4, b""), Day(2, 0, 2, 1, 0, b"")])
        assert (answered.labelled("m", "prod"), answered.labelled("m", "dev")) == (6, 0)


def test_how_far_a_segment_was_read_moves_with_what_was_read(store: Store) -> None:
    with store.transaction() as change:
        assert change.predictions.position("prod", "1.seg") == 0
        change.predictions.move("prod", "1.seg", 2**40)
        change.predictions.move("dev", "1.seg", 7)
    with suppress(Undo), store.transaction() as change:
        change.predictions.keep([row("a.0")])
        change.predictions.move("prod", "1.seg", 2**41)
        raise Undo
    with store.reading() as look:
        assert (look.predictions.position("prod", "1.seg"), look.answered.count("m", "prod")) == (2**40, 0)


def test_of_two_that_move_on_from_one_position_one_does(store: Store) -> None:
    seen: list[bool] = []

    def advance(position: int, to: int) -> None:
        with store.transaction() as change:
            seen.append(change.predictions.advance("prod", "1.seg", position, to))

    for position in (0, 10):
        with store.transaction() as change:
            assert change.predictions.advance("prod", "1.seg", position, position + 10)
            other = threading.Thread(target=advance, args=(position, position + 10))
            other.start()
            other.join(0.1)
            assert other.is_alive()
        other.join()
    assert seen == [False, False]
    with store.reading() as look:
        assert look.predictions.position("prod", "1.seg") == 20


BUCKETS = len(LATENCY_BOUNDS) + 1
PARTS = st.builds(
    Traffic,
    model=st.just("m"),
    environment=st.just("prod"),
    number=st.integers(1, 2),
    arm=st.sampled_from(["champion", "shadow"]),
    second=st.integers(10, 11),
    requests=st.integers(0, 9),
    rows=st.integers(0, 99),
    failures=st.integers(0, 9),
    latencies=st.integers(0, BUCKETS - 1).map(lambda place: tuple(int(place == other) for other in range(BUCKETS))),
)


def sums(parts: list[Traffic]) -> tuple[Any, ...]:
    whole = total(parts)
    return whole.requests, whole.rows, whole.failures, whole.latencies


@given(batches=st.lists(st.lists(PARTS, max_size=4), max_size=4))
@slow
def test_traffic_adds_up(store: Store, batches: list[list[Traffic]]) -> None:
    parts = [part for batch in batches for part in batch]
    with suppress(Undo), store.transaction() as change:
        for batch in batches:
            change.traffic.add(batch)
        found = change.traffic.since("m", "prod", 0)
        keys = [(part.second, part.number, part.arm) for part in found]
        assert len(set(keys)) == len(keys)
        for part in found:
            same = [other for other in parts if (other.second, other.number, other.arm) == (part.second, part.number, part.arm)]
            assert sums([part]) == sums(same)
        assert sums(found) == sums(parts)
        assert [part.second for part in found] == sorted(part.second for part in found)
        later = {part.number: part for part in found if part.second >= 11 and part.arm == "shadow"}
        assert {part.number: part for part in change.traffic.since("m", "prod", 11, arm="shadow")} == later
        raise Undo


def test_callers_are_counted(store: Store) -> None:
    with store.transaction() as change:
        change.traffic.called([("m", "prod", "ops", 2, 50), ("m", "prod", "app", 1, 10), ("m", "dev", "ops", 1, 1)])
        change.traffic.called([("m", "prod", "ops", 3, 40), ("n", "prod", "ops", 1, 1)])
        assert sorted(change.traffic.callers("m")) == [("dev", "ops", 1, 1), ("prod", "app", 1, 10), ("prod", "ops", 5, 50)]


def test_counts_of_a_day_are_set_and_summed_over_a_window(store: Store) -> None:
    with store.transaction() as change:
        profiles = change.profiles
        assert profiles.days("prod", [("m", 1, 0)]) == {}
        for version in (("m", 1), ("n", 2)):
            profiles.put("prod", {(*version, day): b"old" for day in (0, 10, 20)})
            profiles.put("prod", {(*version, day): bytes([day, 0, 255]) for day in (0, 10, 20)})
        profiles.put("dev", {("m", 1, 10): b"elsewhere"})
        asked = [("m", 1, 10), ("n", 2, 20), ("n", 1, 20), ("m", 1, 11)]
        assert profiles.days("prod", asked) == {("m", 1, 10): b"\x0a\x00\xff", ("n", 2, 20): b"\x14\x00\xff"}
        assert sorted(profiles.between("m", "prod", 1, 0, 20)) == [b"\x00\x00\xff", b"\x0a\x00\xff"]
        assert profiles.between("m", "prod", 2, 0, 99) == []


def test_days_to_make_again_are_remembered_once(store: Store) -> None:
    with store.transaction() as change:
        change.profiles.soil({("m", "prod", 10), ("m", "prod", 0), ("m", "dev", 0)})
        change.profiles.soil({("m", "prod", 10)})
        change.profiles.soil(set())
        assert change.profiles.dirty() == [("m", "dev", 0), ("m", "prod", 0), ("m", "prod", 10)]
        assert change.profiles.marks("m", "prod") == {0: 1, 10: 2}
        change.profiles.clean("m", "prod", {0: 1, 10: 1})
        assert change.profiles.dirty() == [("m", "dev", 0), ("m", "prod", 10)]
        change.profiles.clean("m", "prod", {10: 2})
        assert change.profiles.dirty() == [("m", "dev", 0)]


NOTICE = Notice(event=7, channel="inbox", person="ivo@example.com", incident="I-1", model="m", title="It", text="Do")


def test_a_message_is_in_the_outbox_once_until_it_is_delivered(store: Store) -> None:
    mail = msgspec.structs.replace(NOTICE, channel="mail")
    with store.transaction() as change:
        change.notices.add(NOTICE, due_at=10)
        change.notices.add(msgspec.structs.replace(NOTICE, title="again"), due_at=1)
        change.notices.add(mail, due_at=20)
    with store.transaction() as change:
        notices = change.notices
        assert notices.due(9) == []
        assert [notice for _, notice in notices.due(20)] == [NOTICE, mail]
        assert [notice for _, notice in notices.due(20, limit=1)] == [NOTICE]
        (first, _), (second, _) = notices.due(20)
        notices.close(first)
        notices.defer(second, mail, due_at=30)
        assert notices.due(29) == []
        assert notices.due(30) == [(second, msgspec.structs.replace(mail, attempts=1))]
        notices.add(NOTICE, due_at=1)
        assert [key for key, _ in notices.due(99)] == [second]
