"""Waivers on the command line."""

from tests.cli.commands import told
from tests.cli.memory import NOON, Memory, waiver

from lamplighter.domain.decision import Judgement, Passed, Waived

WHY = "The desk looks at every warning by hand."


def test_a_waiver_is_given_with_what_it_covers_and_what_happens_when_it_is_over() -> None:
    platform = Memory()
    done = told(
        platform,
        *("waiver", "give", "late-flights@8", "performance", "--env", "prod", "--days", "30"),
        *("--reason", WHY),
    )
    assert done.out == (
        "✓ W-1 waives the gate performance for late-flights@8 in prod until 2026-04-02\n"
        "15:32 CEST.\n"
        "  found  auc is 0.55, wanted is 0.58 or more.\n"
        "  given  by rita@example.com (risk), 2026-03-03 14:32 CET: The desk looks at\n"
        "         every warning by hand.\n"
        "  until  2026-04-02 15:32 CEST; then nothing new is let in on it, a rollout that\n"
        "         rests on it is held, whoever owns the model is told, and it is on watch\n"
        "  count  waiver 1 of this gate for late-flights; team @it-ops\n"
        "Next: lamp deploy late-flights@8 --env prod      lamp waiver show W-1\n"
        "http://127.0.0.1:7070/waivers/W-1\n"
    )
    assert platform.deeds == [("waive", "late-flights@8", "prod", "performance", 30, WHY)]


def test_waivers_are_counted_by_team() -> None:
    found = told(Memory(), "waiver", "list").out.splitlines()
    assert found[:2] == [
        "1 waiver is in force; 3 ever given. 1 is over and not seen to.",
        "  @it-ops  1 in force, 1 over, 3 ever given",
    ]
    assert found[2].split() == ["KEY", "VERSION", "IN", "GATE", "UNTIL", "NOW", "BY"]
    assert [line.split()[:5] for line in found if line.startswith("  W-")] == [
        ["W-1", "late-flights@8", "prod", "performance", "2026-04-02"],
        ["W-2", "late-flights@8", "prod", "data_checks", "2026-03-03"],
    ]
    assert found[-2:] == ["Next: lamp waiver show W-1", "http://127.0.0.1:7070/waivers"]


def test_one_is_shown_and_ended() -> None:
    platform = Memory()
    shown = " ".join(told(platform, "waiver", "show", "W-2").out.split())
    assert shown.startswith("W-2 of the gate data_checks for late-flights@8 in prod: over, not seen to")
    assert "Next: lamp status late-flights " in shown
    ended = told(platform, "waiver", "end", "W-1", "--reason", "We were wrong.").out
    assert "  ended  by ivo@example.com: We were wrong.\n" in ended
    assert platform.deeds == [("end_waiver", "W-1", "We were wrong.")]


def test_a_gate_that_is_waived_is_shown_as_such_wherever_gates_are() -> None:
    taken = Waived(why="auc is 0.55. rita@example.com waived it (W-1).", waiver="W-1", found="auc is 0.55.", until=NOON)
    platform = Memory(judgements=(Judgement("parity", Passed()), Judgement("performance", taken)))
    for words in (("deploy", "late-flights@8", "--env", "prod", "--dry-run"), ("approvals", "show", "late-flights@8")):
        shown = " ".join(told(platform, *words).out.split())
        assert "1 gate passed, 1 is waived" in shown
        assert "◐ performance auc is 0.55. rita@example.com waived it (W-1)." in shown


def test_a_model_that_rests_on_one_says_so() -> None:
    platform = Memory(waived=(waiver(lapsed_at=NOON),))
    shown = told(platform, "status", "late-flights").out
    assert "waiver" in shown
    assert "Next: lamp waiver show W-1" in shown
