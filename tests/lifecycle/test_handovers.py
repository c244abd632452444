"""A handover: what is asked, what the receiver shows, and whose the duties and rights are before, between and after."""

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import event
from tests.lifecycle.handing import MODEL, RUNBOOK, project, shown, started, twice_live, word
from tests.lifecycle.lives import Life
from tests.lifecycle.receivers import Receiver
from tests.lifecycle.test_incidents import finding, found, react
from tests.lifecycle.test_responding import tick
from tests.sdk.cast import address

from lamplighter.domain.errors import Blocked, Conflict, Invalid, LampError, NotAllowed, NotFound, Unavailable
from lamplighter.domain.events.handover import HandoverAccepted, HandoverEnded, HandoverShown, HandoverStarted
from lamplighter.domain.events.routing import RolledBack
from lamplighter.domain.handover import STAGES, Drill, State
from lamplighter.domain.handover_rule import HandoverRule
from lamplighter.domain.owners import Holder
from lamplighter.domain.stage import Duty
from lamplighter.domain.version import Version
from lamplighter.lifecycle import judging, rehearsal

DAY = 86_400.0


@pytest.fixture
def versions(told: Life) -> list[Version]:
    return twice_live(told)


@pytest.fixture
def recorded(told: Life) -> list[Version]:
    """The same by the record only, without any process."""
    versions = told.versions(project(), 2)
    for version in versions:
        told.appoint(version)
        with told.kit.store.transaction() as change:
            place = change.environment("prod")
            made = judging.judge(told.kit, change, version, place, told.actor("dana"))
            judging.write_down(told.kit, change, made, told.actor("dana"))
    return versions


def refused(life: Life, kind: type[LampError], verb: Callable[..., object], *words: Any, **named: Any) -> tuple[str, str]:
    """The code and the reason with which a verb is refused."""
    with pytest.raises(kind) as caught:
        verb(*words, **named)
    return caught.value.code, caught.value.why


def accepted(life: Life, receiver: Receiver) -> str:
    key = started(life).id
    shown(life, receiver, key)
    life["ines"].accept_handover(key)
    return key


def live(life: Life, environment: str) -> tuple[int, int]:
    """The version that is live there, and the one that a rollback would return to."""
    with life.kit.store.reading() as look:
        found = look.routings.of(MODEL, environment)
    return found.champion.number if found.champion else 0, found.previous.number if found.previous else 0


def rule(life: Life, **changes: Any) -> None:
    """Change what the rule book asks of handovers."""
    life.kit.policy = msgspec.structs.replace(life.kit.policy, handover=HandoverRule(**changes))


def holder(life: Life, duty: Duty) -> tuple[str, str, str]:
    found = life["rita"].status(MODEL).ownership.of(duty)
    return found.accountable, found.holder, found.deputy


def test_what_can_be_known_is_filled_in_and_the_rest_is_asked(told: Life, recorded: list[Version]) -> None:
    seen = told["dana"].foretell_handover(MODEL, "@it-ops")
    assert [(one.name, one.needed) for one in seen.questions] == [("runbook", True), ("limits", False), ("hand_back", False)]
    assert (seen.handover.giver, seen.handover.receiver, seen.handover.stages) == (address("dana"), "@it-ops", STAGES)
    checks = {check.name: check for check in seen.checks}
    assert list(checks) == [
        "version",
        "way-back",
        "runbook",
        "alerts",
        "dependencies",
        "open-work",
        "access",
        "rollback",
        "page",
    ]
    assert [name for name, check in checks.items() if not check.passed] == ["runbook", "access", "rollback", "page"]
    facts = {(check.name, fact.name): fact.value for check in seen.checks for fact in check.facts}
    assert facts["version", "version"] == f"{MODEL}@2, {recorded[1].digest[:12]}"
    assert facts["way-back", "command"] == f"lamp rollback {MODEL} --env prod"
    assert facts["alerts", "to"] == f"{address('ines')}, then {address('ivo')}"
    assert facts["alerts", "through"] == "pager"
    assert facts["dependencies", "timetable"] == f"{address('dana')}, at most 1d old"
    assert facts["runbook", "questions"] == f"{address('dana')}, then {address('milo')}"
    assert refused(told, Invalid, told["dana"].start_handover, MODEL, "@it-ops")[0] == "E1178"
    assert refused(told, NotFound, told["dana"].start_handover, MODEL, "@it-ops", {**RUNBOOK, "why": "x"})[0] == "E1201"
    answers = {**RUNBOOK, "limits": "It has never seen snow.", "hand_back": "The stations change."}
    made = told["dana"].handover(told["dana"].start_handover(MODEL, "@it-ops", answers).id)
    assert [check.name for check in made.checks if not check.passed] == ["access", "rollback", "page"]
    assert made.handover.conditions[-1] == "The stations change."
    filled, total = made.filled
    assert len(seen.questions) <= 4
    assert filled / total >= 0.8
    (event,) = told.events(HandoverStarted)
    assert (event.handover, event.giver, event.receiver, event.answers) == (
        made.handover.id,
        address("dana"),
        "@it-ops",
        answers,
    )


def test_whoever_has_the_duty_hands_over_and_only_once_and_to_others(told: Life, recorded: list[Version]) -> None:
    start = told["dana"].start_handover
    assert refused(told, NotAllowed, told["ada"].start_handover, MODEL, "@it-ops", RUNBOOK)[0] == "E1334"
    assert refused(told, NotFound, start, MODEL, "@it-opps", RUNBOOK)[0] == "E1201"
    assert refused(told, Invalid, start, MODEL, address("dana"), RUNBOOK)[0] == "E1292"
    told["dana"].save_project(MODEL, project(owners={"deployment": {"first": address("dana"), "then": "@others"}}))
    assert refused(told, Invalid, start, MODEL, "@it-ops", RUNBOOK) == (
        "E1292", "lamp.toml names @others as the next owner of its deployment."
    )  # fmt: skip
    told["dana"].save_project(MODEL, project())
    key = started(told).id
    assert refused(told, Conflict, start, MODEL, "@it-ops", RUNBOOK) == ("E1538", f"{key} asks @it-ops for it.")


def test_nothing_is_handed_over_before_it_is_live(life: Life) -> None:
    life.version(project())
    assert refused(life, Blocked, started, life)[0] == "E1417"


def test_a_receiver_that_carries_too_much_is_refused_with_figures(told: Life, recorded: list[Version]) -> None:
    key = started(told).id
    told["dana"].refuse_handover(key, "Later.")
    found(told, finding(recorded[1]))
    told["dana"].resolve(told["dana"].incidents(MODEL)[0].id)
    rule(told, pages_per_week=0.1)
    assert refused(told, Blocked, started, told) == (
        "E1415", "With it pages a week: 0.25, and 0.2 can be carried, for 2 people who are here.",
    )  # fmt: skip
    rule(told, models=0)
    assert refused(told, Blocked, started, told)[1].startswith("With it models: 1, and 0 can be carried")
    rule(told)
    (load, *_) = told["rita"].loads()
    assert (load.party, load.models, load.pages_per_week) == (address("dana"), 1, 0.25)


def test_only_the_receiver_shows_and_accepts_and_not_before_everything_is_shown(
    told: Life, receiver: Receiver, versions: list[Version]
) -> None:
    key = started(told).id
    for person in ("dana", "milo", "rita"):
        for drill in Drill:
            assert refused(told, NotAllowed, told[person].drill_handover, key, drill)[0] == "E1334"
        assert refused(told, NotAllowed, told[person].accept_handover, key)[0] == "E1334"
    assert refused(told, Blocked, told["ines"].accept_handover, key)[1].count("Nobody has shown it yet.") == 3
    told["ines"].drill_handover(key, Drill.ACCESS)
    told["ines"].drill_handover(key, Drill.PAGE)
    told["ivo"].answer_page(key, word(receiver))
    code, why = refused(told, Blocked, told["ivo"].accept_handover, key)
    assert (code, why) == ("E1416", "rollback: Nobody has shown it yet.")
    told["ivo"].drill_handover(key, Drill.ROLLBACK)
    done = told["ivo"].accept_handover(key)
    assert (done.state, done.accepted_by) == (State.ACCEPTED, address("ivo"))
    assert all(check.passed for check in done.checks)
    assert [(one.drill, one.person, one.passed) for one in told.events(HandoverShown)] == [
        ("access", address("ines"), True), ("page", address("ivo"), True), ("rollback", address("ivo"), True)
    ]  # fmt: skip


def test_the_rollback_is_a_real_one_where_no_customer_calls_and_leaves_nothing_behind(
    told: Life, receiver: Receiver, versions: list[Version]
) -> None:
    key = started(told).id
    proof = told["ines"].drill_handover(key, Drill.ROLLBACK).proof(Drill.ROLLBACK)
    assert proof is not None
    assert proof.passed
    assert 0.0 < proof.seconds < 30.0
    facts = {fact.name: fact.value for fact in proof.facts}
    assert (facts["where"], facts["from"]) == ("staging", "v2")
    assert facts["to"] == "v1, which answered 10 of 10 requests afterwards"
    (returned,) = told.entries(RolledBack)
    assert (returned.actor, returned.event) == (
        address("ines"),
        RolledBack(
            model=MODEL, environment="staging", number=1, version=versions[0].digest, previous=2, why=f"practised for {key}"
        ),
    )
    assert (live(told, "staging"), live(told, "prod")) == ((0, 0), (2, 1))


def test_a_rollback_that_takes_too_long_shows_nothing(told: Life, versions: list[Version]) -> None:
    key = started(told).id
    rule(told, rollback_within="1s")
    event.listen(told.kit.store.engine, "commit", lambda _: told.clock.forward(2.0))
    proof = told["ines"].drill_handover(key, Drill.ROLLBACK).proof(Drill.ROLLBACK)
    assert proof is not None
    assert not proof.passed
    assert proof.why.endswith("and 1 s are allowed.")
    assert "rollback: It took" in refused(told, Blocked, told["ines"].accept_handover, key)[1]


@pytest.mark.parametrize("waits", [False, True])
def test_a_drill_that_is_cut_off_is_put_right(told: Life, versions: list[Version], waits: bool) -> None:
    told.live(versions[0], "staging")
    key = started(told).id
    seen = iter(range(2))

    def cut_off(_: object) -> None:
        if next(seen, None) is None:
            raise RuntimeError("the power is gone")

    event.listen(told.kit.store.engine, "commit", cut_off)
    with pytest.raises(RuntimeError):
        told["ines"].drill_handover(key, Drill.ROLLBACK)
    event.remove(told.kit.store.engine, "commit", cut_off)
    assert live(told, "staging") == (2, 1)
    rehearsal.put_right(told.kit)
    assert live(told, "staging") == (2, 1)
    if waits:
        told.clock.forward(301)
        rehearsal.put_right(told.kit)
    else:
        told["ines"].drill_handover(key, Drill.ROLLBACK)
    assert live(told, "staging") == (1, 0)
    assert told["ines"].handover(key).handover.aside is None


def test_a_test_page_counts_if_its_word_comes_back_in_time(told: Life, receiver: Receiver, recorded: list[Version]) -> None:
    key = started(told).id
    assert refused(told, Conflict, told["ines"].answer_page, key, "abcdef")[0] == "E1526"
    told["ivo"].drill_handover(key, Drill.PAGE)
    (page,) = [event for event in receiver.events if event["type"] == "lamplighter.handover.tested.v1"]
    assert page["data"]["person"] == address("ines")
    sent = told["rita"].handover(key).handover.page
    assert sent is not None
    assert word(receiver) not in msgspec.json.encode(told["rita"].handover(key)).decode()
    assert refused(told, Invalid, told["ines"].answer_page, key, "no")[0] == "E1293"
    told.clock.forward(16 * 60)
    late = told["ines"].answer_page(key, word(receiver)).proof(Drill.PAGE)
    assert late is not None
    assert not late.passed
    assert late.why == "It was answered after 960 s, and 900 s are allowed."
    told["ivo"].drill_handover(key, Drill.PAGE)
    proof = told["ines"].answer_page(key, f" {word(receiver).upper()} ").proof(Drill.PAGE)
    assert proof is not None
    assert proof.passed
    receiver.status = 500
    assert refused(told, Unavailable, told["ines"].drill_handover, key, Drill.PAGE)[0] == "E1761"


def test_rights_move_with_the_duties_and_what_takes_knowledge_stays(
    told: Life, receiver: Receiver, versions: list[Version]
) -> None:
    dana, ines = address("dana"), address("ines")
    third = told.version(project(), threshold=0.7)
    assert holder(told, Duty.DEPLOY) == (dana, dana, address("milo"))
    key = accepted(told, receiver)
    for duty in (Duty.DEPLOY, Duty.ROLL_BACK, Duty.RETIRE):
        assert holder(told, duty) == ("@it-ops", ines, address("ivo"))
    for duty in (Duty.MONITOR_FUNCTIONAL, Duty.RETRAIN, Duty.DESIGN):
        assert holder(told, duty) == (dana, dana, address("milo"))
    since = f"The duty is @it-ops's since the handover {key}."
    for person in ("dana", "milo"):
        assert refused(told, NotAllowed, told[person].deploy, third.name, "prod") == ("E1330", since)
        assert refused(told, NotAllowed, told[person].roll_back, MODEL, "prod") == ("E1333", since)
    assert told["dana"].deploy(third.name, "staging").rollout is not None
    asked = told["ines"].deploy(third.name, "prod").rollout
    assert asked is not None
    assert refused(told, NotAllowed, told["dana"].stop, asked.id) == ("E1333", since)
    told["ivo"].stop(asked.id)
    assert told["ivo"].roll_back(MODEL, "prod").now == 1
    (event,) = told.events(HandoverAccepted)
    assert (event.person, event.giver, event.receiver) == (ines, dana, "@it-ops")


def test_the_giver_cannot_take_the_rights_back_by_writing_the_project(
    told: Life, receiver: Receiver, versions: list[Version]
) -> None:
    accepted(told, receiver)
    own = {"deployment": Holder(first=address("milo"), deputy=address("dana")), "deputy": address("dana")}
    told["dana"].save_project(MODEL, project(owners=msgspec.to_builtins(own)))
    for person in ("dana", "milo"):
        assert refused(told, NotAllowed, told[person].roll_back, MODEL, "prod")[0] == "E1333"
    assert holder(told, Duty.DEPLOY)[0] == "@it-ops"


def test_in_the_co_own_window_the_giver_is_paged_next_and_may_then_go_back(
    told: Life, receiver: Receiver, versions: list[Version]
) -> None:
    key = accepted(told, receiver)
    seen = told["rita"].handover(key)
    assert seen.paged == f"{address('ines')} is paged, then {address('dana')} if nobody answers in time."
    incident = found(told, finding(versions[1]))
    assert receiver.told(incident.id) == [address("ines")]
    assert refused(told, NotAllowed, told["dana"].roll_back, MODEL, "prod")[0] == "E1333"
    tick(told, 8 * 3600 + 60)
    assert receiver.told(incident.id) == [address("ines"), address("dana")]
    assert told["dana"].roll_back(MODEL, "prod").now == 1


def test_after_the_window_the_receiver_is_alone(told: Life, receiver: Receiver, versions: list[Version]) -> None:
    key = accepted(told, receiver)
    told.clock.forward(14 * DAY + 1)
    assert told["rita"].handover(key).paged == f"{address('ines')} is paged, then {address('ivo')} if nobody answers in time."
    incident = found(told, finding(versions[1]))
    tick(told, 8 * 3600 + 60)
    assert receiver.told(incident.id) == [address("ines"), address("ivo")]
    code, _ = refused(told, Conflict, told["ines"].return_handover, key, "A page needs knowledge of the model.")
    assert code == "E1527"


def test_within_the_window_it_is_handed_back_in_one_step(told: Life, receiver: Receiver, versions: list[Version]) -> None:
    key = accepted(told, receiver)
    assert refused(told, NotAllowed, told["dana"].return_handover, key, "Mine.")[0] == "E1334"
    assert refused(told, Invalid, told["ines"].return_handover, key, " ")[0] == "E1177"
    done = told["ines"].return_handover(key, "A page needs knowledge of the model: I-1.")
    assert (done.state, done.reason) == (State.HANDED_BACK, "A page needs knowledge of the model: I-1.")
    assert holder(told, Duty.DEPLOY)[0] == address("dana")
    assert told["dana"].roll_back(MODEL, "prod").now == 1
    (event,) = told.events(HandoverEnded)
    assert (event.state, event.owner) == ("handed-back", address("dana"))
    again = started(told)
    assert again.follows == ""


def test_it_is_refused_with_a_reason_or_withdrawn_and_nothing_moves(
    told: Life, receiver: Receiver, recorded: list[Version]
) -> None:
    first = started(told).id
    assert refused(told, Invalid, told["ines"].refuse_handover, first, "")[0] == "E1177"
    assert refused(told, NotAllowed, told["rita"].refuse_handover, first, "No.")[0] == "E1334"
    assert told["ines"].refuse_handover(first, "We have nobody at night.").state is State.REFUSED
    assert refused(told, Conflict, told["ines"].accept_handover, first)[0] == "E1524"
    assert refused(told, Conflict, told["ines"].drill_handover, first, Drill.ACCESS)[0] == "E1524"
    second = started(told).id
    assert told["dana"].refuse_handover(second, "Not yet.").state is State.WITHDRAWN
    assert holder(told, Duty.DEPLOY)[0] == address("dana")
    assert told["rita"].handovers(MODEL) == []
    assert [one.id for one in told["rita"].handovers(MODEL, closed=True)] == [second, first]


def test_both_sides_talk_and_the_other_one_is_told(told: Life, receiver: Receiver, versions: list[Version]) -> None:
    key = started(told).id
    told["ivo"].discuss_handover(key, "Who knows the feed?")
    assert refused(told, NotAllowed, told["rita"].discuss_handover, key, "I read along.")[0] == "E1334"
    told["dana"].discuss_handover(key, "I do.")
    assert [(one.person, one.text) for one in told["rita"].handover(key).handover.words] == [
        (address("ivo"), "Who knows the feed?"), (address("dana"), "I do.")
    ]  # fmt: skip
    shown(told, receiver, key)
    told["ines"].accept_handover(key)
    told["ivo"].return_handover(key, "The feed is odd.")
    react(told)
    news = [
        (one["type"].removeprefix("lamplighter.handover.").removesuffix(".v1"), one["data"]["person"])
        for one in receiver.of(key)
    ]
    assert news == [
        ("tested", address("ines")), ("started", address("ines")), ("discussed", address("dana")),
        ("discussed", address("ines")), ("answered", ""), ("accepted", address("dana")), ("returned", address("dana")),
    ]  # fmt: skip


def test_the_receiver_hands_on_and_back(told: Life, receiver: Receiver, versions: list[Version]) -> None:
    first = accepted(told, receiver)
    told.clock.forward(15 * DAY)
    assert refused(told, NotAllowed, told["dana"].start_handover, MODEL, address("bea"), RUNBOOK)[0] == "E1334"
    second = told["ines"].start_handover(MODEL, address("bea"), RUNBOOK)
    assert (second.giver, second.follows, second.knows) == ("@it-ops", first, address("dana"))
    shown(told, receiver, second.id, person="bea")
    told["bea"].accept_handover(second.id)
    assert told["rita"].handover(first).handover.state is State.PASSED_ON
    assert holder(told, Duty.DEPLOY)[0] == address("bea")
    assert holder(told, Duty.MONITOR_FUNCTIONAL)[0] == address("dana")
    told["bea"].return_handover(second.id, "I am alone at night.")
    assert told["rita"].handover(first).handover.state is State.ACCEPTED
    assert holder(told, Duty.DEPLOY)[0] == "@it-ops"


def test_of_two_who_accept_at_once_one_does(told: Life, receiver: Receiver, versions: list[Version]) -> None:
    key = started(told).id
    shown(told, receiver, key)

    def accept(person: str) -> str:
        try:
            return told[person].accept_handover(key).accepted_by
        except Conflict as error:
            return error.code

    with ThreadPoolExecutor(2) as both:
        done = sorted(both.map(accept, ("ines", "ivo")))
    assert len(told.events(HandoverAccepted)) == 1
    assert done[0] in ("E1501", "E1524")
    assert done[1] == told.events(HandoverAccepted)[0].person


def test_a_kill_in_the_middle_of_accepting_leaves_before_or_after(
    told: Life, receiver: Receiver, versions: list[Version]
) -> None:
    key = started(told).id
    shown(told, receiver, key)
    command = [sys.executable, "-m", "tests.lifecycle.killed_acceptance", str(told.settings.home), key, address("ines")]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    runs = [tuple(run) for run in json.loads(done.stdout)]
    assert len(runs) > 3
    dana, ines = address("dana"), address("ines")
    before = ("open", dana, dana, False)
    after = ("accepted", ines, ines, True)
    assert set(runs[:-1]) == {before}
    assert runs[-1] == after


def test_a_hand_over_that_is_late_waits_for_whoever_gives_it(told: Life) -> None:
    promised = {"first": address("dana"), "then": "@it-ops", "after": "14d"}
    found_one = project(owners={**dict.fromkeys(("design", "industrialization"), address("dana")), "deployment": promised,
                                "monitoring": promised, "management": address("dana")})  # fmt: skip
    version = told.version(found_one)
    told.live(version)
    assert told["dana"].fleet(needs="me").total == 0
    told.clock.forward(14 * DAY + 1)
    (due,) = told["rita"].due_handovers()
    assert (due.model, due.giver, due.receiver) == (MODEL, address("dana"), "@it-ops")
    (row,) = told["dana"].fleet(needs="me").rows
    assert (row.needs, row.yours) == (address("dana"), True)
    assert "Its handover to @it-ops was due" in row.sentence
    key = started(told)
    assert key.stages == STAGES[:2]
    assert told["rita"].due_handovers() == []
    assert told["dana"].fleet(needs="me").total == 0
    (asked,) = told["ivo"].fleet(needs="me").rows
    assert asked.needs == "@it-ops"
