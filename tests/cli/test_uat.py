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


def test_a_case_is_answered_before_the_answer_is_told() -> None:
    platform = Memory()
    begun = told(platform, "uat", "begin", "late-flights@8", "--env", "prod", "--agree-at-least", "1").out
    assert begun == (
        "U-1: 0 of 1 answered, 0 agree.\n"
        "  agreed             at least 1 of 1, fixed as cccccccccccc\n"
        "  case               rough: In heavy rain.\n"
        "  asked              Would you expect: late?\n"
        "  Hour of departure  20\n"
        "Next: lamp uat answer late-flights@8 rough yes --env prod\n"
        "http://127.0.0.1:7070/approvals\n"
    )
    answered = told(platform, "uat", "answer", "late-flights@8", "rough", "no", "--env", "prod").out
    assert answered.splitlines()[0] == "U-1: 1 of 1 answered, 0 agree. The version says late in the last one."
    assert answered.splitlines()[-2].endswith("--side business --if WHAT")
    assert platform.deeds == [
        ("begin_blind_test", "late-flights@8", "prod", 1),
        ("answer_case", "late-flights@8", "prod", "rough", "no"),
    ]


def test_results_of_everybody_stand_in_one_table() -> None:
    assert told(Memory(), "uat", "results", "late-flights@8", "--env", "prod").out == (
        "2 blind tests of late-flights@8 for prod.\n"
        "  TEST  PERSON           ANSWERED  AGREE  WANTED  STATE\n"
        "  U-1   bea@example.com  1 of 1    1      1       done\n"
        "  U-1   bea@example.com  0 of 1    0      1       open\n"
        "http://127.0.0.1:7070/approvals\n"
    )


def test_a_version_is_accepted_with_a_condition() -> None:
    platform = Memory()
    told(
        platform,
        "approvals",
        "approve",
        "late-flights@8",
        "--env",
        "prod",
        "--side",
        "business",
        "--if",
        "Gate desks are told.",
    )
    assert platform.deeds == [("sign", "late-flights@8", "prod", "business", True, "", "Gate desks are told.")]
    group = told(platform, "approvals", "approve", "--group", "abc", "--seen", "now", "--if", "Gate desks are told.")
    assert (group.code, "E1444" in group.err) == (2, True)


def test_a_link_is_sent_listed_and_taken_back() -> None:
    platform = Memory()
    sent = told(platform, "uat", "invite", "late-flights@8", "--env", "prod", "--to", "bea@example.com").out.splitlines()
    assert sent[0] == "✓ The link N-1 is for bea@example.com alone. Send it to nobody else."
    assert sent[1].split() == ["link", "http://lamp/#secret"]
    listed = told(platform, "uat", "invitations", "late-flights@8", "--env", "prod").out
    assert [line.split()[-1] for line in listed.splitlines()[2:4]] == ["open", "used"]
    assert "Next: lamp uat revoke N-1\n" in listed
    assert told(platform, "uat", "revoke", "N-1").out.startswith("✓ N-1 for bea@example.com opens nothing any more.\n")
    assert platform.deeds == [("invite", "late-flights@8", "prod", "bea@example.com", 7.0), ("revoke_invitation", "N-1")]
