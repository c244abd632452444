"""Emergencies: who may pass what, who is told, who looks afterwards, and what waits until somebody has."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lifecycle.calendars import DAY, frozen_life
from tests.lifecycle.lives import Life, advance
from tests.lifecycle.receivers import Receiver
from tests.lifecycle.test_acceptance import MODEL, accept, acceptance, look
from tests.lifecycle.test_rollouts import on_trial, stepped
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.acceptance import Side
from lamplighter.domain.decision import Passed, Undecided
from lamplighter.domain.errors import Conflict, Invalid, NotAllowed
from lamplighter.domain.events.emergency import EmergencyAnnounced, EmergencyDeclared, EmergencyReviewed
from lamplighter.domain.events.rollout import RolloutReleased
from lamplighter.domain.identity import Role
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.stage import Aspect, Status
from lamplighter.domain.version import Version
from lamplighter.sdk.answers import Facts

#: What reads and writes in ways of its own; the other rules are the same code on either.
on_each_database = pytest.mark.usefixtures("on_each_database")

WHY = "Every second answer is wrong since noon."


@pytest.fixture
def frozen(tmp_path: Path, receiver: Receiver) -> Iterator[Life]:
    """A platform that is frozen for a month, with a channel that no project names."""
    with frozen_life(tmp_path, -1, 30, f'webhooks = {{ pager = "{receiver.url}" }}\n') as life:
        yield life


@pytest.fixture
def version(frozen: Life) -> Version:
    """A version of the strictest tier that has been at every level but the last."""
    return ready(frozen)


def ready(life: Life) -> Version:
    version = life.version(models.critical(MODEL))
    for environment in ("dev", "staging"):
        life.appoint(version, environment)
    return version


def declared(life: Life, version: Version, person: str = "dana") -> Rollout:
    """The rollout of an emergency."""
    answer = life[person].declare_emergency(version.name, "prod", WHY)
    assert answer.rollout is not None
    assert answer.emergency is not None
    return answer.rollout


def code_of(refusal: pytest.ExceptionInfo[NotAllowed | Conflict | Invalid]) -> str:
    return refusal.value.code


@on_each_database
def test_whoever_has_the_duty_passes_the_freeze_and_missing_words_and_everybody_is_told(
    frozen: Life, version: Version, receiver: Receiver
) -> None:
    asked = frozen["dana"].deploy(version.name, "prod").rollout
    assert asked is not None
    frozen["dana"].stop(asked.id)
    answer = frozen["dana"].declare_emergency(version.name, "prod", WHY)
    rollout, emergency = answer.rollout, answer.emergency
    assert rollout is not None
    assert emergency is not None
    assert (rollout.phase, rollout.hold, rollout.emergency) == (Phase.PENDING, None, "E-1")
    assert acceptance(answer.decision) == Passed(
        why=f"{address('dana')} declared an emergency: {WHY} The word of business and IT is missing; a review follows."
    )
    assert emergency.passed == ("freeze closing", "acceptance")
    assert (emergency.owner, emergency.due_at - emergency.opened_at) == (address("bea"), 3 * DAY * 1_000_000)
    frozen.reached(rollout, Phase.COMPLETED)
    (event,) = frozen.events(EmergencyDeclared)
    assert (event.why, event.passed, event.owner, event.rollout) == (WHY, emergency.passed, address("bea"), rollout.id)
    told = [event.person for event in frozen.events(EmergencyAnnounced)]
    assert told == [address(name) for name in ("bea", "dana", "milo", "ines")]
    frozen.look_until(lambda: len(receiver.told("E-1")) == len(told))
    assert sorted(receiver.told("E-1")) == sorted(told)
    assert set(receiver.verbs("E-1")) == {"emergency.declared"}
    assert WHY in receiver.of("E-1")[0]["data"]["text"]


def test_a_rollout_that_waits_for_people_goes_on_and_no_other_begins(frozen: Life, version: Version) -> None:
    asked = frozen["dana"].deploy(version.name, "prod").rollout
    assert asked is not None
    answer = frozen["dana"].declare_emergency(version.name, "prod", WHY)
    rollout, emergency = answer.rollout, answer.emergency
    assert rollout is not None
    assert emergency is not None
    assert (rollout.id, emergency.rollout, emergency.passed) == (asked.id, asked.id, ("freeze closing", "acceptance"))
    assert (rollout.phase, rollout.emergency, rollout.why) == (Phase.PENDING, "E-1", "Every gate passed, in the emergency E-1.")
    assert rollout.decision == answer.decision.digest
    assert acceptance(answer.decision)
    frozen.reached(rollout, Phase.COMPLETED)


def test_a_rollout_that_is_held_half_way_keeps_its_share(tmp_path: Path) -> None:
    with frozen_life(tmp_path, 2, 4) as life:
        versions, rollout = on_trial(life, stepped("half-way", each="4s", least=0))
        life.clock.forward(3 * DAY)
        held = look(life, rollout)
        assert (held.phase, held.hold is not None, held.share) == (Phase.SHIFTING, True, 0.5)
        answer = life["dana"].declare_emergency(versions[1].name, "prod", WHY)
        assert answer.rollout is not None
        after = answer.rollout
        assert (after.id, after.phase, after.share, after.hold) == (rollout.id, Phase.SHIFTING, 0.5, None)
        assert len(life.events(RolloutReleased)) == 1
        for _ in range(2):
            life.clock.forward(40)
            look(life, rollout)
        assert life.reached(rollout, Phase.COMPLETED).emergency == "E-1"


def test_another_version_that_is_under_way_is_stopped_first_by_hand(frozen: Life, version: Version) -> None:
    asked = frozen["dana"].deploy(version.name, "prod").rollout
    assert asked is not None
    newer = frozen.version(models.critical(MODEL), threshold=0.6)
    for environment in ("dev", "staging"):
        frozen.appoint(newer, environment)
    with pytest.raises(Conflict) as refusal:
        frozen["dana"].declare_emergency(newer.name, "prod", WHY)
    assert code_of(refusal) == "E1511"
    assert refusal.value.fix.endswith(f"lamp rollout stop {asked.id}")
    assert frozen["rita"].emergencies(MODEL, closed=True) == []


@pytest.mark.parametrize(("person", "environment"), [("ines", "prod"), ("ada", "prod"), ("ivo", "prod"), ("ada", "staging")])
def test_nobody_else_declares_one(frozen: Life, version: Version, person: str, environment: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        frozen[person].declare_emergency(version.name, environment, WHY)
    assert code_of(refusal) == "E1330"
    assert frozen["rita"].emergencies(MODEL, closed=True) == []


def test_it_takes_a_reason_and_something_in_the_way(frozen: Life, version: Version) -> None:
    with pytest.raises(Invalid) as wordless:
        frozen["dana"].declare_emergency(version.name, "prod", "  ")
    assert code_of(wordless) == "E1144"
    newer = frozen.version(models.critical(MODEL), threshold=0.6)
    with pytest.raises(Conflict) as needless:
        frozen["dana"].declare_emergency(newer.name, "dev", WHY)
    assert code_of(needless) == "E1521"


@pytest.mark.parametrize(
    ("kind", "facts", "gate"),
    [
        ("parity", {"rows": 1200, "largest_difference": 0.5, "changed_decisions": 3}, "parity"),
        ("data-checks", {"rows": 1200, "checks": 7, "failed": ["load is always empty"]}, "data_checks"),
    ],
)
def test_every_other_gate_is_asked(frozen: Life, version: Version, kind: str, facts: dict[str, object], gate: str) -> None:
    frozen["dana"].add_evidence(version.name, Facts(kind=kind, facts=facts))
    answer = frozen["dana"].declare_emergency(version.name, "prod", WHY)
    assert (answer.rollout, answer.emergency) == (None, None)
    assert [one.gate for one in answer.decision.judgements if not one.verdict] == [gate]
    assert frozen["rita"].emergencies(MODEL, closed=True) == []


def test_a_no_is_not_a_missing_word(frozen: Life, version: Version) -> None:
    accept(frozen, version, "bea", Side.BUSINESS, accepted=False)
    answer = frozen["dana"].declare_emergency(version.name, "prod", WHY)
    assert answer.rollout is None
    assert acceptance(answer.decision).why == f"{address('bea')} refused it for business."


def test_bytes_that_are_not_those_of_the_version_are_not_loaded_in_an_emergency_either(frozen: Life, version: Version) -> None:
    for artifact in version.manifest.artifacts:
        path = next(frozen.settings.artifacts.rglob(artifact.digest))
        path.chmod(0o600)
        path.write_bytes(b"something else")
    rollout = declared(frozen, version)
    after = frozen.reached(rollout, Phase.WITHDRAWN)
    assert after.why.startswith("It does not load: ")
    assert all(one.environment != "prod" for one in frozen["rita"].status(MODEL).live)


class TestReview:
    """What is left of an emergency."""

    @pytest.fixture
    def over(self, frozen: Life, version: Version) -> Rollout:
        """A rollout of an emergency that has ended."""
        rollout = declared(frozen, version)
        frozen["ines"].stop(rollout.id)
        return frozen.reached(rollout, Phase.WITHDRAWN)

    @pytest.mark.parametrize("person", ["dana"])
    def test_who_declared_it_does_not_review_it(self, frozen: Life, over: Rollout, person: str) -> None:
        with pytest.raises(NotAllowed) as refusal:
            frozen[person].review_emergency("E-1", "All is well.")
        assert code_of(refusal) == "E1332"
        assert frozen["rita"].emergency("E-1").open

    def test_nor_does_the_author_of_the_version(self, frozen: Life, version: Version) -> None:
        rollout = declared(frozen, version, "milo")
        frozen["ines"].stop(rollout.id)
        frozen.reached(rollout, Phase.WITHDRAWN)
        for person in ("milo", "dana"):
            with pytest.raises(NotAllowed) as refusal:
                frozen[person].review_emergency("E-1", "All is well.")
            assert code_of(refusal) == "E1332"

    @on_each_database
    def test_a_second_person_closes_it_once_with_words(self, frozen: Life, over: Rollout) -> None:
        with pytest.raises(Invalid):
            frozen["bea"].review_emergency("E-1", "")
        done = frozen["bea"].review_emergency("E-1", "The answers of that hour are right.")
        assert (done.reviewed_by, done.note, done.open) == (address("bea"), "The answers of that hour are right.", False)
        assert [(event.person, event.note) for event in frozen.events(EmergencyReviewed)] == [(done.reviewed_by, done.note)]
        with pytest.raises(Conflict) as refusal:
            frozen["rita"].review_emergency("E-1", "So do I.")
        assert code_of(refusal) == "E1522"

    def test_not_before_it_is_over(self, frozen: Life, version: Version) -> None:
        declared(frozen, version)
        with pytest.raises(Conflict) as refusal:
            frozen["bea"].review_emergency("E-1", "All is well.")
        assert code_of(refusal) == "E1523"

    def test_until_then_it_shows_and_the_next_version_waits(self, frozen: Life, version: Version, over: Rollout) -> None:
        state = frozen["rita"].status(MODEL)
        assert [one.id for one in state.emergencies] == ["E-1"]
        assert (state.needs, state.status[Aspect.GOVERNANCE]) == (address("bea"), Status.WATCH)
        assert [row.model for row in frozen["bea"].fleet(needs="me").rows] == [MODEL]
        assert frozen["ivo"].fleet(needs="me").rows == ()
        for person, side in (("bea", Side.BUSINESS), ("ines", Side.IT)):
            accept(frozen, version, person, side)
        answer = frozen["dana"].deploy(version.name, "prod")
        assert answer.rollout is not None
        assert answer.rollout.phase is Phase.WAITING
        (verdict,) = [one.verdict for one in answer.decision.judgements if not one.verdict]
        assert isinstance(verdict, Undecided)
        assert verdict.fix == f"Ask {address('bea')}: lamp approvals review E-1 --note WHAT"
        assert look(frozen, answer.rollout).phase is Phase.WAITING
        frozen["rita"].review_emergency("E-1", "Looked at the requests.")
        after = look(frozen, answer.rollout)
        assert after.phase is Phase.PENDING
        assert frozen["rita"].status(MODEL).emergencies == ()
        # Only the calendar holds it now.
        assert look(frozen, after).hold is not None

    def test_going_back_is_free_meanwhile_and_so_is_the_next_emergency(self, frozen: Life) -> None:
        first, second = frozen.versions(stepped("to-and-fro"), 2)
        frozen.appoint(first)
        rollout = declared(frozen, second)
        frozen.reached(rollout, Phase.SHIFTING)
        assert frozen["ines"].roll_back("to-and-fro", "prod").now == first.number
        frozen.reached(rollout, Phase.WITHDRAWN)
        again = frozen["dana"].declare_emergency(second.name, "prod", WHY)
        assert again.emergency is not None
        assert (again.emergency.id, again.emergency.passed) == ("E-2", ("freeze closing", "review"))
        assert [one.id for one in frozen["rita"].emergencies("to-and-fro")] == ["E-2", "E-1"]

    def test_another_environment_and_another_model_go_on(self, frozen: Life, over: Rollout) -> None:
        newer = frozen.version(models.critical(MODEL), threshold=0.6)
        assert frozen["dana"].check(newer.name, "dev").passed
        other = frozen.version(models.project("another"))
        assert frozen["dana"].check(other.name, "prod").passed

    @on_each_database
    def test_whoever_is_asked_is_reminded_once(self, frozen: Life, over: Rollout, receiver: Receiver) -> None:
        frozen.clock.forward(3 * DAY + 60)
        frozen.look_until(lambda: "emergency.overdue" in receiver.verbs("E-1"))
        frozen.clock.forward(DAY)
        for _ in range(3):
            frozen.reconciler.look()
        late = [event for event in frozen.events(EmergencyAnnounced) if event.overdue]
        assert [event.person for event in late] == [address("bea")]


def test_it_opens_the_way_for_an_hour_and_what_began_goes_on(frozen: Life, version: Version) -> None:
    rollout = declared(frozen, version)
    advance(frozen.kit, rollout, 0.0)
    begun = frozen.rollout(rollout)
    assert begun.phase is Phase.STARTING
    frozen.clock.forward(3700)
    advance(frozen.kit, begun, 0.0)
    assert frozen.rollout(rollout).hold is None


def test_what_has_not_begun_in_that_hour_is_held_like_any_other(frozen: Life, version: Version) -> None:
    rollout = declared(frozen, version)
    frozen.clock.forward(3700)
    advance(frozen.kit, rollout, 0.0)
    after = frozen.rollout(rollout)
    assert (after.phase, after.hold is not None) == (Phase.PENDING, True)


def test_where_nobody_may_review_it_anybody_else_who_may_does(frozen: Life) -> None:
    version = frozen.version(models.project("lonely", owners=dict.fromkeys(_STAGES, address("dana"))))
    answer = frozen["dana"].declare_emergency(version.name, "prod", WHY)
    assert answer.emergency is not None
    assert (answer.emergency.owner, answer.emergency.passed) == ("", ("freeze closing",))
    assert frozen["rita"].status("lonely").needs == "nobody"
    assert Role.RISK in frozen["rita"].whoami().roles
    assert answer.rollout is not None
    frozen["dana"].stop(answer.rollout.id)
    frozen.reached(answer.rollout, Phase.WITHDRAWN)
    assert not frozen["rita"].review_emergency("E-1", "Read the requests.").open


_STAGES = ("design", "industrialization", "deployment", "monitoring", "management")
