"""Our own library encodes rows to the bits of arrays and of plain Python, and refuses what they refuse."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.serving.compiled import native, rows
from lamplighter.serving.compiled.plan import Number, Plan, Stage, Table, Trees
from lamplighter.serving.compiled.rows import FEW, RowEncoder
from lamplighter.serving.runtimes.base import Failed

VALUES = (
    st.none() | st.sampled_from([0.0, -0.0, 1e308, -1e308, math.inf, 5e-324]) | st.floats(allow_nan=False) | st.integers(-9, 9)
)
CELLS = st.sampled_from([1.0, -0.0, 2.5, None])
STAGES = st.builds(
    Stage,
    shift=st.floats(-9, 9),
    divisor=st.sampled_from([1.0, 0.3, -7.0]),
    factor=st.sampled_from([1.0, 1e300]),
    offset=st.floats(-1, 1),
)
NAMES = ("number", "plain", "text", "flag")


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Two numbers, a table of texts and one of truth values; a value may fill no place, and may be refused."""
    number = Number(column="number", position=4, null=draw(st.none() | st.floats(-2, 2)), stages=(draw(STAGES),))
    plain = Number(column="plain", position=0, null=draw(st.none() | st.just(3.0)))
    some = st.lists(st.tuples(st.sampled_from([1, 3, 5]), CELLS), max_size=2, unique_by=lambda cell: cell[0]).map(tuple)
    texts = Table(
        column="text",
        keys=("a", "b"),
        cells=(draw(some), draw(some)),
        null=draw(st.none() | some),
        other=draw(st.none() | some),
    )
    flags = Table(column="flag", keys=(True, False), cells=(((2, 1.0),), ()), null=(), other=())
    template = tuple(draw(st.lists(CELLS, min_size=6, max_size=6)))
    return Plan(template=template, numbers=(number, plain), tables=(texts, flags), estimator=Trees())


ROWS = st.lists(
    st.tuples(VALUES, VALUES, st.sampled_from(["a", "b", "c", None]), st.sampled_from([True, False, None])),
    min_size=FEW,
    max_size=3 * FEW,
)


def encoded(encoder: RowEncoder, given_rows: list[Any]) -> Any:
    """The bits of all numbers, every NaN alike and zeros without a sign, as trees read them; or that a value is refused."""
    try:
        found = np.asarray(encoder.encoded(given_rows), dtype=np.float64).ravel()
    except Failed as failed:
        return failed.why
    return (np.where(np.isnan(found), math.nan, found) + 0.0).view(np.int64).tolist()


@settings(max_examples=200)
@given(plans(), ROWS)
def test_the_bits_of_arrays_and_of_plain_python(plan: Plan, given_rows: list[Any]) -> None:
    if not native.is_built():
        pytest.skip("there is no C compiler on this machine")
    ours = RowEncoder(plan, NAMES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "is_built", lambda: False)
        arrays = RowEncoder(plan, NAMES)
        patch.setattr(rows, "FEW", len(given_rows) + 1)
        alone = encoded(ours, given_rows)
    assert encoded(ours, given_rows) == encoded(arrays, given_rows) == alone
