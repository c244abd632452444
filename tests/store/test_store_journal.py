"""The journal in the database: one chain, however many write to it at once."""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy import delete, text, update

from lamplighter.domain.events.design import ProjectSaved
from lamplighter.domain.events.routing import RolledBack
from lamplighter.domain.identity import PLATFORM, Actor, Person
from lamplighter.domain.journal import BEGINNING, Entry, Verification
from lamplighter.store import schema
from lamplighter.store.transaction import Store

ADA = Actor(person=Person(email="ada@example.com", name="Ada", roles=()), credential="ab12")


def written(store: Store, count: int = 4) -> list[Entry]:
    with store.transaction() as change:
        return [
            change.journal.append(ProjectSaved(model=f"m{place % 2}", digest=f"{place}" * 64), ADA, at=place)
            for place in range(count)
        ]


def verified(store: Store) -> Verification:
    with store.reading() as look:
        return look.journal.verify()


def test_entries_are_read_in_order_by_model_and_by_time(store: Store) -> None:
    entries = written(store, 6)
    assert [(entry.sequence, entry.actor, entry.credential) for entry in entries] == [
        (place, "ada@example.com", "ab12") for place in range(1, 7)
    ]
    assert entries[0].previous == BEGINNING
    with store.reading() as look:
        journal = look.journal
        assert journal.after(0) == entries
        assert journal.after(4) == entries[4:]
        assert journal.after(1, limit=2) == entries[1:3]
        assert journal.of("m1") == entries[1::2]
        assert journal.of("m1", until=3) == entries[1:4:2]
        assert journal.newest() == entries[::-1]
        assert journal.newest(model="m0", limit=2) == [entries[4], entries[2]]
        assert len(list(journal.bodies())) == 6


def test_the_chain_holds_over_many_transactions(store: Store) -> None:
    assert verified(store) == Verification(entries=0, verified=True, head=BEGINNING)
    written(store, 3)
    written(store, 3)
    found = verified(store)
    assert (found.entries, found.verified) == (6, True)


TAMPERINGS: dict[str, tuple[object, ...]] = {
    "a body": (update(schema.journal).where(schema.journal.c.sequence == 2).values(body=b'{"x":1}'),),
    "the last body": (
        text("UPDATE journal SET body = (SELECT body FROM journal AS j WHERE j.sequence = 3) WHERE sequence = 4"),
    ),
    "an entry in the middle": (delete(schema.journal).where(schema.journal.c.sequence == 2),),
    "the last entry": (delete(schema.journal).where(schema.journal.c.sequence == 4),),
    "every entry": (delete(schema.journal),),
    "the head": (delete(schema.journal_head),),
    "the order": tuple(
        update(schema.journal).where(schema.journal.c.sequence == old).values(sequence=new)
        for old, new in ((2, 9), (3, 2), (9, 3))
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_who_changes_the_tables_is_found_out(store: Store, what: str) -> None:
    written(store)
    assert verified(store).verified
    with store.engine.begin() as connection:
        for statement in TAMPERINGS[what]:
            connection.execute(statement)  # type: ignore[call-overload]
    found = verified(store)
    assert not found.verified
    assert found.why


def test_a_change_that_fails_leaves_no_entry(store: Store) -> None:
    written(store, 2)
    with suppress(ZeroDivisionError), store.transaction() as change:
        change.journal.append(RolledBack(model="m0", environment="prod"), PLATFORM, at=9)
        raise ZeroDivisionError
    assert verified(store).entries == 2
    written(store, 1)
    found = verified(store)
    assert (found.entries, found.verified) == (3, True)


def together(count: int, work: Callable[[int], None]) -> list[BaseException]:
    """What was raised when so many threads do it at once."""
    failures: list[BaseException] = []
    barrier = threading.Barrier(count)

    def run(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_many_who_write_at_once_make_one_chain(store: Store) -> None:
    """The journal is empty at first: nobody has made its head yet."""

    def write(number: int) -> None:
        for place in range(8):
            with store.transaction() as change:
                change.journal.append(ProjectSaved(model=f"m{number}", digest=str(place)), ADA, at=place)

    assert together(4, write) == []
    with store.reading() as look:
        entries = look.journal.after(0)
    assert [entry.sequence for entry in entries] == list(range(1, 33))
    for number in range(4):
        own = [entry.event for entry in entries if entry.event.model == f"m{number}"]
        assert own == [ProjectSaved(model=f"m{number}", digest=str(place)) for place in range(8)]
    found = verified(store)
    assert (found.entries, found.verified) == (32, True)


def test_two_who_are_the_first_to_write_follow_each_other(store: Store) -> None:
    """Neither finds a head or a counter; the second has to wait for what the first makes of them."""
    found: list[tuple[int, str]] = []

    def write() -> None:
        with store.transaction() as change:
            identity = change.counters.id("R")
            found.append((change.journal.append(ProjectSaved(model="m"), ADA, at=1).sequence, identity))

    second = threading.Thread(target=write)
    with store.transaction() as change:
        identity = change.counters.id("R")
        found.append((change.journal.append(ProjectSaved(model="m"), ADA, at=1).sequence, identity))
        second.start()
        second.join(timeout=0.3)
    second.join()
    assert found == [(1, "R-1"), (2, "R-2")]
    assert verified(store).verified


def test_ids_are_given_out_once_each(store: Store) -> None:
    taken: list[str] = []

    def take(_: int) -> None:
        for _ in range(8):
            with store.transaction() as change:
                taken.append(change.counters.id("R"))

    assert together(4, take) == []
    assert sorted(taken, key=lambda found: int(found[2:])) == [f"R-{number}" for number in range(1, 33)]
    with store.reading() as look:
        assert (look.counters.value("R"), look.counters.value("I")) == (32, 0)


def test_an_id_that_was_taken_in_vain_is_given_out_again(store: Store) -> None:
    with suppress(ZeroDivisionError), store.transaction() as change:
        assert change.counters.id("T") == "T-1"
        raise ZeroDivisionError
    with store.transaction() as change:
        assert [change.counters.id("T"), change.counters.id("T"), change.counters.id("C")] == ["T-1", "T-2", "C-1"]
        change.counters.set("T", 40)
        assert change.counters.next("T") == 41
