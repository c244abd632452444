"""What dbt and Great Expectations leave behind, read as arrivals of sources: names and counts, never messages."""

import json
from typing import Any

import pytest

from lamplighter.domain.errors import Invalid
from lamplighter.sdk.check_files import Told, dbt, expectations, told

_RUN: dict[str, Any] = {
    "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json", "dbt_version": "1.9.0"},
    "results": [
        {
            "status": "success", "unique_id": "model.rail.timetable", "message": "SELECT 120", "failures": None,
            "adapter_response": {"_message": "OK", "rows_affected": 120}, "timing": [],
        },
        {"status": "error", "unique_id": "model.rail.weather", "message": "value 'Ada' is no number", "adapter_response": {}},
        {"status": "success", "unique_id": "model.rail.unwatched", "adapter_response": {}},
    ],
    "elapsed_time": 1.2,
}  # fmt: skip
_TESTS: dict[str, Any] = {
    "results": [
        {"status": "pass", "unique_id": "test.rail.unique_timetable_id.aa", "failures": 0},
        {"status": "fail", "unique_id": "test.rail.not_null_timetable_delay.bb", "failures": 7, "message": "Got 7: Ada"},
        {"status": "warn", "unique_id": "test.rail.accepted_values.cc", "failures": 1},
    ]
}
_SOURCES: dict[str, Any] = {
    "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/sources/v3.json"},
    "results": [
        {
            "unique_id": "source.rail.raw.timetable", "max_loaded_at": "2026-03-01T08:00:00+00:00", "status": "error",
            "snapshotted_at": "2026-03-01T12:00:00+00:00", "max_loaded_at_time_ago_in_s": 14400.0,
        },
        {"unique_id": "source.rail.raw.weather", "status": "runtime error", "error": "no such column"},
    ],
}  # fmt: skip
_VALIDATION: dict[str, Any] = {
    "success": False,
    "statistics": {"evaluated_expectations": 2, "successful_expectations": 1},
    "meta": {"active_batch_definition": {"data_asset_name": "timetable"}},
    "results": [
        {"success": True, "expectation_config": {"expectation_type": "expect_table_row_count_to_be_between", "kwargs": {}}},
        {
            "success": False, "result": {"partial_unexpected_list": ["Ada"]},
            "expectation_config": {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "delay"}},
        },
    ],
}  # fmt: skip
KNOWN = ("timetable", "raw.weather", "weather")


def _bytes(found: dict[str, Any]) -> bytes:
    return json.dumps(found).encode()


def test_tables_that_dbt_made_are_told_by_their_names() -> None:
    assert told(dbt(_bytes(_RUN)), KNOWN) == [
        Told("timetable", 0, 120, True, "1 of 1 passed"),
        Told("weather", 0, None, False, "1 of 1: the table was not made"),
    ]


def test_tests_of_dbt_are_told_of_the_source_that_is_named() -> None:
    assert told(dbt(_bytes(_TESTS)), KNOWN) == []
    assert told(dbt(_bytes(_TESTS)), KNOWN, "timetable") == [
        Told("timetable", 0, None, False, "1 of 3: not_null_timetable_delay")
    ]


def test_of_the_freshness_of_sources_only_the_newest_row_is_told() -> None:
    eight = 1_772_352_000_000_000
    assert told(dbt(_bytes(_SOURCES)), KNOWN) == [Told("timetable", eight, None, None, "")]


@pytest.mark.parametrize("shape", ["validation", "checkpoint of 0.15", "checkpoint of 1"])
def test_validations_of_great_expectations_are_told_without_data(shape: str) -> None:
    found = {
        "validation": _VALIDATION,
        "checkpoint of 0.15": {"success": False, "run_results": {"a": {"validation_result": _VALIDATION}}},
        "checkpoint of 1": {"success": False, "run_results": {"a": _VALIDATION}},
    }[shape]
    (one,) = told(expectations(_bytes(found)), KNOWN)
    assert one == Told("timetable", 0, None, False, "1 of 2: expect_column_values_to_not_be_null of delay")


def test_of_many_failed_checks_three_are_told() -> None:
    results = [{"status": "fail", "unique_id": f"test.rail.{'long' * 40}{n}.aa"} for n in range(9)]
    (one,) = told(dbt(_bytes({"results": results})), KNOWN, "timetable")
    assert one.check.endswith(" and 6 more")
    assert len(one.check) < 300


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b"\xff", b'{"results": []}', b'{"results": 3}', b"[" * 100_000, _bytes({"results": {}}), b"null"],
)
def test_other_files_are_refused(content: bytes) -> None:
    for read in (dbt, expectations):
        with pytest.raises(Invalid) as refusal:
            read(content)
        assert refusal.value.code == "E1237"


def test_a_file_of_strange_values_says_nothing_it_does_not_know() -> None:
    strange = [{"unique_id": 3}, {"unique_id": ""}, {"unique_id": "source"}, {"unique_id": "test"}, "words", None]
    assert told(dbt(_bytes({"results": strange})), KNOWN) == []
