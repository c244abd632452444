"""Example cases on the command line."""

from tests.cli.commands import told
from tests.cli.memory import Memory


def test_cases_are_shown_with_what_is_left() -> None:
    assert told(Memory(), "uat", "show", "late-flights@8", "--env", "prod").out == (
        "late-flights@8 decides as expected in 1 of 2 cases; 2 are left to judge.\n"
        "  CASE   EXPECTED  DECIDED  JUDGED   NOTE\n"
        "  rough  late      late     not yet\n"
        "  calm   in time   late     not yet\n"
        "Next: lamp uat judge late-flights@8 rough --env prod --as-expected\n"
        "http://127.0.0.1:7070/approvals\n"
    )


def test_judging_leads_from_case_to_case_and_then_to_the_word() -> None:
    platform = Memory()
    judge = ("uat", "judge", "late-flights@8")
    first = told(platform, *judge, "rough", "--env", "prod", "--as-expected").out
    assert first.splitlines()[:2] == [
        "✓ rough is judged as expected by bea@example.com. 1 of 2 are left.",
        "Next: lamp uat judge late-flights@8 calm --env prod --as-expected",
    ]
    last = told(platform, *judge, "calm", "--env", "prod", "--not-as-expected", "--note", "It is calm.").out
    assert last.splitlines()[:2] == [
        "✓ calm is judged not as expected by bea@example.com. 0 of 2 are left.",
        "Next: lamp approvals approve late-flights@8 --env prod --side business --reason WHY",
    ]
    assert platform.deeds == [
        ("judge_case", "late-flights@8", "prod", "rough", True, ""),
        ("judge_case", "late-flights@8", "prod", "calm", False, "It is calm."),
    ]


def test_a_judgement_has_to_be_one_of_two() -> None:
    platform = Memory()
    assert told(platform, "uat", "judge", "late-flights@8", "rough", "--env", "prod").code == 2
    assert platform.deeds == []
