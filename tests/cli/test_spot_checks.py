"""Spot checks on the command line."""

from tests.cli.commands import told
from tests.cli.memory import NOON, Memory
from tests.domain import specimens

from lamplighter.domain.identity import Person, Role

RITA = Person(email=specimens.RITA, name="Rita", roles=(Role.RISK,))


def test_one_that_waits_stands_in_what_waits_for_its_validator() -> None:
    platform = Memory(me=RITA, checks=[specimens.spot_check(due_at=2**52), specimens.spot_check(id="S-2", due_at=1)])
    waits = told(platform, "approvals", "list").out
    assert waits.startswith("3 of 3 wait for you.\n")
    assert "lamp spot-check show S-1" in waits
    listed = told(platform, "spot-check", "list").out
    assert listed.startswith("2 wait for a validator, 0 halt what the platform accepts.\n")
    assert "overdue" in listed
    assert told(Memory(), "spot-check", "list").out.startswith("No spot check is open.\n")


def test_a_bad_one_is_judged_and_lifted() -> None:
    platform = Memory(me=RITA)
    judged = told(platform, "spot-check", "judge", "S-1", "--found", "bad", "--note", "Rows of one week.").out
    assert judged == (
        "S-1 of late-flights@8 in prod: bad, people accept versions.\n"
        "  asked    rita@example.com, until 2026-03-17 14:32 CET\n"
        "  judged   bad, by rita@example.com, 2026-03-03 14:32 CET: Rows of one week.\n"
        "  finding  V-1\n"
        "Next: lamp spot-check lift S-1 --reason WHY      lamp status late-flights\n"
        "http://127.0.0.1:7070/spot-checks/S-1\n"
    )
    assert "bad, lifted." in told(platform, "spot-check", "lift", "S-1", "--reason", "Mended.").out
    assert ": good.\n" in told(platform, "spot-check", "judge", "S-1", "--found", "good", "--note", "Fine.").out
    assert platform.deeds == [
        ("judge_spot_check", "S-1", True, "Rows of one week."),
        ("lift_suspension", "S-1", "Mended."),
        ("judge_spot_check", "S-1", False, "Fine."),
    ]
    assert told(platform, "spot-check", "judge", "S-1", "--note", "Neither.").code == 2


def test_a_draw_that_does_not_agree_is_named_and_exits_8() -> None:
    assert told(Memory(), "spot-check", "recount").out.startswith(
        "Every draw agrees: 31 of 300 versions were drawn, and 30.0 are expected.\n"
    )
    differs = told(
        Memory(differing=("late-flights@8 in prod is drawn by the key, and the journal says otherwise.",)),
        "spot-check",
        "recount",
    )
    assert differs.code == 8
    assert "late-flights@8 in prod is drawn by the key" in " ".join(differs.out.split())


def test_a_halting_one_says_who_found_it() -> None:
    bad = specimens.spot_check(judged_by=specimens.RITA, judged_at=NOON, note="Rows of one week.", bad=True)
    assert "rita@example.com: Rows of one week." in " ".join(told(Memory(checks=[bad]), "approvals", "list").out.split())
