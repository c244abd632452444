"""The profile: frozen, addressed, and the same after a trip through bytes."""

import tracemalloc
import zlib

import msgspec
import pytest
from tests.monitoring.samples import CONTRACT, profile, rows, scores

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.monitoring.counts import count, counts_bytes
from lamplighter.monitoring.profile import PREDICTION, profile_bytes, profile_from, reference_profile
from lamplighter.monitoring.refusals import TooManyBytes, UnknownColumn, UnreadableBytes, UnreadableColumn


def test_same_rows_same_profile() -> None:
    assert profile().identity == profile().identity
    assert profile_bytes(profile()) == profile_bytes(profile())
    assert profile().identity != profile(seed=8).identity


def test_bytes_come_back() -> None:
    made = profile()
    again = profile_from(profile_bytes(made), CONTRACT)
    assert list(again.columns) == ["delay", "seats", "origin", "night", PREDICTION]
    assert profile_bytes(again) == profile_bytes(made)
    later = rows(500, 9)
    assert counts_bytes(count(again, later, scores(500, 9))) == counts_bytes(count(made, later, scores(500, 9)))


def test_without_scores_the_prediction_is_not_watched() -> None:
    assert PREDICTION not in reference_profile(CONTRACT, rows(100, 1)).columns


def test_refusals() -> None:
    columns = rows(10, 1)
    del columns["seats"]
    with pytest.raises(UnknownColumn):
        reference_profile(CONTRACT, columns)
    taken = Contract(
        inputs=(Column(name=PREDICTION, kind=Kind.NUMBER),), output=Output(name="late", meaning=Meaning.PROBABILITY)
    )
    with pytest.raises(UnknownColumn):
        reference_profile(taken, {PREDICTION: [1.0]})
    with pytest.raises(UnreadableColumn):
        reference_profile(CONTRACT, rows(10, 1) | {"delay": [object()] * 10})
    with pytest.raises(UnreadableBytes):
        profile_from(b"lamplighter counts 1\n", CONTRACT)


HEADER = b"lamplighter profile 1\n"


@pytest.mark.parametrize("content", [HEADER, HEADER + b"no compression", HEADER + zlib.compress(b"no message")])
def test_what_somebody_else_has_written_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableBytes):
        profile_from(content, CONTRACT)
    with pytest.raises(UnreadableBytes):
        profile_from(profile_bytes(profile())[:-4], CONTRACT)


def test_a_few_bytes_that_say_very_many_take_no_room() -> None:
    packed = HEADER + zlib.compress(b"\x00" * 64_000_000)
    assert len(packed) < 100_000
    tracemalloc.start()
    try:
        with pytest.raises(TooManyBytes):
            profile_from(packed, CONTRACT)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_what_a_contract_declares_gives_the_room_of_its_profile() -> None:
    names = tuple(f"{'long ' * 1_000}{place}" for place in range(1_000))
    wide = Contract(
        inputs=(Column(name="x", kind=Kind.TEXT, categories=names),), output=Output(name="y", meaning=Meaning.NUMBER)
    )
    made = profile_bytes(reference_profile(wide, {"x": list(names)}))
    assert profile_from(made, wide).columns["x"].bins.cells == 1_002
    with pytest.raises(TooManyBytes):
        profile_from(made, msgspec.structs.replace(wide, inputs=(Column(name="x", kind=Kind.TEXT),)))


@pytest.mark.parametrize("values", [[], [None], [4.0], [4.0, 4.0], [1e300, -1e300], [5e-324, 0.0]])
def test_poor_references_can_be_counted(values: list[float | None]) -> None:
    contract = Contract(inputs=(Column(name="x", kind=Kind.NUMBER),), output=Output(name="y", meaning=Meaning.NUMBER))
    poor = reference_profile(contract, {"x": values})
    assert count(poor, {"x": [*values, None, 7.0]}).columns["x"].rows == len(values) + 2
