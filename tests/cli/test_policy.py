"""The rule book on the command line."""

from pathlib import Path

import pytest
from tests.cli.commands import told
from tests.cli.memory import Memory
from tests.domain import specimens


@pytest.fixture
def book(tmp_path: Path) -> str:
    """A rule book in which the business speaks for the milder models too."""
    text = (
        specimens.starter_text().replace("version = 1", "version = 2").replace('escalate_after = "8h"', 'escalate_after = "4h"')
    )
    (tmp_path / "new.toml").write_text(text)
    return str(tmp_path / "new.toml")


def test_it_is_shown_by_tier_and_level_with_who_set_it() -> None:
    shown = told(Memory(), "policy", "show").out
    assert shown.startswith("starter 1: 2 tiers.\n")
    assert "by gail@example.com: First." in " ".join(shown.split())
    words = " ".join(shown.split())
    assert "internal development parity, load_check nobody" in words
    assert "business, IT" in words
    assert "gail@example.com" in told(Memory(), "policy", "versions").out


def test_what_differs_is_listed(book: str) -> None:
    shown = " ".join(told(Memory(), "policy", "diff", book).out.split())
    assert "differs from the rule book in force at 2 places." in shown
    assert "internal.escalate_after 8h 4h" in shown
    assert "version 1 2" in shown


def test_what_one_changed_when_it_came_is_listed() -> None:
    shown = " ".join(told(Memory(), "policy", "change", "abc").out.split())
    assert "It changed the rule book before it at 1 place." in shown
    assert "internal.escalate_after 8h 4h" in shown


def test_a_simulation_names_what_would_have_been_otherwise_and_leaves_out_the_rest(book: str) -> None:
    platform = Memory()
    lines = told(platform, "policy", "simulate", book).out.splitlines()
    assert lines[0] == "Of 3 releases it would have blocked 1 more. Nothing was changed."
    words = " ".join(" ".join(lines).split())
    assert "before starter 1 (abc): 0 blocked, 0 words asked" in words
    assert "after starter 2 (def): 1 blocked, 1 words asked" in words
    assert "approvals +1" in words
    assert "waiting +2 hours in all" in words
    assert "incidents 1 avoided: I-1" in words
    assert [line.split()[0] for line in lines if line.startswith("  late-flights@")] == ["late-flights@8", "late-flights@7"]
    every = told(platform, "policy", "simulate", book, "--all", "--against", book).out
    assert "late-flights@6" in every
    assert platform.deeds[1][2] == Path(book).read_text()


def test_another_one_is_set_only_after_it_was_asked(book: str) -> None:
    platform = Memory()
    assert told(platform, "policy", "set", book, "--reason", "Audit.").code != 0
    assert platform.deeds == []
    done = told(platform, "policy", "set", book, "--reason", "Audit.", "--yes")
    assert done.out.startswith("✓ starter 2 is in force.\n")
    assert platform.deeds == [("set_policy", "Audit.")]


def test_a_file_that_is_not_there_is_refused() -> None:
    done = told(Memory(), "policy", "simulate", "nowhere.toml")
    assert "E1281" in done.err
