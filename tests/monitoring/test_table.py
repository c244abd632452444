"""A table that is counted batch by batch gives what its rows give, in whatever order and parts they come."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from arro3.core import Array, DataType, RecordBatch, Table
from arro3.io import read_parquet, write_parquet
from tests.monitoring.samples import profile, rows, scores

from lamplighter.monitoring.counts import count, counts_bytes, merge_all
from lamplighter.monitoring.profile import PREDICTION
from lamplighter.monitoring.refusals import UnreadableColumn, UnreadableStream
from lamplighter.monitoring.table import DAY, Naming, Part, count_parts

PROFILE = profile()
N = 4000
KINDS = {"delay": DataType.float64(), "seats": DataType.int64(), "origin": DataType.utf8(), "night": DataType.bool()}


def table(order: Any, texts: DataType, times: DataType) -> Table:
    columns = rows(N, 11)
    arrays: dict[str, Any] = {name: Array([values[at] for at in order], type=KINDS[name]) for name, values in columns.items()}
    arrays["origin"] = arrays["origin"].cast(texts)
    arrays["score"] = Array(np.array(scores(N, 11))[order].tolist(), type=DataType.float64())
    moments = Array((np.arange(N) * (3 * DAY // N))[order].tolist(), type=DataType.int64())
    arrays["at"] = moments.cast(DataType.timestamp("us")).cast(times)
    whole = RecordBatch.from_pydict(arrays)
    return Table.from_batches([whole.slice(start, min(700, N - start)) for start in range(0, N, 700)])


def by_rows() -> dict[int, bytes]:
    columns, given = rows(N, 11), scores(N, 11)
    day = np.arange(N) * (3 * DAY // N) // DAY
    found = {}
    for each in range(3):
        chosen = np.flatnonzero(day == each)
        part = {name: [values[at] for at in chosen] for name, values in columns.items()}
        found[each * DAY] = counts_bytes(count(PROFILE, part, [given[at] for at in chosen]))
    return found


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("order", ["rising", "mixed"])
@pytest.mark.parametrize(
    "texts", [DataType.utf8(), DataType.string_view(), DataType.dictionary(DataType.int8(), DataType.utf8())]
)
def test_windows_of_a_table(threads: int, order: str, texts: DataType) -> None:
    places = np.arange(N) if order == "rising" else np.random.default_rng(1).permutation(N)
    source = table(places, texts, DataType.timestamp("ms"))
    found = count_parts(PROFILE, [Part(source)], Naming(time="at", scores="score"), threads=threads)
    assert {start: counts_bytes(counts) for start, counts in found.items()} == by_rows()


def test_a_parquet_file_without_times_is_one_window(tmp_path: Path) -> None:
    write_parquet(table(np.arange(N), DataType.utf8(), DataType.timestamp("us")), tmp_path / "rows.parquet")
    found = count_parts(PROFILE, [Part(read_parquet(tmp_path / "rows.parquet", batch_size=512))], Naming(scores="score"))
    whole = merge_all(PROFILE, [count(PROFILE, rows(N, 11), scores(N, 11))])
    assert list(found) == [0]
    assert counts_bytes(found[0]) == counts_bytes(whole)


def test_a_column_that_is_not_there_is_not_counted() -> None:
    found = count_parts(PROFILE, [Part(table(np.arange(N), DataType.utf8(), DataType.timestamp("us")))], Naming())
    assert PREDICTION not in found[0].columns
    assert found[0].rows == N


def test_refusals(tmp_path: Path) -> None:
    source = table(np.arange(N), DataType.utf8(), DataType.timestamp("us"))
    with pytest.raises(UnreadableColumn):
        count_parts(PROFILE, [Part(source)], Naming(time="delay"))
    wrong = Table.from_batches([RecordBatch.from_pydict({"delay": Array(["a secret"], type=DataType.utf8())})])
    with pytest.raises(UnreadableColumn) as refused:
        count_parts(PROFILE, [Part(wrong)], Naming())
    assert "secret" not in str(refused.value)
    with pytest.raises(UnreadableStream):
        count_parts(PROFILE, [Part(Array([1.0], type=DataType.float64()))], Naming())  # type: ignore[arg-type]
