"""Rows as notebooks, table libraries and files take them."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import arro3.io
import msgspec
import pandas as pd
import pytest
from arro3.core import Table
from tests.domain import specimens

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.domain.errors import Invalid
from lamplighter.sdk import spreadsheet, table_stream
from lamplighter.sdk.frame import Frame, frame_of, sample_frame

FRAME = frame_of(specimens.rows())


def first(table: Table) -> dict[str, Any]:
    return {name: table.column(name).combine_chunks().to_pylist()[0] for name in table.column_names}


def test_rows_are_rows() -> None:
    assert len(FRAME) == 2
    rows = list(FRAME)
    assert rows[0] == {name: values[0] for name, values in specimens.rows().columns.items()}
    assert FRAME.inputs == ("origin", "hour", "precip", "is_holiday")
    assert repr(FRAME) == "<2 rows of late-flights in prod.>"


def test_pandas_has_the_types_of_the_model() -> None:
    table = FRAME.to_pandas()
    assert {name: str(kind) for name, kind in table.dtypes.items()} == {
        "time": "datetime64[us, UTC]", "answered_at": "datetime64[us, UTC]", "id": "str", "request": "str", "version": "str",
        "consumer": "str", "origin": "str", "hour": "Int64", "precip": "float64", "is_holiday": "boolean", "score": "float64",
        "decision": "str", "label": "float64", "failure": "str",
    }  # fmt: skip
    assert table["answered_at"][1] == pd.Timestamp("2013-07-01T01:00:00.25Z")
    assert table["hour"].isna().tolist() == [False, True]
    assert table["score"].isna().tolist() == [False, True]


def test_pandas_takes_no_rows() -> None:
    rows = specimens.rows()
    none: dict[str, Sequence[Any]] = dict.fromkeys(rows.columns, ())
    table = Frame(none, rows.inputs, "none").to_pandas()
    assert (len(table), list(table.columns)) == (0, list(rows.columns))
    assert str(table["hour"].dtype) == "int64"
    assert [table[name].count() for name in ("precip", "score", "label")] == [0, 0, 0]


def test_whatever_takes_arrow_takes_them() -> None:
    table = Table.from_arrow(FRAME)
    assert table.num_rows == 2
    types = [str(table.schema.field(name).type) for name in ("time", "origin", "hour", "precip", "is_holiday")]
    assert [kind.strip() for kind in types] == [
        'arro3.core.DataType<Timestamp(µs, "UTC")>',
        "arro3.core.DataType<Utf8>",
        "arro3.core.DataType<Int64>",
        "arro3.core.DataType<Float64>",
        "arro3.core.DataType<Boolean>",
    ]
    assert first(table)["precip"] == 0.25
    assert table.column("origin").combine_chunks().to_pylist() == ["EWR", "<b>EWR</b>"]


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".arrow", ".json"])
def test_files(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"rows{suffix}"
    FRAME.write(path)
    content = path.read_bytes()
    assert content == FRAME.content(suffix)
    match suffix:
        case ".json":
            rows = json.loads(content)
            assert (rows[0]["time"], rows[0]["hour"], rows[1]["score"]) == ("2013-07-01T00:00:00Z", 18, None)
        case ".csv":
            read = list(csv.DictReader(io.StringIO(content.decode())))
            assert (read[0]["time"], read[0]["origin"], read[1]["hour"]) == ("2013-07-01T00:00:00Z", "EWR", "")
        case _:
            reader = arro3.io.read_parquet(path) if suffix == ".parquet" else arro3.io.read_ipc(path)
            assert first(reader.read_all()) == first(Table.from_arrow(FRAME))


def test_a_file_of_another_form_or_of_no_folder(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "rows.xlsx", "E1198"), (tmp_path / "nowhere" / "rows.csv", "E1259")):
        with pytest.raises(Invalid) as refusal:
            FRAME.write(path)
        assert refusal.value.code == code


def test_a_notebook_shows_no_markup_of_callers() -> None:
    shown = FRAME._repr_html_()
    assert shown.startswith("<table><caption>2 rows of late-flights in prod.</caption><thead><tr><th>time</th>")
    assert "&lt;b&gt;EWR&lt;/b&gt;" in shown
    assert "<b>" not in shown
    assert "<td>2013-07-01T01:00:00.250Z</td>" in shown


def test_a_notebook_shows_the_first_rows_of_many() -> None:
    rows = specimens.rows()
    many = msgspec.structs.replace(rows, columns={name: values * 50 for name, values in rows.columns.items()}, found=100)
    shown = frame_of(many)._repr_html_()
    assert shown.count("<tr>") == 21
    assert "The first 20 are shown." in shown


def test_an_input_with_the_name_of_a_column_of_rows_has_one_name_everywhere() -> None:
    output = Output(name="late", meaning=Meaning.PROBABILITY)
    contract = Contract(inputs=(Column(name="score", kind=Kind.NUMBER), Column(name="hour", kind=Kind.INTEGER)), output=output)
    sample = sample_frame(b'{"score":[1.5,2.5],"hour":[7,8]}', contract, "m@1")
    assert sample.inputs == ("input.score", "hour")
    assert sample.to_pandas()["input.score"].tolist() == [1.5, 2.5]
    assert repr(sample) == "<2 rows of the reference of m@1.>"


ATTACKS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''@x", "'plain", "EWR", "", "1-2", '=HYPERLINK("a,b")']


def dangerous() -> Frame:
    """Rows whose texts are as callers may send them, with numbers below zero beside them."""
    count = len(ATTACKS)
    columns: dict[str, Sequence[Any]] = {"request": ATTACKS, "=name": ATTACKS, "score": [-0.5] * count, "hour": [-3] * count}
    return Frame(columns, {"=name": Kind.TEXT, "hour": Kind.INTEGER}, "some")


def test_no_text_of_a_caller_is_a_formula_in_a_spreadsheet() -> None:
    read = list(csv.DictReader(io.StringIO(dangerous().content(".csv").decode(), newline="")))
    assert list(read[0]) == ["request", "'=name", "score", "hour"]
    for name in ("request", "'=name"):
        assert not [row[name] for row in read if row[name][:1] in tuple("=+-@\t\r")]
    assert {(row["score"], row["hour"]) for row in read} == {("-0.5", "-3")}
    assert [row["request"] for row in read if row["request"] in ("'plain", "EWR", "1-2")] == ["'plain", "EWR", "1-2"]
    assert [row["request"][1:] if spreadsheet.MARKED.match(row["request"]) else row["request"] for row in read] == ATTACKS


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".json"])
def test_what_machines_read_is_as_it_came(suffix: str, tmp_path: Path) -> None:
    dangerous().write(tmp_path / f"rows{suffix}")
    if suffix == ".json":
        found = [row["request"] for row in json.loads((tmp_path / "rows.json").read_bytes())]
    else:
        read = table_stream.batches(tmp_path / f"rows{suffix}", 99)
        found = [text for batch in read for text in table_stream.columns(batch)["request"]]
    assert found == ATTACKS
