"""Sources on the command line: how they stand, and what is told of them by flags and by files of other tools."""

import json
from pathlib import Path

import pytest
from tests.cli.commands import told
from tests.cli.memory import NOON, Memory

RESULTS = {
    "results": [
        {"unique_id": "source.rail.raw.weather", "max_loaded_at": "2026-03-03T13:32:00Z", "status": "pass"},
        {"unique_id": "model.rail.timetable", "status": "success", "adapter_response": {"rows_affected": 240}},
    ]
}


@pytest.fixture
def platform() -> Memory:
    return Memory()


@pytest.fixture
def results(tmp_path: Path) -> str:
    file = tmp_path / "results.json"
    file.write_text(json.dumps(RESULTS))
    return str(file)


def test_the_list_says_which_are_wrong(platform: Memory) -> None:
    answer = told(platform, "feeds", "list")
    assert answer.out.splitlines()[:3] == [
        "2 sources: 1 wrong, 0 never heard of.",
        "  SOURCE     STATE  OWNER            MODELS  WHY",
        "  weather    late   wes@example.com  1       Its newest row is 3 hours old, and",
    ]


def test_what_a_change_reaches_is_listed(platform: Memory) -> None:
    shown = " ".join(told(platform, "affected", "weather.precip").out.split())
    assert shown.startswith("A change of weather.precip reaches 1 model: 1 live, 1 critical, 1 application behind them.")
    assert "owner @it-ops" in shown
    assert "(v2 takes it)" in shown


def test_one_source_is_shown_with_what_was_told_of_it(platform: Memory) -> None:
    lines = told(platform, "feeds", "show", "timetable").out.splitlines()
    assert lines[0] == "The source timetable is fresh. Its newest row is 2 minutes old."
    assert [line.split()[0] for line in lines[1:8]] == ["owner", "models", "may", "newest", "rows", "checks", "told"]


def test_flags_tell_of_one_source(platform: Memory) -> None:
    answer = told(
        platform, "feeds", "push", "weather", "--newest", "2026-03-03T13:32:00Z", "--rows", "240", "--failed", "--check", "no"
    )
    assert answer.code == 0, answer.err
    assert platform.deeds == [("push_arrival", "weather", NOON, 240, False, "no")]


def test_a_file_of_dbt_tells_of_every_source_that_it_names(platform: Memory, results: str) -> None:
    answer = told(platform, "--json", "feeds", "push", "--dbt", results)
    assert [feed["name"] for feed in answer.json["data"]["feeds"]] == ["weather", "timetable"]
    assert platform.deeds == [
        ("push_arrival", "weather", NOON, None, None, ""),
        ("push_arrival", "timetable", 0, 240, True, "1 of 1 passed"),
    ]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["push"], "E1239"),
        (["push", "--dbt", "RESULTS", "--rows", "3"], "E1238"),
        (["push", "--dbt", "RESULTS", "--expectations", "RESULTS"], "E1238"),
        (["push", "--dbt", "absent.json"], "E1240"),
        (["push", "--expectations", "RESULTS"], "E1237"),
        (["push", "weathr", "--rows", "3"], "E1201"),
        (["show", "weathr"], "E1201"),
    ],
)
def test_what_cannot_be_told_is_refused(platform: Memory, results: str, words: list[str], code: str) -> None:
    answer = told(platform, "feeds", *(results if word == "RESULTS" else word for word in words))
    assert code in answer.err, answer.err
    assert answer.code in (2, 3)


def test_a_file_of_no_known_source_is_refused(platform: Memory, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"results": [{"unique_id": "model.rail.other", "status": "success"}]}')
    answer = told(platform, "feeds", "push", "--dbt", str(tmp_path / "other.json"))
    assert ("E1244" in answer.err, answer.code, platform.deeds) == (True, 3, [])
