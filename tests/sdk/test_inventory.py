"""An inventory as a file: the columns are data, nothing in it runs, and what is empty is there."""

import csv
import io
import json

import pytest
from arro3.io import read_parquet
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.listed import Listed
from lamplighter.sdk.inventory import COLUMNS, NOTE, Form, content, read_columns
from lamplighter.sdk.spreadsheet import MARKED

ALL = read_columns(COLUMNS.read_text())
HOSTILE = '=HYPERLINK("https://evil.example")'
ONE = Listed(
    model="churn", summary=HOSTILE, limitations=("Not for new customers.", "Weak in July."), deputy="@it-ops",
    serves_customers=False, live_since=1_700_000_000_000_000,
)  # fmt: skip


def table(written: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"))))


def test_every_fact_has_a_column_and_every_column_its_sentence() -> None:
    assert {column.value for column in ALL} == set(Listed.__struct_fields__)
    assert all(column.says.endswith(".") for column in ALL)
    assert {column.us for column in ALL} == {
        "model development and model use",
        "model validation and monitoring",
        "governance and controls",
        "vendor and other third-party products",
    }
    assert "help and not advice" in COLUMNS.read_text()


def test_the_three_forms_hold_the_same() -> None:
    (row,) = table(content([ONE], ALL, Form.CSV))
    (model,) = json.loads(content([ONE], ALL, Form.JSON))["models"]
    assert list(row) == list(model) == [column.name for column in ALL]
    assert (row["limitations"], model["limitations"]) == ("Not for new customers.; Weak in July.", list(ONE.limitations))
    assert (row["serves_customers"], model["serves_customers"]) == ("no", False)
    assert (row["decides_alone"], model["decides_alone"]) == ("", "")
    assert row["live_since"] == model["live_since"] == "2023-11-14T22:13:20Z"
    assert (row["next_due"], model["next_due"]) == ("", "")
    columns = read_parquet(io.BytesIO(content([ONE], ALL, Form.PARQUET))).read_all()
    assert columns.column_names == list(row)
    assert columns.column("summary").to_pylist() == [HOSTILE] == [model["summary"]]
    assert json.loads(content([], ALL, Form.JSON)) == {"note": NOTE, "models": []}


def test_what_a_spreadsheet_would_run_is_a_text() -> None:
    (row,) = table(content([ONE], ALL, Form.CSV))
    assert (row["summary"], row["deputy"]) == (f"'{HOSTILE}", "'@it-ops")
    assert [value for value in row.values() if value[:1] in "=+-@\t\r" and value] == []


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20))
def test_any_text_comes_back_once_its_mark_is_taken_away(text: str) -> None:
    (row,) = table(content([Listed(model="churn", summary=text)], read_columns(SMALL), Form.CSV))
    found = row["about"]
    assert (found[1:] if MARKED.match(found) else found) == text
    assert found[:1] not in set("=+-@\t\r")


SMALL = '[[column]]\nname = "about"\nvalue = "summary"\n[[column]]\nname = "reviewed by"\n'


def test_another_list_of_columns_changes_the_file_and_nothing_else() -> None:
    assert table(content([ONE], read_columns(SMALL), Form.CSV)) == [{"about": f"'{HOSTILE}", "reviewed by": ""}]


@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        ('[[column]]\nname = "a"\nvalue = "sumary"', NotFound, "no fact"),
        ('[[column]]\nname = "a"\nvalue = "model"\n[[column]]\nname = "a"', Invalid, "E1593"),
        ("", Invalid, "E1593"),
        ('[[column]]\nname = ""', Invalid, "E1593"),
        ('[[column]]\nname = "a"\nvalu = "model"', Invalid, "E1593"),
        ("[[column", Invalid, "E1593"),
    ],
)
def test_columns_that_cannot_be_are_refused(text: str, kind: type[Exception], why: str) -> None:
    with pytest.raises(kind, match=why):
        read_columns(text)
