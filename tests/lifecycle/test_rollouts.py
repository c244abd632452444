"""Rollouts on real processes: step by step, guarded, and never further than the evidence."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.receivers import receiving
from tests.lifecycle.segments import Segment, failed, scored
from tests.lifecycle.test_incidents import react
from tests.sdk import models
from tests.sdk.homes import until

from lamplighter.domain.acceptance import Side
from lamplighter.domain.errors import Invalid
from lamplighter.domain.events.incident import IncidentOpened
from lamplighter.domain.events.rollout import RolloutMoved
from lamplighter.domain.events.routing import RolledBack, WentLive, Withdrawn
from lamplighter.domain.incident import State
from lamplighter.domain.project import Project
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """One platform for all: their models do not meet, and starting processes takes its time."""
    with lived(tmp_path_factory.mktemp("rollouts") / "home") as life:
        yield life


def stepped(
    name: str, *, each: str = "30s", least: int = 20, deadline: str = "1h", undecided: str = "roll-back", **limits: object
) -> Project:
    """A model whose rollouts go over half of the traffic."""
    stop_if = {"errors": 0.02, **limits}
    steps = {"steps": [50, 100], "each": each, "least_requests": least, "deadline": deadline, "stop_if": stop_if}
    return models.project(name, env={"prod": {"rollout": {**steps, "undecided": undecided}}})


def on_trial(life: Life, project: Project, *, begun: int = 2) -> tuple[list[Version], Rollout]:
    """Versions of which the first is live and the second has a share of the traffic."""
    versions = life.versions(project, begun)
    life.live(versions[0])
    asked = life["dana"].deploy(versions[1].name, "prod").rollout
    assert asked is not None
    return versions, life.reached(asked, Phase.SHIFTING)


def traffic(
    life: Life, version: Version, good: int, bad: int = 0, *, score: float = 0.5, duration: int = 300, at: int = 0
) -> None:
    """Requests of this moment, or of another, and their records brought in."""
    now, model = at or life.clock.now(), f"{version.model}{version.number}"
    segment = Segment(life.settings, name=f"8-{life.clock.now()}-000000")
    segment.write(*(scored(version, f"{model}-g{i}-{now}", [score], at=now, duration=duration) for i in range(good)))
    segment.write(*(failed(version, f"{model}-b{i}-{now}", at=now) for i in range(bad)))
    collection.collect(life.kit, "prod")


def looks(life: Life, rollout: Rollout, count: int = 3) -> Rollout:
    """The rollout after some looks."""
    for _ in range(count):
        life.reconciler.look()
    return life.rollout(rollout)


def told(rollout: Rollout) -> list[tuple[float, str, str, int]]:
    """What the guards said of each step: percent, guard, judgement, requests of the version that comes."""
    found = [(outcome, check) for outcome in rollout.outcomes for check in outcome.checks]
    return [(rollout.plan.steps[o.step], c.guard, c.judged.judgement, c.judged.n) for o, c in found]


def live_number(life: Life, model: str) -> int:
    """Number of the version that answers in prod."""
    return next(live.number for live in life["rita"].status(model).live if live.environment == "prod")


def test_a_good_version_takes_step_after_step(life: Life) -> None:
    versions, rollout = on_trial(life, stepped("good"))
    assert (rollout.share, rollout.previous) == (0.5, 1)
    # Time alone proves nothing, and requests alone neither.
    life.clock.forward(31)
    assert looks(life, rollout).step == 0
    traffic(life, versions[0], 30)
    traffic(life, versions[1], 30)
    second = looks(life, rollout)
    assert (second.step, second.share, second.phase) == (1, 1.0, Phase.SHIFTING)
    traffic(life, versions[1], 30)
    assert looks(life, rollout).phase is Phase.SHIFTING
    life.clock.forward(31)
    assert life.reached(rollout, Phase.COMPLETED).why
    assert live_number(life, "good") == 2
    moved = [event.phase for event in life.events(RolloutMoved) if event.rollout == rollout.id]
    assert list(dict.fromkeys(moved)) == ["pending", "starting", "shifting", "completing", "completed"]
    assert [event.previous for event in life.events(WentLive) if event.model == "good"] == [0, 1]


def test_a_step_takes_as_many_requests_as_the_plan_asks_for(life: Life) -> None:
    """Although far fewer prove that the limit is kept."""
    versions, rollout = on_trial(life, stepped("counted", each="0s", least=700))
    traffic(life, versions[1], 690)
    assert looks(life, rollout).step == 0
    traffic(life, versions[1], 10)
    assert looks(life, rollout, 1).step == 1


def test_a_broken_version_is_taken_back_and_somebody_is_told(life: Life) -> None:
    versions, rollout = on_trial(life, stepped("broken"))
    traffic(life, versions[0], 100)
    traffic(life, versions[1], 60, 40)
    after = life.reached(rollout, Phase.WITHDRAWN)
    assert after.why == "It failed 40 of 100 requests; v1 answered those instead."
    assert live_number(life, "broken") == 1
    life.look_until(lambda: life["rita"].incidents("broken"))
    (incident,) = life["rita"].incidents("broken")
    assert (incident.finding.measure, incident.state, incident.duty) == ("trial-v2", State.MITIGATED, "monitor-technical")
    assert [event.why for event in life.events(Withdrawn) if event.model == "broken"] == [f"broken: {after.why}"]


def test_a_paused_version_is_guarded_as_well(life: Life) -> None:
    versions, rollout = on_trial(life, stepped("paused"))
    life["dana"].pause(rollout.id)
    life.clock.forward(10_000)
    traffic(life, versions[1], 30)
    paused = looks(life, rollout)
    assert (paused.phase, paused.step, paused.baked < 30.0) == (Phase.PAUSED, 0, True)
    traffic(life, versions[1], 10, 40)
    assert life.reached(rollout, Phase.WITHDRAWN).why.startswith("It failed 40 of 80 requests")


def test_without_evidence_it_ends_at_the_deadline_and_is_never_promoted(life: Life) -> None:
    versions, rollout = on_trial(life, stepped("quiet"))
    traffic(life, versions[0], 200)
    for _ in range(5):
        life.clock.forward(700)
        assert looks(life, rollout, 2).phase is Phase.SHIFTING
    life.clock.forward(700)
    after = life.reached(rollout, Phase.WITHDRAWN)
    assert after.why.startswith("The step had too little evidence until its deadline")
    assert live_number(life, "quiet") == 1
    assert [event.number for event in life.events(WentLive) if event.model == "quiet"] == [1]


def test_where_the_plan_says_hold_an_undecided_step_keeps_its_share_and_goes_on_with_evidence(life: Life) -> None:
    versions, rollout = on_trial(life, stepped("held", undecided="hold"))
    traffic(life, versions[1], 5)
    for _ in range(3):
        life.clock.forward(3700)
        held = looks(life, rollout, 2)
        assert (held.phase, held.step, held.share) == (Phase.SHIFTING, 0, 0.5)
    said = [event for event in life.events(RolloutMoved) if event.rollout == rollout.id and "undecided" in event.why]
    assert [event.outcome.judgement for event in said if event.outcome] == ["undecided"] * 3
    assert live_number(life, "held") == 1
    # What was asked before the deadline is evidence still.
    traffic(life, versions[1], 15)
    assert looks(life, rollout, 1).step == 1
    life["dana"].stop(rollout.id)
    life.reached(rollout, Phase.WITHDRAWN)


def test_where_the_plan_says_ask_an_undecided_step_waits_for_a_person(life: Life) -> None:
    versions, rollout = on_trial(life, stepped("asked", undecided="ask"))
    traffic(life, versions[1], 5)
    life.clock.forward(3700)
    paused = life.reached(rollout, Phase.PAUSED)
    asked, _, found = paused.why.partition(": ")
    assert asked == "The step is undecided at its deadline; somebody has to resume or stop it"
    assert found == "5 requests are too few to judge the failures."
    life.clock.forward(100_000)
    assert looks(life, rollout).phase is Phase.PAUSED
    life["dana"].resume(rollout.id)
    assert looks(life, rollout).phase is Phase.SHIFTING
    life["dana"].stop(rollout.id)
    assert life.reached(rollout, Phase.WITHDRAWN).outcomes[0].checks[0].judged.n == 5


def test_who_has_the_duty_is_asked_and_nobody_else(tmp_path: Path) -> None:
    with receiving() as receiver:
        channels = f'channels = ["pager"]\nwebhooks = {{ pager = "{receiver.url}" }}\n'
        with lived(tmp_path / "home", channels) as asking:
            _, rollout = on_trial(asking, stepped("pages", undecided="ask"))
            asking.clock.forward(3700)
            asking.reached(rollout, Phase.PAUSED)
            asking.look_until(lambda: receiver.events)
            looks(asking, rollout)
            asking["dana"].stop(rollout.id)
            asking.reached(rollout, Phase.WITHDRAWN)
        assert receiver.told(rollout.id) == [models.OWNER]
        (event,) = receiver.events
        assert (event["type"], event["subject"]) == ("lamplighter.rollout.asked.v1", f"pages/{rollout.id}")
        assert f"Safe action: lamp rollout stop {rollout.id}" in event["data"]["text"]


def test_requests_of_one_step_do_not_count_for_the_next(life: Life) -> None:
    """Although they were answered in the same second."""
    versions, rollout = on_trial(life, stepped("exact", each="0s"))
    traffic(life, versions[1], 25)
    second = looks(life, rollout, 1)
    assert second.step == 1
    traffic(life, versions[1], 25, at=second.stepped_at - 1)
    assert told(looks(life, rollout)) == [(50, "errors", "pass", 25), (100, "errors", "undecided", 0)]
    traffic(life, versions[1], 25, at=second.stepped_at)
    assert told(life.reached(rollout, Phase.COMPLETED))[1] == (100, "errors", "pass", 25)


def test_a_version_whose_scores_have_moved_is_taken_back(life: Life) -> None:
    versions, rollout = on_trial(life, stepped("moved", score_shift={"mean": 0.05}))
    traffic(life, versions[0], 150, score=0.4)
    traffic(life, versions[1], 100, score=0.5)
    after = life.reached(rollout, Phase.WITHDRAWN)
    assert after.why == "Its mean score differs by more than the tolerance."
    assert told(after) == [(50, "errors", "pass", 100), (50, "scores", "fail", 100)]
    (scores,) = [check.judged for check in after.outcomes[0].checks if check.guard == "scores"]
    assert [scores.challenger, scores.champion, scores.limit] == pytest.approx([0.5, 0.4, 0.05])
    withdrawing = [event.outcome for event in life.events(RolloutMoved) if event.rollout == rollout.id and event.outcome]
    assert withdrawing == list(after.outcomes)


def test_scores_of_one_version_alone_are_no_pass(life: Life) -> None:
    versions, rollout = on_trial(life, stepped("alone", each="0s", score_shift={"distance": 0.2}))
    traffic(life, versions[1], 200)
    assert looks(life, rollout).step == 0
    traffic(life, versions[0], 20)
    assert looks(life, rollout, 1).step == 1
    # Where only one version answers nothing can be compared, and nothing is.
    traffic(life, versions[1], 200, score=0.9)
    assert told(life.reached(rollout, Phase.COMPLETED))[2] == (100, "errors", "pass", 200)


def test_a_version_that_is_slower_than_the_live_one_is_taken_back(life: Life) -> None:
    versions, rollout = on_trial(life, stepped("slow", slower=2.0))
    traffic(life, versions[0], 300, duration=3_000)
    traffic(life, versions[1], 150, duration=40_000)
    after = life.reached(rollout, Phase.WITHDRAWN)
    assert after.why == "It answers more slowly than allowed."
    assert told(after)[1] == (50, "latency", "fail", 150)


def test_a_critical_model_does_not_come_into_production_without_a_guard(life: Life) -> None:
    unguarded = {"steps": [50, 100], "each": "0s", "least_requests": 0}
    version = life.version(models.critical("unguarded", steps=unguarded))
    with pytest.raises(Invalid, match="no guard") as refused:
        life["dana"].deploy(version.name, "prod")
    assert refused.value.code == "E1519"
    assert life["dana"].rollouts("unguarded") == []


def test_a_restart_neither_shortens_nor_repeats_the_time_of_a_step(life: Life) -> None:
    _, rollout = on_trial(life, stepped("restarted", least=0))
    life.clock.forward(20)
    baked = looks(life, rollout, 1).baked
    assert 20.0 <= baked < 25.0
    life.restart()
    # While nobody looks no time counts: the control plane was away.
    life.clock.forward(500)
    after = looks(life, rollout, 1)
    assert after.step == 0
    assert after.baked == pytest.approx(baked, abs=0.5)
    life.clock.forward(5)
    assert looks(life, rollout, 2).step == 0
    life.clock.forward(10)
    assert looks(life, rollout, 2).step == 1
    life["dana"].stop(rollout.id)
    life.reached(rollout, Phase.WITHDRAWN)


def test_a_version_that_cannot_be_loaded_gets_no_traffic(life: Life) -> None:
    versions = life.versions(stepped("damaged"), 2)
    life.live(versions[0])
    plan = versions[1].manifest.artifact("plan").digest
    file = next(life.settings.artifacts.rglob(plan))
    file.chmod(0o600)
    file.write_bytes(b"{}" + file.read_bytes())
    asked = life["dana"].deploy(versions[1].name, "prod").rollout
    assert asked is not None
    after = life.reached(asked, Phase.WITHDRAWN)
    assert after.why.startswith("It does not load:")
    assert live_number(life, "damaged") == 1
    shares = [event.share for event in life.events(RolloutMoved) if event.rollout == asked.id]
    assert set(shares) == {0.0}


def test_a_failing_live_version_is_rolled_back_where_the_policy_says_so(life: Life) -> None:
    steps = {"steps": [100], "each": "0s"}
    versions = life.versions(models.critical("falls", steps=steps), 2)
    for version in versions:
        life.appoint(version)
    life["ines"].roll_back("falls", "prod", 1)
    life["ines"].roll_back("falls", "prod", 2)
    life.clock.forward(90)
    traffic(life, versions[1], 60, 40)
    life.clock.forward(3)
    life.look_until(lambda: live_number(life, "falls") == 1)
    by = [entry.actor for entry in life.entries(RolledBack) if entry.event.model == "falls"]
    assert by[-1] == "platform@lamplighter"
    (incident,) = life["rita"].incidents("falls")
    life.look_until(lambda: life["rita"].incident(incident.id).state is State.MITIGATED)
    assert incident.finding.sentence == "40 of 100 requests failed in the last minute; v2 answers."
    # The version that is live now does well, so it stays.
    traffic(life, versions[0], 100)
    looks(life, life["dana"].rollouts()[0])
    assert live_number(life, "falls") == 1


def test_where_no_evidence_is_asked_for_a_rollout_says_what_it_rests_on(life: Life) -> None:
    versions, rollout = on_trial(life, stepped("unasked", least=0))
    (first,) = (one for one in life["dana"].rollouts("unasked") if one.id != rollout.id)
    loaded = "Every worker has loaded and verified it."
    assert first.why == f"{loaded} Nothing was live here before, so it takes all traffic at once."
    traffic(life, versions[1], 9, 1)
    life.clock.forward(40)
    chance = "It fails more requests than the limit so far, but that may be chance."
    assert looks(life, rollout, 1).why == f"{chance} The plan asks for no evidence here."
    life.clock.forward(40)
    after = life.reached(rollout, Phase.COMPLETED)
    assert after.why == f"{loaded} No request came meanwhile, and the plan asks for none here."


def test_where_the_policy_only_tells_the_failing_version_stays(life: Life) -> None:
    versions = life.versions(stepped("stays", each="0s", least=0), 2)
    for version in versions:
        life.live(version)
    life.clock.forward(90)
    traffic(life, versions[1], 60, 40)
    life.clock.forward(3)
    life.look_until(lambda: life["rita"].incidents("stays"))
    react(life)
    assert live_number(life, "stays") == 2
    assert [event for event in life.events(RolledBack) if event.model == "stays"] == []
    assert [event.holder for event in life.events(IncidentOpened) if event.model == "stays"] == ["ines@trains.example"]


def test_the_failing_live_version_goes_although_another_is_on_trial(life: Life) -> None:
    """The way back of a live version that fails is the version before it, not the end of somebody else's trial."""
    quick = {"steps": [50, 100], "each": "1h"}
    versions = life.versions(models.critical("both", steps=quick), 3)
    for version in versions:
        life.appoint(version, "dev")
        life.appoint(version, "staging")
    life.appoint(versions[0])
    life.appoint(versions[1])
    asked = life["dana"].deploy(versions[2].name, "prod").rollout
    assert asked is not None
    accept(life, versions[2])
    life.reached(asked, Phase.SHIFTING)
    life.clock.forward(90)
    traffic(life, versions[1], 60, 40)
    life.clock.forward(3)
    life.look_until(lambda: live_number(life, "both") == 1)
    assert life.reached(asked, Phase.WITHDRAWN).phase is Phase.WITHDRAWN
    (live,) = [one for one in life["rita"].status("both").live if one.environment == "prod"]
    assert (live.number, live.challenger, live.share) == (1, 0, 0.0)


def accept(life: Life, version: Version) -> None:
    """Both keys, once the requests of consumers have been replayed."""
    life.look_until(lambda: not life.replaying())
    life["bea"].sign(version.name, "prod", Side.BUSINESS, accepted=True)
    life["ines"].sign(version.name, "prod", Side.IT, accepted=True)


def test_a_rollback_to_a_number_ends_the_trial_for_good(life: Life) -> None:
    versions, rollout = on_trial(life, stepped("numbered", least=0), begun=3)
    life["ines"].stop(rollout.id)
    life.reached(rollout, Phase.WITHDRAWN)
    life.appoint(versions[1])
    again = life["dana"].deploy(versions[2].name, "prod").rollout
    assert again is not None
    life.reached(again, Phase.SHIFTING)
    assert life["ines"].roll_back("numbered", "prod", 1).now == 1
    life.clock.forward(100)
    assert life.reached(again, Phase.WITHDRAWN)
    looks(life, again)
    (live,) = life["rita"].status("numbered").live
    assert (live.number, live.challenger, live.share) == (1, 0, 0.0)


def test_no_gate_stands_in_the_way_back(life: Life) -> None:
    versions = life.versions(models.critical("back", steps={"steps": [100], "each": "0s"}), 2)
    for version in versions:
        life.appoint(version)
    # No key was turned and no level was gone through: the gates would not let it pass.
    assert not life["dana"].check(versions[0].name, "prod").passed
    back = life["ines"].roll_back("back", "prod")
    assert (back.before, back.now, live_number(life, "back")) == (2, 1, 1)


def test_a_group_that_was_killed_comes_back_with_what_is_live(life: Life) -> None:
    version = life.version(stepped("revived"))
    life.live(version)
    pid = int((life.settings.serving / "prod" / "serving.pid").read_text())
    os.killpg(pid, signal.SIGKILL)
    with life.kit.store.reading() as look:
        environment = look.environment("prod")
    until(lambda: not life.kit.target(environment).observe(environment).alive)
    life.clock.forward(3)
    life.look_until(lambda: version.digest in life.kit.target(environment).observe(environment).loaded)
