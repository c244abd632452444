"""Our own library adds rows up to the bits of arrays and of plain Python, and refuses what they refuse."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.serving.compiled.test_filling import NAMES, ROWS, plans

from lamplighter.serving.compiled import linear, native
from lamplighter.serving.compiled.linear import LinearModel
from lamplighter.serving.compiled.plan import Linear, Plan
from lamplighter.serving.runtimes.base import Failed

WEIGHTS = st.lists(st.sampled_from([0.1, -3.0, 0.0, 1e-300, 1e300]), min_size=6, max_size=6)


def sums(model: LinearModel, rows: list[Any]) -> Any:
    """The bits of all sums, every NaN alike; or that a value is refused."""
    try:
        found = np.array(model.of_rows(rows))
    except Failed as failed:
        return failed.why
    return np.where(np.isnan(found), math.nan, found).view(np.int64).tolist()


@settings(max_examples=200)
@given(plans(), st.floats(-5, 5), WEIGHTS, ROWS)
def test_the_bits_of_arrays_and_of_plain_python(plan: Plan, bias: float, weights: list[float], rows: list[Any]) -> None:
    if not native.is_built():
        pytest.skip("there is no C compiler on this machine")
    estimator = Linear(bias=bias, weights=tuple(weights))
    ours = LinearModel(plan, estimator, NAMES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "is_built", lambda: False)
        arrays = LinearModel(plan, estimator, NAMES)
        patch.setattr(linear, "FEW", len(rows) + 1)
        alone = sums(ours, rows)
    assert sums(ours, rows) == sums(arrays, rows) == alone
