"""The hash chain: whoever changes, removes, adds or moves an entry is found out."""

from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.domain.events import AnyEvent
from lamplighter.domain.events.design import ProjectSaved
from lamplighter.domain.events.routing import RolledBack
from lamplighter.domain.events.version import VersionRegistered
from lamplighter.domain.journal import BEGINNING, Entry, Verification, read, seal, verify

EVENTS: tuple[AnyEvent, ...] = (
    ProjectSaved(model="churn", digest="ab" * 32, tier="internal"),
    VersionRegistered(model="churn", number=1, digest="cd" * 32),
    RolledBack(model="churn", environment="prod", number=1, previous=2, why="It was \u201cworse\u201d."),
    VersionRegistered(model="churn", number=2, digest="ef" * 32),
)


def sealed() -> tuple[list[bytes], str]:
    """A chain of four entries and its head."""
    bodies, head = [], BEGINNING
    for place, event in enumerate(EVENTS, start=1):
        body, head = seal(
            Entry(sequence=place, previous=head, actor="ada@example.com", credential="ab12", at=place, event=event)
        )
        bodies.append(body)
    return bodies, head


BODIES, HEAD = sealed()


def test_a_chain_that_nobody_touched_holds() -> None:
    assert verify(BODIES, HEAD) == verify(BODIES) == Verification(entries=4, verified=True, head=HEAD)
    assert verify([], BEGINNING) == verify([]) == Verification(entries=0, verified=True, head=BEGINNING)


def test_entries_are_read_as_they_were_sealed() -> None:
    entries = [read(body) for body in BODIES]
    assert tuple(entry.event for entry in entries) == EVENTS
    assert [entry.name for entry in entries] == [
        "ProjectSaved", "VersionRegistered", "RolledBack", "VersionRegistered",
    ]  # fmt: skip
    assert [seal(entry)[0] for entry in entries] == BODIES


@given(place=st.integers(0, len(BODIES) - 1), data=st.data())
@settings(max_examples=200)
def test_any_flipped_bit_is_found(place: int, data: st.DataObject) -> None:
    body = bytearray(BODIES[place])
    body[data.draw(st.integers(0, len(body) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed = [*BODIES[:place], bytes(body), *BODIES[place + 1 :]]
    found = verify(changed, HEAD)
    assert not found.verified
    assert found.why
    assert found.entries <= place + 1


@given(order=st.lists(st.integers(0, len(BODIES) - 1), max_size=6).filter(lambda order: order != [0, 1, 2, 3]))
def test_entries_that_are_removed_repeated_or_swapped_are_found(order: list[int]) -> None:
    assert not verify([BODIES[place] for place in order], HEAD).verified


def test_the_first_entry_that_does_not_fit_is_named() -> None:
    swapped = [BODIES[0], BODIES[2], BODIES[1], BODIES[3]]
    assert verify(swapped, HEAD).why == "Entry 3 does not follow entry 1."
    cut = verify(BODIES[:3], HEAD)
    assert (cut.verified, cut.entries, cut.why) == (False, 3, "The chain does not end where its head says.")
    unreadable = verify([*BODIES[:2], b"\xff{", BODIES[3]], HEAD)
    assert (unreadable.verified, unreadable.entries, unreadable.why) == (False, 2, "What follows entry 2 cannot be read.")


def test_a_number_that_is_left_out_is_found() -> None:
    first = Entry(sequence=1, previous=BEGINNING, actor="a", credential="", at=1, event=EVENTS[0])
    body, head = seal(first)
    third = Entry(sequence=3, previous=head, actor="a", credential="", at=1, event=EVENTS[1])
    assert verify([body, seal(third)[0]]).why == "Entry 3 does not follow entry 1."


def test_an_entry_that_was_made_up_at_the_end_is_found() -> None:
    forged = Entry(sequence=5, previous=HEAD, actor="eve@example.com", credential="", at=9, event=EVENTS[0])
    assert verify([*BODIES, seal(forged)[0]]).verified
    assert not verify([*BODIES, seal(forged)[0]], HEAD).verified
