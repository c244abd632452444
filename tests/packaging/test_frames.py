"""Tables of every common kind become the same plain columns."""

import datetime
import subprocess
import sys
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lamplighter.domain.errors import Invalid
from lamplighter.packaging.frames import columns

PLAIN: dict[str, list[Any]] = {"n": [1.5, None], "i": [1, 2], "t": ["a", None], "b": [True, False]}


def exactly(found: dict[str, list[Any]]) -> dict[str, list[tuple[str, Any]]]:
    return {name: [(type(value).__name__, value) for value in values] for name, values in found.items()}


def test_pandas_gives_plain_values() -> None:
    table = pd.DataFrame({"n": [1.5, np.nan], "i": np.array([1, 2]), "t": ["a", None], "b": [True, False]})
    assert exactly(columns(table)) == exactly(PLAIN)


def test_pandas_types_with_their_own_missing_value() -> None:
    table = pd.DataFrame(
        {
            "n": pd.array([1.5, None], dtype="Float64"),
            "i": pd.array([1, 2], dtype="Int64"),
            "t": pd.Categorical(["a", None]),
            "b": pd.array([True, False], dtype="boolean"),
        }
    )
    assert exactly(columns(table)) == exactly(PLAIN)


def test_rows_as_mappings_may_leave_values_out() -> None:
    rows = [{"n": np.float64(1.5), "i": np.int64(1), "t": np.str_("a"), "b": np.bool_(True)}, {"i": 2, "b": False}]
    assert exactly(columns(rows)) == exactly(PLAIN)


def test_a_mapping_of_sequences() -> None:
    table = {"n": (Decimal("1.5"), float("nan")), "i": np.array([1, 2]), "t": ["a", pd.NA], "b": [True, False]}
    assert exactly(columns(table)) == exactly(PLAIN)


def test_structured_and_two_dimensional_arrays() -> None:
    structured = np.array([(1.5, 1), (np.nan, 2)], dtype=[("n", "f8"), ("i", "i4")])
    assert exactly(columns(structured)) == exactly({"n": [1.5, None], "i": [1, 2]})
    assert columns(np.array([[1.0, 2.0]]), ["p", "q"]) == {"p": [1.0], "q": [2.0]}
    assert columns(np.array([[1.0, 2.0]])) == {"x0": [1.0], "x1": [2.0]}


def test_polars() -> None:
    polars = pytest.importorskip("polars")
    table = polars.DataFrame({"n": [1.5, float("nan")], "i": [1, 2], "t": ["a", None], "b": [True, False]})
    assert exactly(columns(table)) == exactly(PLAIN)


def test_arrow_tables_and_streams() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({"n": [1.5, None], "i": [1, 2], "t": ["a", None], "b": [True, False]})
    assert exactly(columns(table)) == exactly(PLAIN)

    class Stream:
        def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
            return table.__arrow_c_stream__(requested_schema)

    assert exactly(columns(Stream())) == exactly(PLAIN)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"when": pd.to_datetime(["2013-01-01"])}),
        {"when": [datetime.date(2013, 1, 1)]},
        {"nested": [[1, 2]]},
        {"text": "not a list"},
        {"a": [1], "b": [1, 2]},
        {"a": []},
        {1: [1]},
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        np.zeros(3),
        np.zeros((1, 1, 1)),
        [1, 2],
        42,
    ],
    ids=str,
)
def test_what_is_no_table_of_plain_columns_is_refused(table: Any) -> None:
    with pytest.raises(Invalid):
        columns(table)


def test_no_other_library_is_imported() -> None:
    code = (
        "import sys; from lamplighter.packaging.frames import columns; columns([{'a': 1}]); sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
