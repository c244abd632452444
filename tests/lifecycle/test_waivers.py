"""Waivers: who may take on what, what they cover, what they never cover, and what happens when they are over."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.domain import specimens
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.receivers import Receiver
from tests.lifecycle.test_acceptance import accept, acceptance, asked, decided, look
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.acceptance import Side
from lamplighter.domain.decision import Decision, Refused, Undecided, Verdict, Waived
from lamplighter.domain.errors import LampError
from lamplighter.domain.events.waiver import (
    WaiverAnnounced,
    WaiverEnded,
    WaiverEndsSoon,
    WaiverGiven,
    WaiverLapsed,
    WaiverSettled,
)
from lamplighter.domain.identity import Role
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.stage import Aspect, Status
from lamplighter.domain.version import Version
from lamplighter.domain.waiver import NEVER, Waiver
from lamplighter.lifecycle import lapsing
from lamplighter.sdk.answers import Facts

#: What reads and writes in ways of its own; the other rules are the same code on either.
on_each_database = pytest.mark.usefixtures("on_each_database")

MODEL = "taken-on"
DAY = 86_400
WHY = "The desk looks at every warning by hand until the new timetable."


@pytest.fixture
def version(life: Life) -> Version:
    """A version of the strictest tier that says nothing true, and has been at every level but the last."""
    return ready(life)


def ready(life: Life) -> Version:
    version = life.version(models.critical(MODEL), blind=True)
    for environment in ("dev", "staging"):
        life.appoint(version, environment)
    return version


def waive(life: Life, version: Version, person: str = "rita", gate: str = "performance", days: int = 30) -> Waiver:
    return life[person].waive(version.name, "prod", gate, days, WHY)


def said(decision: Decision, gate: str = "performance") -> Verdict:
    return next(one.verdict for one in decision.judgements if one.gate == gate)


def cleared(life: Life, version: Version) -> Rollout:
    """The rollout that both keys have cleared."""
    rollout = asked(life, version)
    accept(life, version, "bea", Side.BUSINESS)
    accept(life, version, "ines", Side.IT)
    after = look(life, rollout)
    assert after.phase is Phase.PENDING
    return after


def refusal(code: str) -> pytest.RaisesExc[LampError]:
    return pytest.RaisesExc(LampError, check=lambda error: error.code == code)


@on_each_database
def test_a_gate_that_somebody_took_on_holds_nothing_up_and_is_no_pass(life: Life, version: Version) -> None:
    before = said(life["dana"].deploy(version.name, "prod").decision)
    assert isinstance(before, Refused)
    given = waive(life, version)
    assert (given.id, given.found, given.person, given.role, given.nth) == ("W-1", before.why, address("rita"), Role.RISK, 1)
    assert given.until - given.opened_at == 30 * DAY * 1_000_000
    rollout = cleared(life, version)
    decision = decided(life, rollout)
    verdict = said(decision)
    assert isinstance(verdict, Waived)
    assert (verdict.waiver, verdict.found, verdict.until) == ("W-1", before.why, given.until)
    assert before.why in verdict.why
    assert WHY in verdict.why
    assert (decision.passed, decision.waivers) == (True, ("W-1",))
    (event,) = life.events(WaiverGiven)
    assert (event.gate, event.found, event.person, event.why) == ("performance", before.why, address("rita"), WHY)


def test_a_dry_run_and_a_check_show_it(life: Life, version: Version) -> None:
    waive(life, version)
    for decision in (life["dana"].foretell(version.name, "prod").decision, life["dana"].check(version.name, "prod")):
        assert isinstance(said(decision), Waived)
    assert life["rita"].version(version.name, "prod").waivers == tuple(life["rita"].waivers(MODEL).waivers)


@pytest.mark.parametrize("gate", sorted(NEVER))
def test_integrity_is_never_waived(life: Life, version: Version, gate: str) -> None:
    with refusal("E1420"):
        waive(life, version, gate=gate)
    assert life["rita"].waivers(closed=True).waivers == ()


@pytest.mark.parametrize("gate", ["parity", "acceptance"])
def test_integrity_is_not_waived_by_what_is_on_record_either(life: Life, version: Version, gate: str) -> None:
    """A waiver that came to be by another way than the verb is judged all the same, under a rule book that would allow it."""
    life["dana"].add_evidence(
        version.name, Facts(kind="parity", facts={"rows": 1200, "largest_difference": 0.5, "changed_decisions": 3})
    )
    found = said(life["dana"].check(version.name, "prod"), gate)
    open_tiers = [
        msgspec.structs.replace(tier, waivers=msgspec.structs.replace(tier.waivers, gates=tuple(NEVER)))
        for tier in life.kit.policy.tier
    ]
    life.kit.policy = msgspec.structs.replace(life.kit.policy, tier=tuple(open_tiers))
    with life.kit.store.transaction() as change:
        one = specimens.waiver(model=MODEL, version=version.digest, number=version.number, gate=gate, found=found.why)
        change.waivers.add(msgspec.structs.replace(one, opened_at=life.clock.now(), until=2**52))
    assert isinstance(said(life["dana"].check(version.name, "prod"), gate), Refused | Undecided)


def test_it_covers_what_was_found_and_nothing_else(life: Life, version: Version) -> None:
    waive(life, version)
    worse = {"figures": {"": {"auc": {"value": 0.2, "low": 0.19, "high": 0.21, "n": 1200}}}}
    life["dana"].add_evidence(version.name, Facts(kind="performance", facts=worse))
    assert isinstance(said(life["dana"].check(version.name, "prod")), Refused)
    assert not life["dana"].check(version.name, "staging").passed, "nor another environment"
    other = life.version(models.critical(MODEL), blind=True, threshold=0.6)
    assert isinstance(said(life["dana"].check(other.name, "prod")), Refused), "nor another version"


def test_the_author_gives_none_and_neither_does_a_role_that_the_rule_book_does_not_name(life: Life) -> None:
    version = life.version(models.critical(MODEL), blind=True)
    for person in ("bea", "ines"):
        with refusal("E1340"):
            waive(life, version, person)
    mild = models.project("taken-on-by-ada")
    life["dana"].save_project(mild.name, mild)
    own = life["ada"].register(mild.name, msgspec.structs.replace(version.manifest, model=mild.name), [])
    with refusal("E1340") as refused:
        life["ada"].waive(own.name, "prod", "load_check", 30, WHY)
    assert "your own version" in refused.value.what
    assert life["bea"].waive(own.name, "prod", "load_check", 30, WHY).role is Role.BUSINESS


@pytest.mark.parametrize(
    ("gate", "days", "why", "code"),
    [
        ("performance", 31, WHY, "E1271"),
        ("performance", 0, WHY, "E1271"),
        ("performance", 30, "  ", "E1271"),
        ("brief", 30, WHY, "E1594"),
        ("challenger", 30, WHY, "E1594"),
        ("fairnes", 30, WHY, "E1201"),
    ],
)
def test_what_is_no_waiver_is_refused(life: Life, version: Version, gate: str, days: int, why: str, code: str) -> None:
    with pytest.raises(LampError) as refused:
        life["rita"].waive(version.name, "prod", gate, days, why)
    assert refused.value.code == code
    assert life["rita"].waivers(closed=True).waivers == ()


def test_a_gate_that_the_tier_does_not_open_is_not_waived(life: Life, version: Version) -> None:
    life["dana"].add_evidence(version.name, Facts(kind="performance", facts={}))
    life["dana"].save_project(MODEL, models.critical(MODEL, source=[]))
    with refusal("E1420") as refused:
        waive(life, version, gate="sources")
    assert "data_checks, load_check, performance, robustness, fairness, challenger" in refused.value.why


@on_each_database
def test_the_same_is_not_waived_twice_and_what_is_given_again_is_counted(life: Life, version: Version) -> None:
    waive(life, version)
    with refusal("E1595"):
        waive(life, version)
    life.clock.forward(31 * DAY)
    assert waive(life, version).nth == 2
    counts = life["rita"].waivers(MODEL, closed=True)
    assert [one.id for one in counts.waivers] == ["W-2", "W-1"]
    assert {team: (one.in_force, one.over, one.given) for team, one in counts.teams.items()} == {address("dana"): (1, 1, 2)}
    assert life["rita"].fleet().waivers == 2


def test_words_given_before_it_do_not_hold_and_say_so(life: Life, version: Version) -> None:
    life["bea"].sign(version.name, "prod", Side.BUSINESS, True)
    waive(life, version)
    rollout = asked(life, version)
    assert f"{address('bea')} accepted before waivers changed." in acceptance(decided(life, rollout)).why


class TestTheEnd:
    """What is declared for it really happens."""

    def test_a_rollout_that_rests_on_it_is_held_until_it_is_waived_again(self, life: Life, version: Version) -> None:
        waive(life, version)
        rollout = cleared(life, version)
        life.clock.forward(31 * DAY)
        held = look(life, rollout)
        assert held.hold is not None
        assert (held.phase, held.hold.rule, held.hold.by_calendar) == (Phase.PENDING, "waiver W-1", False)
        assert life["dana"].declare_emergency(version.name, "prod", "It cannot wait.").rollout is None
        assert look(life, rollout).phase is Phase.PENDING
        waive(life, version)
        after = look(life, rollout)
        assert (after.hold, after.phase) == (None, Phase.STARTING)

    def test_nothing_new_is_let_in_on_it(self, life: Life, version: Version) -> None:
        waive(life, version)
        life.clock.forward(31 * DAY)
        answer = life["dana"].deploy(version.name, "prod")
        assert answer.rollout is None
        assert isinstance(said(answer.decision), Refused)

    @pytest.fixture
    def paged(self, tmp_path: Path, receiver: Receiver) -> Iterator[Life]:
        """A platform with a channel that no project names."""
        with lived(tmp_path / "paged", f'webhooks = {{ pager = "{receiver.url}" }}\n') as life:
            yield life

    def test_whoever_owns_the_model_and_the_deputy_are_told_once_and_it_is_on_watch(
        self, paged: Life, receiver: Receiver
    ) -> None:
        version = ready(paged)
        waive(paged, version)
        paged.appoint(version)
        lapsing.watch(paged.kit)
        assert paged.events(WaiverLapsed) == []
        assert paged["rita"].status(MODEL).status[Aspect.GOVERNANCE] is Status.HEALTHY
        paged.clock.forward(31 * DAY)
        paged.look_until(lambda: len(receiver.told("W-1")) == 2)
        assert sorted(receiver.told("W-1")) == [address("dana"), address("milo")]
        assert WHY in receiver.of("W-1")[0]["data"]["text"]
        state = paged["rita"].status(MODEL)
        assert (state.status[Aspect.GOVERNANCE], [one.calls for one in state.waivers]) == (Status.WATCH, [True])
        lapsing.watch(paged.kit)
        assert [event.person for event in paged.events(WaiverAnnounced)] == [address("dana"), address("milo")]
        assert len(paged.events(WaiverLapsed)) == 1

    def test_whoever_gave_it_and_the_owner_are_told_once_a_week_before(self, told: Life, receiver: Receiver) -> None:
        version = ready(told)
        one = waive(told, version)
        told.appoint(version)
        told.clock.forward(22 * DAY)
        lapsing.remind(told.kit)
        assert told.events(WaiverEndsSoon) == []
        told.clock.forward(1.1 * DAY)
        told.look_until(lambda: len(receiver.told("W-1")) == 2)
        assert sorted(receiver.told("W-1")) == [address("dana"), address("rita")]
        (first, _) = receiver.of("W-1")
        assert first["type"] == "lamplighter.waiver.ends-soon.v1"
        assert WHY in first["data"]["text"]
        lapsing.remind(told.kit)
        assert [(event.person, event.until) for event in told.events(WaiverEndsSoon)] == [
            (address("rita"), one.until),
            (address("dana"), one.until),
        ]

    def test_of_a_short_one_they_are_told_when_half_of_it_has_passed(self, life: Life, version: Version) -> None:
        waive(life, version, days=4)
        life.appoint(version)
        for passed, told in ((1.9, 0), (0.2, 2)):
            life.clock.forward(passed * DAY)
            lapsing.remind(life.kit)
            assert len(life.events(WaiverEndsSoon)) == told

    def test_nobody_is_told_that_one_ends_on_which_nothing_rests(self, life: Life, version: Version) -> None:
        waive(life, version)
        life.clock.forward(29 * DAY)
        lapsing.remind(life.kit)
        assert life.events(WaiverEndsSoon) == []

    @pytest.mark.parametrize("way", ["waived again", "another version", "better evidence"])
    def test_it_is_over_once_nothing_rests_on_it(self, life: Life, version: Version, way: str) -> None:
        waive(life, version)
        life.appoint(version)
        life.clock.forward(31 * DAY)
        lapsing.watch(life.kit)
        assert [one.id for one in life["rita"].waivers(MODEL).waivers] == ["W-1"]
        if way == "waived again":
            waive(life, version)
        elif way == "another version":
            life.appoint(life.version(models.critical(MODEL)))
        else:
            better = life.version(models.critical(MODEL), threshold=0.6)
            with life.kit.store.reading() as store:
                facts = store.evidence.newest(better.digest)["performance"].facts
            life["dana"].add_evidence(version.name, Facts(kind="performance", facts=facts))
        lapsing.watch(life.kit)
        assert [one.id for one in life["rita"].waivers(MODEL).waivers] == (["W-2"] if way == "waived again" else [])
        assert [event.waiver for event in life.events(WaiverSettled)] == ["W-1"]

    def test_nobody_is_told_where_nothing_rests_on_it(self, life: Life, version: Version) -> None:
        waive(life, version)
        life.clock.forward(31 * DAY)
        lapsing.watch(life.kit)
        assert (len(life.events(WaiverLapsed)), life.events(WaiverAnnounced)) == (1, [])
        assert life["rita"].waivers(MODEL).waivers == ()

    def test_it_comes_early_where_somebody_ends_it(self, life: Life, version: Version) -> None:
        waive(life, version)
        life.appoint(version)
        with refusal("E1340"):
            life["ines"].end_waiver("W-1", "We were wrong.")
        ended = life["rita"].end_waiver("W-1", "The desk has no hands left.")
        assert (ended.ended_by, ended.end_why) == (address("rita"), "The desk has no hands left.")
        assert isinstance(said(life["dana"].check(version.name, "prod")), Refused)
        lapsing.watch(life.kit)
        assert [event.person for event in life.events(WaiverAnnounced)] == [address("dana"), address("milo")]
        assert [event.why for event in life.events(WaiverEnded)] == ["The desk has no hands left."]
        with refusal("E1596"):
            life["rita"].end_waiver("W-1", "Once more.")
