"""The report on the command line: its figures, who was waited for, and the file."""

from pathlib import Path

import pytest
from tests.cli.commands import told
from tests.cli.memory import Memory

DAY = 86_400_000_000


def test_the_figures_of_each_team_and_tier_are_shown() -> None:
    platform = Memory()
    shown = told(platform, "report", "--since", "14d")
    words = " ".join(shown.out.split())
    assert shown.out.startswith("12 releases to production, 2.8 a week.\n")
    assert "lead time 2 h in the middle, nine of ten within 25 h" in words
    assert "change-fail rate 25.0% (3 of 12)" in words
    assert "24 decisions; at most 1.5 min a release" in words
    assert "Most was waited for bea@example.com (business): 20.0 hours" in words
    assert "@data-science internal 12" in words
    assert platform.deeds == [("delivery", 14 * DAY)]


def test_who_and_what_was_waited_for_is_shown_instead() -> None:
    words = " ".join(told(Memory(), "report", "--waiting").out.split())
    assert "business bea@example.com 12 31.0 20.0" in words
    assert "acceptance - 12 33.0 -" in words


def test_a_period_between_two_times_is_asked_for() -> None:
    platform = Memory()
    told(platform, "report", "--since", "2026-03-01T00:00+00:00", "--until", "2026-03-08T00:00+00:00")
    assert platform.deeds == [("delivery", 7 * DAY)]


def test_the_file_is_written_once(tmp_path: Path) -> None:
    file = str(tmp_path / "report.csv")
    assert told(Memory(), "report", "--out", file).code == 0
    assert "change_fail_rate,0.25" in Path(file).read_text(encoding="utf-8-sig")
    again = told(Memory(), "report", "--out", file)
    assert again.code != 0
    assert "FileExistsError" in again.err


@pytest.mark.parametrize("since", ["a while", "2026-13-01", "3y"])
def test_what_is_no_time_is_refused(since: str) -> None:
    assert told(Memory(), "report", "--since", since).code != 0
