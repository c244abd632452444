"""Rows on the command line: what is printed of them, what is asked, and files of every form."""

from pathlib import Path

import pytest
from arro3.io import read_parquet
from tests.cli.commands import told
from tests.cli.memory import JULY, Memory


def test_the_page() -> None:
    platform = Memory()
    outcome = told(platform, "predictions", "rows", "late-flights", "--incident", "I-31", "--where", "origin = EWR")
    assert outcome.out == (
        "2 rows of late-flights in prod behind I-31 where origin = EWR.\n"
        "  TIME (CET)        PREDICTION  SCORE  MEANS  LABEL\n"
        "  2013-07-01 02:00  7f3a.0      0.781  late   1\n"
        "  2013-07-01 03:00  81c2.0      -      -      -\n"
        "Next: lamp predictions rows late-flights --incident I-31 --out rows.parquet\n"
        "http://127.0.0.1:7070/incidents/I-31\n"
    )
    assert platform.deeds == [("rows", "late-flights", "", "I-31", "origin = EWR", 0, 0, 0, 10_000)]


def test_a_window_is_read_in_the_zone_of_this_machine() -> None:
    platform = Memory()
    words = ("--from", "2013-07-01T02:00", "--to", "2013-08-01T00:00+00:00", "--version", "7", "--limit", "5")
    assert told(platform, "predictions", "rows", "late-flights", *words).code == 0
    assert platform.deeds == [("rows", "late-flights", "prod", "", "", 7, JULY, JULY + 31 * 86_400_000_000, 5)]


@pytest.mark.parametrize("environment", [(), ("--env", "prod")])
def test_an_environment_beside_an_incident_is_passed_on_to_be_refused(environment: tuple[str, ...]) -> None:
    platform = Memory()
    told(platform, "predictions", "rows", "late-flights", "--incident", "I-31", *environment)
    assert platform.deeds[0][2] == "".join(environment[1:])


@pytest.mark.parametrize("suffix", ["parquet", "csv", "arrow", "json"])
def test_a_file(suffix: str, tmp_path: Path) -> None:
    words = ("predictions", "rows", "late-flights", "--out", f"rows.{suffix}", "-C", str(tmp_path))
    outcome = told(Memory(), *words)
    assert outcome.out == f"✓ rows.{suffix}: 2 rows of late-flights in prod.\nhttp://127.0.0.1:7070/m/late-flights\n"
    assert (tmp_path / f"rows.{suffix}").stat().st_size > 100
    if suffix == "parquet":
        assert read_parquet(tmp_path / "rows.parquet").read_all().num_rows == 2


def test_programs_get_every_row() -> None:
    data = told(Memory(), "predictions", "rows", "late-flights", "--json").json["data"]
    assert (data["count"], data["found"], data["inputs"]) == (2, 2, ["origin", "hour", "precip", "is_holiday"])
    assert [row["time"] for row in data["rows"]] == ["2013-07-01T00:00:00Z", "2013-07-01T01:00:00Z"]
    assert data["window"] == {"clock": "event_at", "start": "2013-07-01T00:00:00Z", "end": "2013-08-01T00:00:00Z"}


def test_another_form_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    platform = Memory()
    outcome = told(platform, "predictions", "rows", "late-flights", "--out", "rows.xlsx", "-C", str(tmp_path))
    assert (outcome.code, platform.deeds) == (2, [])
    assert ".parquet, .csv, .arrow, .json" in outcome.err
