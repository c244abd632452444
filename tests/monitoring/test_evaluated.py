"""Kept scores: the same after a way over the disk, and refused where somebody else has written them."""

import tracemalloc
import zlib

import msgspec
import numpy as np
import pytest

from lamplighter.domain.evaluation import MOST_BYTES, MOST_KEPT
from lamplighter.monitoring import encoding
from lamplighter.monitoring.evaluated import Evaluated, evaluated_bytes, evaluated_from
from lamplighter.monitoring.refusals import TooManyBytes, UnreadableBytes

HEADER = b"lamplighter evaluated 1\n"


def places(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(numbers, dtype=np.int64)


def rows(**more: object) -> Evaluated:
    labels, scores = np.array([0.0, 1.0, 1.0]), np.array([0.1, 0.7, 0.6])
    found = Evaluated(labels=labels, scores=scores, slices={"origin = 'EWR'": places(0, 2)})
    return msgspec.structs.replace(found, **more)


def test_what_was_kept_is_read() -> None:
    found = evaluated_from(evaluated_bytes(rows()))
    assert (found.labels.tolist(), found.scores.tolist()) == ([0.0, 1.0, 1.0], [0.1, 0.7, 0.6])
    assert {name: one.tolist() for name, one in found.slices.items()} == {"origin = 'EWR'": [0, 2]}
    assert evaluated_bytes(found) == evaluated_bytes(rows())


def test_as_many_rows_as_are_kept_fit() -> None:
    many = np.random.default_rng(1).random(MOST_KEPT)
    slices = {f"a = {one}": np.arange(MOST_KEPT, dtype=np.int64) for one in range(20)}
    assert evaluated_from(evaluated_bytes(Evaluated(labels=many, scores=many, slices=slices))).n == MOST_KEPT


@pytest.mark.parametrize(
    "content",
    [
        b"",
        HEADER,
        b"something else",
        HEADER + b"no compression",
        HEADER + zlib.compress(b"no message"),
        HEADER + zlib.compress(encoding.body({"labels": [1.0]})),
        evaluated_bytes(rows())[:-4],
        evaluated_bytes(rows(scores=np.array([0.1, 0.7]))),
        evaluated_bytes(rows(scores=np.array([0.1, np.nan, 0.3]))),
        evaluated_bytes(rows(labels=np.array([[0.0, 1.0, 1.0]]))),
        evaluated_bytes(rows(labels=np.empty(0), scores=np.empty(0), slices={})),
        evaluated_bytes(rows(labels=np.zeros(MOST_KEPT + 1), scores=np.zeros(MOST_KEPT + 1))),
        evaluated_bytes(rows(slices={"a = 1": places(0, 3)})),
        evaluated_bytes(rows(slices={"a = 1": places(-1, 1)})),
        evaluated_bytes(rows(slices={"a = 1": places(1, 1)})),
        evaluated_bytes(rows(slices={"a = 1": np.array([0.5])})),
    ],
)  # fmt: skip
def test_what_somebody_else_has_written_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableBytes):
        evaluated_from(content)


def test_a_few_bytes_that_say_very_many_take_no_room() -> None:
    packed = HEADER + zlib.compress(b"\x00" * (MOST_BYTES * 8), 1)
    assert len(packed) < MOST_BYTES / 10
    tracemalloc.start()
    try:
        with pytest.raises(TooManyBytes):
            evaluated_from(packed)
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES * 4
    finally:
        tracemalloc.stop()
