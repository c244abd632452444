"""Handovers on the command line."""

from tests.cli.commands import told
from tests.cli.memory import Memory

from lamplighter.domain.handover import Drill

PAGE = "http://127.0.0.1:7070/handover/H-1\n"


def test_it_starts_with_the_answers_of_the_command_or_of_the_terminal() -> None:
    platform = Memory()
    said = told(platform, "handover", "start", "late-flights", "--to", "@it-ops", "--answer", "runbook=Look at the feed.").out
    assert said == (
        "H-1: late-flights from ada@example.com to @it-ops is open; 1 of 2 checks hold.\n"
        "  moves            deployment, monitoring, management; what takes knowledge of\n"
        "                   the model stays with ada@example.com\n"
        "  paged            ina@example.com is paged, then ada@example.com if nobody\n"
        "                   answers in time.\n"
        "  may be returned  A page needs knowledge of the model.\n"
        "  filled in        1 of 2 lines by the platform\n"
        "     CHECK     ASKS                             MISSING\n"
        "  ✓  way-back  There is a version to return to\n"
        "  ◌  rollback  Practised                        Nobody has shown it yet.\n"
        "Next: lamp handover drill H-1 access      lamp handover show H-1\n" + PAGE
    )
    typed = "The feed first.\nSnow.\n"
    told(platform, "handover", "start", "late-flights", "--to", "@it-ops", typed=typed, terminal=True)
    assert platform.deeds == [
        ("start_handover", "late-flights", "@it-ops", {"runbook": "Look at the feed."}),
        ("start_handover", "late-flights", "@it-ops", {"runbook": "The feed first.", "limits": "Snow."}),
    ]


def test_answers_have_a_name() -> None:
    platform = Memory()
    assert told(platform, "handover", "start", "late-flights", "--to", "@it-ops", "--answer", "Look.").code == 2
    assert platform.deeds == []


def test_what_waits_is_listed_with_what_is_due() -> None:
    said = told(Memory(), "handover", "list").out.splitlines()
    assert said[0] == "1 handover is open, 1 due and not started."
    assert said[-2] == "Next: lamp handover show H-1      lamp handover start churn --to @it-ops"
    assert told(Memory(), "handover", "list", "late-flights").out.startswith("1 handover is open, 0 due")


def test_a_drill_says_what_was_shown_and_a_page_is_answered_by_its_word() -> None:
    platform = Memory()
    shown = told(platform, "handover", "drill", "H-1", "rollback").out.splitlines()
    assert shown[:2] == ["✓ rollback: shown by ivo@example.com in 1.5 s", "  where  staging"]
    sent = told(platform, "handover", "drill", "H-1", "page").out.splitlines()
    assert sent[:2] == [
        "A test page went to ina@example.com through pager. It waits for its word.",
        "Next: lamp handover drill H-1 page --word WORD",
    ]
    assert told(platform, "handover", "drill", "H-1", "page", "--word", "a1b2c3").out.startswith("✓ page: shown by")
    assert told(platform, "handover", "drill", "H-1", "access", "--word", "a1b2c3").code == 2
    assert platform.deeds == [
        ("drill_handover", "H-1", Drill.ROLLBACK), ("drill_handover", "H-1", Drill.PAGE), ("answer_page", "H-1", "a1b2c3")
    ]  # fmt: skip


def test_accepting_and_returning_ask_once_and_refusing_takes_a_reason() -> None:
    platform = Memory()
    assert told(platform, "handover", "accept", "H-1").code == 2
    assert platform.deeds == []
    taken = told(platform, "handover", "accept", "H-1", "--yes").out
    assert " ".join(taken.split()).startswith(
        "H-1: late-flights from ada@example.com to @it-ops is accepted by ivo@example.com."
    )
    assert "stands in, and it may be returned" in " ".join(taken.split())
    told(platform, "handover", "return", "H-1", "--reason", "It snows.", "--yes")
    told(platform, "handover", "refuse", "H-1", "--reason", "Nobody at night.")
    assert told(platform, "handover", "refuse", "H-1").code == 2
    told(platform, "handover", "ask", "H-1", "--text", "Who knows it?")
    assert platform.deeds == [
        ("accept_handover", "H-1"), ("return_handover", "H-1", "It snows."), ("refuse_handover", "H-1", "Nobody at night."),
        ("discuss_handover", "H-1", "Who knows it?"),
    ]  # fmt: skip


def test_what_everybody_carries() -> None:
    assert told(Memory(), "owners", "load").out == (
        "1 teams and people carry models.\n"
        "  WHO      PEOPLE  MODELS  PAGES A WEEK  OVERDUE\n"
        "  @it-ops  2       3       0.5           1\n"
        "Next: lamp handover list\n"
        "http://127.0.0.1:7070/\n"
    )
