"""What people read: whole answers, as they are printed."""

import json
from pathlib import Path

import pytest
from tests.cli.commands import told
from tests.cli.memory import JULY, MISSING_WORD, REFUSED, Memory, decision, emergency, rollout
from tests.domain import specimens

from lamplighter.cli.pages.retraining import retraining_page
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.hold import Hold
from lamplighter.domain.hook import Answer, Hook, Moment, OnFailure
from lamplighter.domain.identity import Person, Role
from lamplighter.domain.outcome import Check, Guard, Judged, Judgement, Outcome
from lamplighter.domain.recalibration import Fit
from lamplighter.domain.rollout import Phase, Signal
from lamplighter.domain.selection import Guardrail, Held
from lamplighter.domain.stage import Status

STATUS = """\
⊗ failing  late-flights (mission-critical): v7 serves 100 % in prod. No limit is
crossed.
  service     ⊗ failing  12,345 requests in 24 h, 2 failed, p95 2.5 ms
  data        ⊗ failing
  quality     ⊗ failing  4,000 of 5,000 scored rows have labels
  governance  ⊗ failing  no holder for retire
  live        v8 in staging
  live        v7 in prod, back to v6
  consumers   gate-desk; silent: nightly; unknown: scraper
  needs       ivo@example.com
  STAGE              STATUS     WHO              FACTS
  design             ⊗ failing  ivo@example.com  done
  industrialization  ⊗ failing  ivo@example.com  done
  deployment         ⊗ failing  ivo@example.com  done
  monitoring         ⊗ failing  ivo@example.com  done
  management         ⊗ failing  ivo@example.com  done
Next: lamp incident show I-1      lamp rollback late-flights
http://127.0.0.1:7070/m/late-flights
"""


def test_the_status_of_a_failing_model_exits_8() -> None:
    outcome = told(Memory(overall=Status.FAILING), "status", "late-flights")
    assert (outcome.code, outcome.out, outcome.err) == (8, STATUS, "")


def test_the_list() -> None:
    assert told(Memory(), "list").out == (
        "1 model: 1 healthy.\n"
        "  MODEL         STATUS     CRITICALITY       LIVE     REQUESTS  NEEDS\n"
        "  late-flights  ☀ healthy  mission-critical  v7 prod    12,345  ivo@example.com\n"
        "                                                                for 2 h\n"
        "Next: lamp status late-flights\n"
        "http://127.0.0.1:7070/\n"
    )


def test_the_list_says_how_many_are_not_watched() -> None:
    gaps = {"any": 2, "stale": 0, "silent": 2, "unlabelled": 1}
    lines = told(Memory(gaps=gaps), "list", "--gap", "any").out.splitlines()
    assert lines[0] == "1 model: 1 healthy. 2 are not watched (2 silent, 1 unlabelled)."
    assert lines[-2] == "Next: lamp status late-flights      lamp monitor health"


def test_the_list_says_that_there_is_more() -> None:
    assert told(Memory(), "list").err == "! This is page 1 of 2; see the next with --page 2.\n"


@pytest.mark.parametrize(("email", "rows"), [("ivo@example.com", 1), ("rob@example.com", 0)])
def test_what_needs_me(email: str, rows: int) -> None:
    me = Person(email=email, name="", roles=(Role.IT,))
    assert len(told(Memory(me=me), "list", "--needs", "me", "--json").json["data"]["models"]) == rows


def test_who() -> None:
    assert told(Memory(), "who", "late-flights").out == (
        "late-flights: Light, then hand over (collaborative). An error costs revenue and\n"
        "trust, and versions come often: gates carry the pace, IT takes over later.\n"
        "  rule          critical-often\n"
        "  criticality   mission-critical (customers-and-large-loss): It costs much.\n"
        "  socket        ☀ green  prod answers.\n"
        "  wiring        ⊗ red  schedule has no owner. ada@example.com can repair it:\n"
        "                Name one.\n"
        "  would change  no receiving team: then IT-led (critical-without-receiver)\n"
        "  business      bea@example.com\n"
        "  risk          nobody\n"
        "  DUTY                ACTS NOW         DEPUTY            ACCOUNTABLE\n"
        "  deploy              ada@example.com  milo@example.com  ada@example.com\n"
        "  monitor-functional  ivo@example.com  -                 @it-ops\n"
        "  retire              nobody           -                 nobody\n"
        "Next: lamp owners show late-flights      lamp status late-flights\n"
        "http://127.0.0.1:7070/m/late-flights/who\n"
    )


def test_the_owners() -> None:
    assert told(Memory(), "owners", "show", "late-flights").out.startswith("late-flights has nobody for retire.\n  DUTY ")


def test_a_deployment_that_waits_for_people() -> None:
    outcome = told(Memory(judgements=(*Memory().judgements, MISSING_WORD)), "deploy", "late-flights@8", "--env", "prod")
    assert outcome.code == 0
    assert outcome.out == (
        "late-flights v8 → prod: it waits for people and is not live yet.\n"
        "  rollout  R-9, 10 % → 100 %, 45m each, stops if errors > 1 %\n"
        "  ✓  parity      Largest difference 1e-09.\n"
        "  ◌  acceptance  IT has not accepted. Fix: Ask IT.\n"
        "Next: lamp approvals show late-flights      lamp status late-flights\n"
        "http://127.0.0.1:7070/rollouts/R-9\n"
    )


def test_waiting_for_people_is_no_success() -> None:
    platform = Memory(judgements=(MISSING_WORD,))
    outcome = told(platform, "deploy", "late-flights@8", "--env", "prod", "--wait")
    assert outcome.code == 5
    assert "E1481" in outcome.err


def test_a_refused_deployment() -> None:
    outcome = told(Memory(judgements=(*Memory().judgements, REFUSED)), "deploy", "late-flights@8", "--env", "prod")
    assert outcome.code == 5
    assert outcome.out == (
        "late-flights v8 → prod: 1 of 2 gates did not pass (performance). Nothing goes\n"
        "live by this.\n"
        "  ✓  parity       Largest difference 1e-09.\n"
        "  ✗  performance  auc is 0.51, wanted 0.58. Fix: Improve the model.\n"
        "http://127.0.0.1:7070/m/late-flights/v/8\n"
    )
    assert outcome.err == (
        "✗ late-flights v8 does not come into prod.                                 E1480\n"
        "  Why   performance: auc is 0.51, wanted 0.58.\n"
        "  Fix   Improve the model.\n"
        "  More  lamp explain E1480\n"
    )


def test_a_dry_run_changes_nothing() -> None:
    platform = Memory()
    assert told(platform, "deploy", "late-flights@8", "--env", "prod", "--dry-run").code == 0
    assert told(platform, "promote", "late-flights", "--to", "prod", "--dry-run").code == 0
    assert platform.deeds == []


def test_a_dry_run_says_how_it_would_come_where_it_would_return_to_and_whom_it_concerns() -> None:
    assert told(Memory(), "deploy", "late-flights@8", "--env", "prod", "--dry-run").out == (
        "late-flights v8 → prod: every one of 1 gates passed. Nothing goes live by this.\n"
        "  rollout    10 % → 100 %, 45m each, stops if errors > 1 %\n"
        "  way back   to v1, which answers now\n"
        "  consumers  gate-desk (breaks it), nightly\n"
        "  ✓  parity  Largest difference 1e-09.\n"
        "http://127.0.0.1:7070/m/late-flights/v/8\n"
    )


HELD = Hold(rule="freeze year-end", why="The books are closed.", until=1_772_544_720_000_000)


def test_what_the_calendar_holds_is_said_wherever_a_version_is_on_its_way() -> None:
    dry = told(Memory(held=HELD), "deploy", "late-flights@8", "--env", "prod", "--dry-run")
    assert dry.code == 0
    assert "  held       until 2026-03-03 14:32 CET by the freeze year-end: The books are\n" in dry.out
    asked = told(Memory(held=HELD), "deploy", "late-flights@8", "--env", "prod")
    assert asked.code == 0
    assert asked.out.startswith(
        "late-flights v8 → prod: it is pending and held by the freeze year-end. It goes\non by itself.\n"
    )
    assert "  held     until 2026-03-03 14:32 CET by the freeze year-end: The books are\n" in asked.out
    waited = told(Memory(held=HELD), "deploy", "late-flights@8", "--env", "prod", "--wait")
    assert (waited.code, "E1483" in waited.err, "until 2026-03-03 14:32 CET" in waited.err) == (5, True, True)
    shown = told(Memory(rolling=rollout(Phase.PENDING, hold=HELD)), "rollout", "show", "R-9").out
    assert shown.startswith("R-9: late-flights v8 → prod is pending, held.\n")
    assert "until 2026-03-03 14:32 CET by the freeze year-end" in shown


def test_waiting_says_each_step_once() -> None:
    signals = [Signal.APPLIED, Signal.READY, Signal.PROVEN, Signal.SETTLED]
    outcome = told(Memory(signals=signals), "deploy", "late-flights@8", "--env", "prod", "--wait")
    assert outcome.code == 0
    assert outcome.out.startswith("late-flights v8 → prod: it has all traffic.\n")
    assert outcome.err == (
        "R-9: late-flights v8 → prod is pending.\n"
        "R-9: late-flights v8 → prod is starting. Applied.\n"
        "R-9: late-flights v8 → prod is shifting at 10 %. Ready.\n"
        "R-9: late-flights v8 → prod is completing. Proven.\n"
        "R-9: late-flights v8 → prod is completed. Settled.\n"
    )


def test_a_rollout_that_stopped_itself_exits_8() -> None:
    signals = [Signal.APPLIED, Signal.READY, Signal.BROKEN, Signal.SETTLED]
    outcome = told(Memory(signals=signals), "deploy", "late-flights@8", "--env", "prod", "--wait", "-q")
    assert outcome.code == 8
    assert outcome.err.startswith("✗ late-flights v8 is not live in prod.  ")


def test_a_wait_that_is_too_short_exits_7() -> None:
    outcome = told(Memory(), "deploy", "late-flights@8", "--env", "prod", "--wait", "--timeout", "0.3")
    assert outcome.code == 7
    assert "E1680" in outcome.err


@pytest.mark.parametrize(
    ("words", "place"),
    [(("deploy", "late-flights@8"), "prod"), (("deploy", "late-flights@8", "--env", "dev"), "dev")],
)
def test_where_a_deployment_goes(words: tuple[str, ...], place: str) -> None:
    platform = Memory()
    told(platform, *words)
    assert platform.deeds == [("deploy", "late-flights@8", place)]


def test_the_first_deployment_goes_to_the_first_level() -> None:
    platform = Memory(live=())
    told(platform, "deploy", "late-flights@1")
    assert platform.deeds == [("deploy", "late-flights@1", "dev")]


@pytest.mark.parametrize("name", ["late-flights", "late-flights@live", "late-flights@8"])
def test_a_promotion_brings_what_is_live_in_the_environment_before(name: str) -> None:
    platform = Memory()
    assert told(platform, "promote", name, "--to", "prod").code == 0
    assert platform.deeds == [("deploy", "late-flights@8", "prod")]


def test_a_promotion_to_the_first_environment_needs_a_number() -> None:
    outcome = told(Memory(), "promote", "late-flights", "--to", "dev")
    assert outcome.code == 3
    assert "lamp promote late-flights@NUMBER --to dev" in outcome.err


def test_a_promotion_to_an_unknown_environment() -> None:
    outcome = told(Memory(), "promote", "late-flights", "--to", "prdo")
    assert outcome.code == 3
    assert "Did you mean prod?" in outcome.err


def test_the_shadow() -> None:
    platform = Memory()
    assert told(platform, "shadow", "late-flights@8").out.startswith("v8 of late-flights scores along in prod; v7 answers.\n")
    assert told(platform, "shadow", "late-flights", "--end").out.startswith("No version of late-flights scores along in prod")
    assert platform.deeds == [("shadow", "late-flights", "prod", 8), ("shadow", "late-flights", "prod", 0)]


def test_how_a_shadow_compares() -> None:
    platform = Memory()
    assert told(platform, "shadow", "late-flights", "--show").out == (
        "v8 of late-flights would decide 14 of 1,200 rows unlike v7.\n"
        "  since     2026-03-03 14:32 CET\n"
        "  requests  900 scored by both, 2 failed by v8\n"
        "  flips     3 to yes, 11 to no\n"
        "  scores    -0.0040 on average, 0.0120 in size, 0.3000 at most\n"
        "  SIZE OF THE DIFFERENCE  ROWS\n"
        "  none                    1,000\n"
        "  at most 0.001           150\n"
        "  at most 0.005           40\n"
        "  at most 0.01            5\n"
        "  at most 0.02            2\n"
        "  at most 0.05            1\n"
        "  at most 0.1             1\n"
        "  at most 0.5             1\n"
        "Next: lamp shadow late-flights@8 --env prod --evidence\n"
        "http://127.0.0.1:7070/m/late-flights\n"
    )
    kept = told(platform, "shadow", "late-flights", "--evidence").out
    assert kept.startswith("v8 of late-flights would decide 14 of 1,200 rows unlike v7. It is evidence of\nthat version now.\n")
    assert platform.deeds == [("keep_shadow_run", "late-flights", "prod")]
    assert told(Memory(), "shadow", "late-flights", "--end", "--show").code == 2


def test_an_extension() -> None:
    platform = Memory()
    outcome = told(platform, "extend", "late-flights@7", "--days", "30", "--reason", "It is needed.")
    assert outcome.out == (
        "✓ late-flights@7 may answer in prod until 2026-04-02 15:32 CEST.\n"
        "Next: lamp status late-flights      lamp audit log late-flights\n"
        "http://127.0.0.1:7070/m/late-flights\n"
    )
    assert platform.deeds == [("extend", "late-flights@7", "prod", 30, "It is needed.")]


@pytest.mark.parametrize(("kept", "code"), [(20, 0), (19, 8)])
def test_a_drill_that_was_not_kept_to_exits_8(kept: int, code: int) -> None:
    outcome = told(Memory(kept=kept), "drill", "outage", "late-flights")
    assert outcome.code == code
    assert outcome.out == (
        f"{'✗' if code else '✓'} {kept} of 20 requests were answered as declared: constant.\n"
        "  answers  0.25\n"
        "  others   20 of 20 ordinary requests were answered by the version itself\n"
        "  slowest  4 ms\n"
        "Next: lamp status late-flights\n"
        "http://127.0.0.1:7070/m/late-flights\n"
    )


def test_an_environment_that_is_changed_keeps_what_is_not_named() -> None:
    class Wide(Memory):
        def environments(self) -> list[Environment]:
            return [Environment(name="prod", level=Level.PRODUCTION, port=7083, workers=4, grpc_port=9083)]

    def saved(*more: str) -> tuple[int, int]:
        told_of = told(Wide(), "--json", "env", "add", "prod", "--level", "production", "--port", "7083", *more)
        environment = told_of.json["data"]["environment"]
        return environment["workers"], environment["grpc_port"]

    assert [saved(), saved("--workers", "2"), saved("--grpc-port", "0")] == [(4, 9083), (2, 9083), (4, 0)]


def test_the_approvals() -> None:
    assert told(Memory(), "approvals", "list").out == (
        "1 of 1 wait for you.\n"
        "  KEY  VERSION         ENVIRONMENT  SINCE (CET)       MISSING\n"
        "  R-9  late-flights@8  prod         2026-03-03 14:32  IT has not accepted.\n"
        "Next: lamp approvals show late-flights@8\n"
        "http://127.0.0.1:7070/approvals\n"
    )


def test_an_approval_speaks_for_the_side_of_the_role() -> None:
    platform = Memory()
    assert told(platform, "approvals", "approve", "late-flights", "--reason", "fine").code == 0
    assert platform.deeds == [("sign", "late-flights@8", "prod", "it", True, "fine")]


def test_a_refusal_needs_a_reason() -> None:
    platform = Memory()
    assert told(platform, "approvals", "refuse", "late-flights").code == 2
    assert told(platform, "approvals", "refuse", "late-flights@8", "--side", "business", "--reason", "no").code == 0
    assert platform.deeds == [("sign", "late-flights@8", "prod", "business", False, "no")]


def test_nobody_speaks_for_two_sides_by_accident() -> None:
    me = Person(email="x@example.com", name="X", roles=(Role.IT, Role.RISK))
    outcome = told(Memory(me=me), "approvals", "approve", "late-flights")
    assert outcome.code == 2
    assert "--side it or --side risk" in outcome.err


def test_what_does_not_wait_cannot_be_signed() -> None:
    outcome = told(Memory(), "approvals", "approve", "late-flights@7")
    assert (outcome.code, "E1283" in outcome.err) == (3, True)


def test_an_emergency_is_declared_only_after_it_was_asked_with_all_its_words() -> None:
    platform = Memory()
    words = ("deploy", "late-flights@8", "--env", "prod", "--emergency", "--reason", "It answers wrong.")
    assert told(platform, *words).code == 2
    for less in (words[:2] + words[4:], words[:4] + words[5:], (*words, "--dry-run")):
        refused = told(platform, *less, "--yes")
        assert refused.code == 2, less
    assert platform.deeds == []
    done = told(platform, *words, "--yes")
    assert done.code == 0
    assert "emergency  E-3, review by ivo@example.com due 2026-03-03 14:32 CET" in done.out
    assert platform.deeds[0] == ("declare_emergency", "late-flights@8", "prod", "It answers wrong.")


def test_what_is_to_be_reviewed_stands_among_what_waits_and_is_closed_with_words() -> None:
    platform = Memory(unreviewed=[emergency()])
    listed = told(platform, "approvals", "list")
    assert listed.out.startswith("2 of 2 wait for you.")
    assert "E-3" in listed.out
    assert "passed freeze year-end" in " ".join(listed.out.split())
    assert told(platform, "approvals", "review", "E-3").code == 2
    assert told(platform, "approvals", "review", "E-3", "--note", "Looked at it.").out == (
        "✓ E-3 is reviewed: late-flights v8 in prod.\n"
        "  declared  milo@example.com passed freeze year-end: It answers wrong.\n"
        "  review    ivo@example.com: Looked at it.\n"
        "Next: lamp status late-flights\n"
        "http://127.0.0.1:7070/emergencies/E-3\n"
    )
    assert platform.deeds == [("review_emergency", "E-3", "Looked at it.")]


def test_a_rollout() -> None:
    assert told(Memory(rolling=rollout(Phase.SHIFTING)), "rollout", "show", "R-9").out == (
        "R-9: late-flights v8 → prod is shifting at 10 %.\n"
        "  plan       10 % → 100 %, 45m each, stops if errors > 1 %\n"
        "  undecided  roll-back after 1d\n"
        "  why        -\n"
        "  asked by   ada@example.com, 2026-03-03 14:32 CET\n"
        "  moved      2026-03-03 14:32 CET\n"
        "Next: lamp rollout pause R-9      lamp rollout stop R-9\n"
        "http://127.0.0.1:7070/rollouts/R-9\n"
    )


def test_a_guard_that_nobody_asked_has_seen_nothing_and_only_moves_that_exist_are_offered() -> None:
    judged = Judged(Judgement.UNDECIDED, "Too few.", challenger=0.0, champion=0.25, limit=0.01, n=0)
    outcome = Outcome(judgement=Judgement.UNDECIDED, why="Too few.", checks=(Check(guard=Guard.ERRORS, judged=judged),))
    out = told(Memory(rolling=rollout(Phase.PENDING, outcomes=(outcome,))), "rollout", "show", "R-9").out
    assert "  10 %  errors  no request  -   25 %  1 %    0\n" in out
    assert "Next: lamp rollout stop R-9\n" in out


def test_a_rollout_with_its_hooks() -> None:
    hooks = (Hook("tickets", OnFailure.STOP, retries=2), Hook("load-balancer", OnFailure.CONTINUE))
    said = Answer(Moment.BEFORE, 0, "tickets", 1, 503, 0.25, "It answered 503.", 1)
    asked = rollout(Phase.PENDING, before=hooks, answers=(said,), emergency="E-3")
    shown = told(Memory(rolling=asked), "rollout", "show", "R-9").out
    assert (
        "  before     tickets within 30s, repeated 2 times at most, else stop; try 1: It\n"
        "             answered 503. (503, 0.25 s)\n"
        "  before     load-balancer within 30s, repeated 0 times at most, else continue\n"
    ) in shown
    assert "in the emergency E-3" in " ".join(shown.split())


def test_a_rollout_is_steered() -> None:
    platform = Memory(rolling=rollout(Phase.SHIFTING))
    assert told(platform, "rollout", "pause", "R-9").code == 0
    assert told(platform, "rollout", "resume", "R-9").code == 0
    assert told(platform, "rollout", "stop", "R-9").code == 2
    assert told(platform, "rollout", "stop", "R-9", "--yes").code == 0
    assert platform.deeds == [("pause", "R-9"), ("resume", "R-9"), ("stop", "R-9")]


def test_a_move_that_does_not_exist_exits_6() -> None:
    assert told(Memory(), "rollout", "resume", "R-9").code == 6


def test_the_monitor_shows_the_newest_window_and_what_crossed_first() -> None:
    assert told(Memory(), "monitor", "show", "late-flights").out == (
        "1 of 2 figures of late-flights in prod crossed their limit.\n"
        "  service  12,345 requests in 24 h, 2 failed, p50 0.5 ms, p95 2.5 ms, p99 5 ms\n"
        "  alarms   drift of v7, all inputs together: 0.42 false ones a month at most\n"
        "  STATUS     MEASURE          VERSION  WINDOW       ROWS  LIMIT  VALUE\n"
        "  ◐ watch    brier            v7       2013-07-01  1,200   0.21  0.2220 (0.2150\n"
        "                                                                 to 0.2290)\n"
        "  ◌ unknown  jensen_shannon   v7       2013-07-01  1,200      -  0.0400\n"
        "             of precip\n"
        "Next: lamp monitor why late-flights      lamp incident list --model late-flights\n"
        "http://127.0.0.1:7070/m/late-flights\n"
    )


def test_figures_of_slices_say_whether_they_were_restated() -> None:
    assert told(Memory(), "monitor", "show", "late-flights", "--slices").out == (
        "1 of 1 figures of late-flights in prod crossed their limit.\n"
        "  service  12,345 requests in 24 h, 2 failed, p50 0.5 ms, p95 2.5 ms, p99 5 ms\n"
        "  STATUS   MEASURE           VERSION  WINDOW       ROWS  LIMIT  VALUE\n"
        "  ◐ watch  brier where       v7       2013-07-01  1,200   0.25  0.3100 (0.2800\n"
        "           origin = EWR                                         to 0.3400),\n"
        "                                                                restated 2 times\n"
        "Next: lamp monitor why late-flights      lamp incident list --model late-flights\n"
        "http://127.0.0.1:7070/m/late-flights\n"
    )


def test_what_is_not_watched() -> None:
    done = told(Memory(), "monitor", "health")
    assert done.code == 8
    assert done.out == (
        "1 of 2 live models are watched as they should be; 1 silent.\n"
        "  alarms            If nothing moves, at most 0.42 false alarms a month are\n"
        "                    expected of all models together (30 allowed; 1 of 2 models\n"
        "                    states no number yet).\n"
        "  internal          0.3 of them\n"
        "  mission-critical  0.12 of them\n"
        "  STATE    MODEL                 FOR      HAS IT           WHY\n"
        "  silent   late-flights in prod  5 hours  ivo@example.com  Nobody has asked for\n"
        "                                                           5 hours; it may be\n"
        "                                                           silent for 2 hours.\n"
        "  missing  late-flights in prod  10 days  ada@example.com  The project declares\n"
        "                                                           no limit of quality.\n"
        "Next: lamp monitor show late-flights\n"
        "http://127.0.0.1:7070/\n"
    )


def test_why_it_got_worse() -> None:
    assert told(Memory(), "monitor", "why", "late-flights").out == (
        "Since 1 Jul 2013: it said 18 % and 32 % came true. 71 % of the extra loss goes\n"
        "together with hour = 17 to 20, origin = EWR. Inputs that moved and matter:\n"
        "precip.\n"
        "  window      2013-07-01, v7, 1,200 rows\n"
        "  against     2013-06-30, v7\n"
        "  loss        mean squared error 0.2220, was 0.2030\n"
        "  inputs      precip 0.75\n"
        "  read it as  figures that go together; none of them is shown to be the cause\n"
        "  SLICE                          ROWS    LOSS  SHARE OF THE EXTRA LOSS\n"
        "  hour = 17 to 20, origin = EWR   900  0.3100  71% (55% to 87%)\n"
        "Next: lamp monitor show late-flights --slices\n"
        "http://127.0.0.1:7070/m/late-flights/why\n"
    )


def test_how_labels_come() -> None:
    assert told(Memory(), "labels", "status", "late-flights").out == (
        "4,000 of 5,000 rows that versions of late-flights scored in prod, shadows\nincluded, have a label.\n"
        "  lag      2 h in the middle, 2 days at most, on 2013-07-01, the newest day with\n"
        "           a label\n"
        "  waiting  3 labels have no prediction and wait 30d for it; 2 waited in vain\n"
        "Next: lamp monitor show late-flights\n"
        "http://127.0.0.1:7070/m/late-flights\n"
    )


def test_an_incident() -> None:
    platform = Memory()
    assert told(platform, "incident", "ack", "I-1", "--note", "Looking.").out == (
        "I-1 is acknowledged: It is worse than agreed.\n"
        "  model    late-flights v1 in prod\n"
        "  figure   brier is 0.3, limit 0.22\n"
        "  window   1970-01-01 to 1970-01-01\n"
        "  opened   2026-03-03 14:32 CET\n"
        "  who      ivo@example.com (monitor-functional), deputy ina@example.com\n"
        "  runbook  none; the project names none under [monitor] runbook\n"
        "  note     Looking.\n"
        "Next: lamp incident resolve I-1      lamp status late-flights\n"
        "http://127.0.0.1:7070/incidents/I-1\n"
    )
    assert platform.deeds == [("acknowledge", "I-1", "Looking.")]
    assert told(platform, "incident", "list").out.startswith("1 open incident.\n")
    assert told(platform, "incident", "resolve", "I-1").out.startswith("I-1 is resolved: ")


def test_a_trial() -> None:
    platform = Memory()
    assert told(platform, "challenge", "start", "late-flights@8", "--rows", "500").code == 0
    outcome = told(platform, "challenge", "decide", "C-1", "--from", "2013-07-01", "--to", "2013-08-01T00:00+00:00")
    assert outcome.code == 0
    assert outcome.out == (
        "C-1: v8 may take the place of v7. The challenger is better by more than the\n"
        "margin, beyond chance. It keeps to 1 guardrail.\n"
        "  v7          brier 0.2220 (live)\n"
        "  v8          brier 0.1870\n"
        "  difference  -0.0350 (-0.0410 to -0.0290, 95 %) on 4,000 rows of 31 days\n"
        "  by chance   a swap has probability 0.025 at most; 0.05 over all looks\n"
        "  not asked   cost: lamp.toml declares no costs under [selection].\n"
        "  window      2013-07-01 00:00 CEST to 2013-08-01 02:00 CEST\n"
        "  signed by   56475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c\n"
        "  GUARDRAIL               FOUND  FIGURE                  BOUND   ON\n"
        "  flips of ops-dashboard  kept   3.00% (2.49% to 3.58%)  10.00%  4,000\n"
        "Next: lamp promote late-flights@8 --to prod      lamp challenge export C-1\n"
        "http://127.0.0.1:7070/m/late-flights/v/8#selection\n"
    )
    assert platform.deeds[0] == ("challenge", "late-flights@8", "prod", "brier", 500)
    assert told(platform, "challenge", "show", "late-flights").out.startswith("1 of 1 trials of late-flights run.\n")


@pytest.mark.parametrize(
    ("guardrails", "code", "error", "what"),
    [
        ((specimens.guardrail(Held.BROKEN),), 5, "E1485", "v8 does not take the place of v7 in prod."),
        ((specimens.guardrail(Held.NOT_ENOUGH_EVIDENCE),), 5, "E1486", "v8 does not take the place of v7 in prod."),
        ((), 7, "E1487", "C-1 is not decided yet."),
    ],
)
def test_a_pipeline_goes_on_only_after_a_swap(guardrails: tuple[Guardrail, ...], code: int, error: str, what: str) -> None:
    platform = Memory(guardrails=guardrails)
    outcome = told(platform, "challenge", "decide", "C-1", "--json")
    printed = json.loads(outcome.out)
    assert (outcome.code, printed["error"]["code"], printed["error"]["what"]) == (code, error, what)
    assert printed["data"]["challenge"]["id"] == "C-1"


def test_an_exported_selection_is_checked_without_a_platform(tmp_path: Path) -> None:
    file = tmp_path / "selection.jsonl"
    assert told(Memory(), "challenge", "export", "C-1", "--out", str(file)).code == 0
    key = specimens.sealed(specimens.selection()).keyid
    assert told(Memory(), "audit", "verify", str(file), "--head", key).code == 0
    assert told(Memory(), "audit", "verify", str(file), "--head", "ab" * 32).code == 8
    content = file.read_bytes()
    # Each line, its ends, and some places between: every byte of all of them counts.
    for place in (*range(0, len(content), 499), *(at for at, one in enumerate(content) if one == 10), len(content) - 2):
        file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert told(Memory(), "audit", "verify", str(file)).code == 8
    for other in (content[:-1], content + b"\n", content.replace(b"\n", b"\r\n"), content[content.index(b"\n") + 1 :]):
        file.write_bytes(other)
        assert told(Memory(), "audit", "verify", str(file)).code == 8


def test_another_threshold() -> None:
    platform = Memory()
    outcome = told(platform, "retune", "late-flights@live", "--threshold", "0.35", "--reason", "Sooner.")
    assert outcome.out == (
        "✓ late-flights@9 is v7 at 0.35. 120 of 1,600 decisions in prod would have been\n"
        "others.\n"
        "  recall     0.5000 -> 0.7500 on 300 rows\n"
        "  on record  2013-07-01 02:00 CEST to 2013-07-02 02:00 CEST\n"
        "  CONSUMER     ROWS  TO POSITIVE  TO NEGATIVE  TURNED  DECIDES AT\n"
        "  travel-app  1,200          120            0   10.0%  the version's 0.35\n"
        "  gate-desk     400            0            0    0.0%  its own 0.7\n"
        "Next: lamp deploy late-flights@9 --env prod\n"
        "http://127.0.0.1:7070/m/late-flights/v/9\n"
    )
    assert platform.deeds == [("retune", "late-flights@live", "prod", 0.35, "Sooner.", 0)]
    dry = told(platform, "retune", "late-flights@live", "--threshold", "0.35", "--dry-run", "--since", "2013-07-01T00:00+00:00")
    assert dry.out.startswith("v7 at 0.35 instead of 0.5: 120 of 1,600 decisions in prod would have been\nothers.\n")
    assert platform.deeds[1:] == [("retuning", "late-flights@live", "prod", 0.35, JULY)]
    assert told(platform, "retune", "late-flights@live", "--threshold", "0.35").code == 2
    assert len(platform.deeds) == 2


def test_another_calibration() -> None:
    platform = Memory()
    outcome = told(platform, "recalibrate", "late-flights@live", "--reason", "Too many.")
    assert outcome.out == (
        "✓ late-flights@9 is v7 calibrated. On 5,000 later rows of 10 days that it has\n"
        "not seen, the Brier score goes from 0.20000 to 0.15000 (-0.05000, -0.06000 to\n"
        "-0.04000 by days): better, beyond chance.\n"
        "  log-odds   -0.5000 +0.7500 x, the order of scores stays, AUC 0.7500 before and\n"
        "             after\n"
        "  fitted on  5,000 rows of 1 Jul 2013 to 10 Jul 2013, 1,000 of them positive\n"
        "  judged on  5,000 rows of 11 Jul 2013 to 20 Jul 2013, 1,000 of them positive\n"
        "  brier      0.2000 -> 0.1500 on 5,000 rows\n"
        "  CONSUMER     ROWS  TO POSITIVE  TO NEGATIVE  TURNED  DECIDES AT\n"
        "  travel-app  1,200            0          120   10.0%         0.5\n"
        "Next: lamp deploy late-flights@9 --env prod\n"
        "http://127.0.0.1:7070/m/late-flights/v/9\n"
    )
    assert platform.deeds == [("recalibrate", "late-flights@live", "prod", "Too many.", Fit.LOGISTIC, 0)]
    shown = told(
        platform, "recalibrate", "late-flights@live", "--show", "--fit", "intercept", "--since", "2013-07-01T00:00+00:00"
    )
    assert shown.out.startswith("v7: On 5,000 later rows of 10 days that it has not seen, the Brier score goes\n")
    assert "lamp recalibrate late-flights@live --fit intercept --since" in shown.out
    assert platform.deeds[1:] == [("recalibration", "late-flights@live", "prod", Fit.INTERCEPT, JULY)]
    assert told(platform, "recalibrate", "late-flights@live").code == 2
    assert len(platform.deeds) == 2


def test_the_log_counted_anew() -> None:
    platform = Memory()
    outcome = told(platform, "monitor", "recount", "late-flights", "--since", "2013-07-01T00:00+00:00")
    assert outcome.out == (
        "✓ 41,234 rows of 30 days of late-flights in prod are counted anew. 2 stay as\n"
        "they were: the log has fewer of their rows.\n"
        "Next: lamp monitor show late-flights\n"
        "http://127.0.0.1:7070/m/late-flights\n"
    )
    assert platform.deeds == [("recount", "late-flights", "prod", JULY)]


def test_what_was_live_at_a_time() -> None:
    digest = decision(7, "prod", Memory().judgements).digest[:12]
    assert told(Memory(), "audit", "at", "late-flights", "2026-03-03T14:32").out == (
        "At 2026-03-03 14:32 CET late-flights v7 was live in prod.\n"
        f"  version           {'ab' * 32}\n"
        "  since             2026-03-02 14:32 CET, by platform@lamplighter (rollout)\n"
        "  criticality       mission-critical\n"
        "  business accepts  bea@example.com, 2026-03-02 14:32 CET, entry 40\n"
        f"  decision          {digest}, 2026-03-03 14:32 CET, asked by ada@example.com\n"
        "  entries           40, 41\n"
        "  ✓  parity  Largest difference 1e-09.\n"
        "Next: lamp audit log late-flights      lamp audit verify\n"
        "http://127.0.0.1:7070/audit\n"
    )


def test_the_journal() -> None:
    assert told(Memory(), "audit", "log").out == (
        "The newest 2 entries of the journal.\n"
        "  ENTRY  WHEN (CET)        WHO                   WHAT          ABOUT\n"
        "     41  2026-03-03 14:32  platform@lamplighter  WentLive      late-flights v7\n"
        "                                                               prod R-8\n"
        "     40  2026-03-03 14:32  ada@example.com       DecisionMade  late-flights v7\n"
        "                                                               prod\n"
        "Next: lamp audit verify\n"
        "http://127.0.0.1:7070/audit\n"
    )


def test_people_and_teams() -> None:
    platform = Memory()
    assert told(platform, "users", "add", "ada@example.com", "--role", "it", "--role", "risk").code == 0
    assert told(platform, "users", "add", "ada@example.com", "--left", "--yes").code == 0
    assert told(platform, "users", "unbind", "ada@example.com").code != 0
    assert told(platform, "users", "unbind", "ada@example.com", "--yes").code == 0
    assert told(platform, "teams", "set", "@it-ops", "ina@example.com", "ivo@example.com").code == 0
    assert told(platform, "env", "add", "qa", "--level", "acceptance", "--port", "7099").code == 0
    assert platform.deeds == [
        ("save_person", "ada@example.com", "Ada", ("it", "risk"), True),
        ("save_person", "ada@example.com", "Ada", ("data-scientist",), False),
        ("unbind", "ada@example.com"),
        ("save_team", "@it-ops", ("ina@example.com", "ivo@example.com")),
        ("save_environment", "qa"),
    ]


def test_a_token_is_the_only_thing_on_stdout() -> None:
    outcome = told(Memory(), "tokens", "issue", "ada@example.com", "--label", "ci")
    assert outcome.out == "lmp_pat_once\n"
    assert "It is shown only now." in outcome.err


def test_environments_stand_in_the_order_of_their_levels() -> None:
    assert told(Memory(), "env", "list").out == (
        "3 environments.\n"
        "  ENVIRONMENT  LEVEL        ADDRESS                WORKERS  TARGET\n"
        "  dev          development  http://127.0.0.1:7081        1  local\n"
        "  staging      acceptance   http://127.0.0.1:7082        1  local\n"
        "  prod         production   http://127.0.0.1:7083        1  local\n"
        "Next: lamp env add NAME --level LEVEL --port PORT\n"
    )


def test_quiet_leaves_the_answer_only() -> None:
    assert told(Memory(), "retrain", "late-flights", "-q").out == "✓ T-1: a training of late-flights is requested.\n"


def test_files_for_prometheus(tmp_path: Path) -> None:
    outcome = told(Memory(), "export", "prometheus", "--out", str(tmp_path / "new"), "-C", str(tmp_path))
    assert outcome.code == 0
    names = ["lamplighter-inhibitions.yml", "lamplighter-rules.yml", "lamplighter-scrape.yml"]
    assert sorted(file.name for file in (tmp_path / "new").iterdir()) == names
    assert "  lamplighter-rules.yml        name it in rule_files of prometheus.yml\n" in outcome.out


def test_an_unknown_tool_is_refused_with_the_known_ones() -> None:
    outcome = told(Memory(), "export", "promethoos")
    assert outcome.code != 0
    assert "prometheus" in outcome.err


def test_what_sets_off_the_next_training_says_what_it_waits_for() -> None:
    lines = told(Memory(), "retraining", "show", "late-flights").out.splitlines()
    assert lines[0].startswith("drift of late-flights is waiting for labels. I-3 is open.")
    assert "  new rows  40 of 90 have a label, since 2013-07-01 02:00 CEST" in lines
    assert "  budget    1 of 4 trainings in 30 days are used." in lines
    assert "  left out  Q-1: The feed was broken." in lines
    assert any(line.split()[:5] == ["schedule", "0", "5", "1", "armed"] for line in lines)
    empty = specimens.next_training(triggers=(), budget=None)
    assert retraining_page(empty, "").says.startswith("Nothing sets off a training of late-flights:")


def test_versions_side_by_side() -> None:
    platform = Memory()
    outcome = told(platform, "compare", "late-flights", "8", "late-flights@9")
    assert outcome.out == (
        "v7 and v8 on the same 50,000 rows: 1 of 2 figures tell one version from all\n"
        "others beyond chance. v9 cannot be held beside them.\n"
        "  same rows  60,000, the scores of 50,000 are kept; sha256:eeeeeeeeeeee\n"
        "  v7 live    compiled, 0.5 MB, 0.25 ms a row; decides at 0.5; trained on 2013-01\n"
        "             to 2013-06, 164,000 rows; commit 01234567\n"
        "  v8         compiled, 0.5 MB; decides at 0.5; trained on 2013-01 to 2013-06,\n"
        "             164,000 rows; commit 01234567; delay is now needed (breaks callers)\n"
        "  v9         compiled, 0.5 MB; decides at 0.5; trained on 2013-01 to 2013-06,\n"
        "             164,000 rows; commit 01234567\n"
        "  FIGURE                    VERSION   VALUE   95 % INTERVAL     AGAINST v7\n"
        "  auc                       v7 live   0.7400  0.7300 to 0.7500\n"
        "                            v8, best  0.7500  0.7400 to 0.7600  +0.01 (+0.005 to\n"
        "                                                                +0.015): better\n"
        "  lift where origin =       v7 live   2.000\n"
        "  'EWR'\n"
        "                            v8        2.100                     +0.1: not enough\n"
        "                                                                evidence\n"
        "Next: lamp card show late-flights@9\n"
        "http://127.0.0.1:7070/m/late-flights/compare?versions=7,8,9\n"
    )
    assert "! v9 is apart: It was evaluated on another set. Evaluate both on one.\n" in outcome.err
    assert "! They were measured on rows that they learned from" in outcome.err
    assert platform.deeds == [("compare", "late-flights", "8,late-flights@9", "")]
