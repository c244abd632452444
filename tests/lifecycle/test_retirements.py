"""A model ends by the word of who owns its management, once everybody who calls it has agreed or is gone."""

from threading import Thread
from typing import Any

import pytest
from tests.lifecycle.lives import Life
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.claimant import Claim
from lamplighter.domain.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound
from lamplighter.domain.events.retirement import RetirementFinished, RetirementTold
from lamplighter.domain.identity import Permission
from lamplighter.domain.incident import State as Incident
from lamplighter.domain.monitor import Finding, Kind
from lamplighter.domain.project import Project
from lamplighter.domain.retirement import State
from lamplighter.domain.rollout import Phase
from lamplighter.lifecycle import findings, triggers, unnamed
from lamplighter.sdk.embedded import Embedded
from lamplighter.sdk.interface import DOORS

MODEL, DAY = "trains", 86_400
CALLED: dict[str, Any] = {
    "consumer": [{"name": "display", "owner": address("ines")}, {"name": "pricing", "owner": address("bea")}]
}


@pytest.fixture
def more() -> str:
    """A channel that nobody hears: its messages stay in the outbox."""
    training = '[trainings.nightly]\ncommand = ["python"]\nfolder = "/"\n'
    return f'channels = ["pager"]\nwebhooks = {{ pager = "http://127.0.0.1:9/" }}\n{training}'


def project(**more: Any) -> Project:
    return models.project(MODEL, **{**CALLED, **more})


def live(life: Life, wanted: Project | None = None) -> None:
    """A model with two versions and two consumers that call it."""
    for version in life.versions(wanted or project(), 2):
        life.appoint(version)
    calls(life, "display", "pricing")
    life.version(models.project("trains-2"))


def known(life: Life, wanted: Project | None = None) -> None:
    """The same model, live nowhere, so that no process is started for it."""
    life.version(wanted or project())
    life.version(models.project("trains-2"))


def calls(life: Life, *names: str) -> None:
    with life.kit.store.transaction() as change:
        change.traffic.called([(MODEL, "prod", name, 3, life.clock.now()) for name in names])


def told(life: Life) -> set[tuple[str, str]]:
    with life.kit.store.reading() as look:
        notices = look.notices.due(2**62)
    return {(notice.about, notice.person) for _, notice in notices if notice.about.startswith("retirement.")}


def claims(life: Life) -> dict[str, Claim]:
    return {one.name: one.claim for one in life["rita"].retirement(MODEL).claimants}


def agreed(life: Life) -> None:
    life["ines"].consent_to_retirement(MODEL, "display", True)
    life["bea"].consent_to_retirement(MODEL, "pricing", True)


def test_it_is_announced_agreed_to_and_finished(life: Life) -> None:
    live(life)
    dana = life["dana"]
    announced = dana.retire(MODEL, "trains-2 answers better.", successor="trains-2")
    assert (announced.id, announced.state, announced.person) == ("X-1", State.ANNOUNCED, address("dana"))
    assert dana.retire(MODEL, "trains-2 answers better.", successor="trains-2") == announced
    with pytest.raises(Blocked, match="cannot end yet") as refusal:
        dana.finish_retirement(MODEL)
    assert "display calls it, and ines@trains.example has not agreed." in refusal.value.why

    life["bea"].consent_to_retirement(MODEL, "pricing", False, "Not before June.")
    assert claims(life) == {"display": Claim.WAITING, "pricing": Claim.REFUSED}
    agreed(life)
    assert claims(life) == {"display": Claim.AGREED, "pricing": Claim.AGREED}
    finished = dana.finish_retirement(MODEL)
    assert (finished.state, finished.environments, finished.moved_by) == (State.FINISHED, ("prod",), address("dana"))
    assert dana.status(MODEL).live == ()
    (event,) = life.events(RetirementFinished)
    assert event.environments == ("prod",)
    past = dana.at(MODEL, "prod", life.clock.now())
    assert (past.number, past.how, past.by) == (0, "retired", address("dana"))
    assert dana.at(MODEL, "prod", finished.opened_at).number == 2
    assert len(dana.versions(MODEL)) == 2
    assert dana.verify_journal().verified


def test_whom_it_concerns_is_told_once_and_again_before_the_day_and_its_holder_on_it(life: Life) -> None:
    live(life)
    concerned = {address("dana"), address("ines"), address("bea")}
    life["dana"].retire(MODEL, "Too old.", sunset=life.clock.now() + 30 * DAY * 1_000_000)
    for _ in range(2):
        life.reconciler.look()
    assert told(life) == {("retirement.announced", person) for person in concerned}
    life.clock.forward(17 * DAY)
    for _ in range(2):
        life.reconciler.look()
    assert {person for about, person in told(life) if about == "retirement.soon"} == concerned
    life.clock.forward(14 * DAY)
    for _ in range(2):
        life.reconciler.look()
    assert {person for about, person in told(life) if about == "retirement.due"} == {address("dana")}
    assert len(life.events(RetirementTold)) == 7


def test_a_word_holds_for_one_plan_and_a_day_that_was_agreed_is_kept(life: Life) -> None:
    live(life)
    dana, day = life["dana"], life.clock.now() + 10 * DAY * 1_000_000
    dana.retire(MODEL, "Too old.", successor="trains-2")
    agreed(life)
    changed = dana.retire(MODEL, "Too old.", sunset=day, successor="trains-2")
    assert (changed.id, changed.sunset) == ("X-1", day)
    assert set(claims(life).values()) == {Claim.WAITING}
    agreed(life)
    (missing,) = dana.retirement(MODEL).missing
    assert missing.startswith("What was agreed holds until")
    life.clock.forward(11 * DAY)
    calls(life, "display", "pricing")
    assert dana.finish_retirement(MODEL).state is State.FINISHED


def test_whoever_sends_nothing_for_long_enough_is_gone_and_unknown_callers_are_not(life: Life) -> None:
    live(life)
    dana = life["dana"]
    dana.retire(MODEL, "Too old.", successor="trains-2")
    life.clock.forward(31 * DAY)
    calls(life, "nobody-knows")
    assert claims(life) == {"display": Claim.GONE, "nobody-knows": Claim.WAITING, "pricing": Claim.GONE}
    with pytest.raises(NotAllowed, match="You do not speak for nobody-knows"):
        dana.consent_to_retirement(MODEL, "nobody-knows", True)
    with pytest.raises(Blocked):
        dana.finish_retirement(MODEL)
    life.clock.forward(31 * DAY)
    assert dana.finish_retirement(MODEL).state is State.FINISHED


def test_a_critical_model_ends_with_the_word_of_the_business_side(life: Life) -> None:
    live(life, models.critical(MODEL, **CALLED))
    dana = life["dana"]
    dana.retire(MODEL, "Too old.", successor="trains-2")
    agreed(life)
    assert dana.retirement(MODEL).missing == ("The business side has not agreed.",)
    with pytest.raises(NotAllowed, match="You cannot sign for business"):
        life["ines"].approve_retirement(MODEL, True)
    with pytest.raises(Invalid, match="takes a reason"):
        life["bea"].approve_retirement(MODEL, False)
    life["bea"].approve_retirement(MODEL, False, "Not in summer.")
    with pytest.raises(Blocked, match="cannot end yet") as refusal:
        dana.finish_retirement(MODEL)
    assert refusal.value.why == "The business side has refused it."
    life["bea"].approve_retirement(MODEL, True)
    assert dana.finish_retirement(MODEL).state is State.FINISHED


def test_who_asks_is_not_the_second_person(life: Life) -> None:
    owners = {"design": address("dana"), "management": address("ada"), "business": address("bea"), "deputy": address("milo")}
    known(life, models.critical(MODEL, **CALLED, owners={**owners, "monitoring": {"first": "@it-ops"}}))
    life["ada"].retire(MODEL, "Too old.", successor="trains-2")
    with pytest.raises(NotAllowed, match="You cannot decide on X-1"):
        life["ada"].approve_retirement(MODEL, True)


def test_only_the_owner_of_its_management_retires_it_and_never_a_program(life: Life) -> None:
    known(life)
    for name in ("ines", "bea", "ada"):
        with pytest.raises(NotAllowed, match="You do not retire trains"):
            life[name].retire(MODEL, "Too old.", successor="trains-2")
    pipeline = life.actor("dana").__class__(person=life.actor("dana").person, permissions=(Permission.DEPLOY,))
    with pytest.raises(NotAllowed, match="No program retires trains"):
        Embedded(life.kit, pipeline).retire(MODEL, "Too old.", successor="trains-2")
    life["dana"].retire(MODEL, "Too old.", successor="trains-2")
    for verb in ("cancel_retirement", "finish_retirement", "revive"):
        with pytest.raises(NotAllowed):
            getattr(life["ines"], verb)(MODEL, "So.")
        with pytest.raises(NotAllowed):
            getattr(Embedded(life.kit, pipeline), verb)(MODEL, "So.")
    assert life["milo"].cancel_retirement(MODEL, "The deputy says no.").state is State.CANCELLED


def test_what_is_no_plan_is_refused(life: Life) -> None:
    live(life)
    dana = life["dana"]
    for code, kind, plan in (
        ("E1559", Invalid, {"reason": " ", "successor": "trains-2"}),
        ("E1554", Invalid, {"reason": "Too old."}),
        ("E1555", Invalid, {"reason": "Too old.", "sunset": 1}),
        ("E1556", Invalid, {"reason": "Too old.", "successor": MODEL}),
        ("E1201", NotFound, {"reason": "Too old.", "successor": "trains-9"}),
    ):
        with pytest.raises(kind) as refusal:
            dana.retire(MODEL, **plan)
        assert refusal.value.code == code
    with pytest.raises(NotFound) as refusal:
        dana.finish_retirement(MODEL)
    assert refusal.value.code == "E1557"


def test_while_it_is_announced_nothing_new_is_begun_and_the_way_back_stays_open(life: Life) -> None:
    live(life)
    dana = life["dana"]
    third = life.version(project(), threshold=0.7)
    dana.retire(MODEL, "Too old.", successor="trains-2")
    with pytest.raises(Blocked, match="is being retired") as refusal:
        dana.deploy(third.name, "prod")
    assert refusal.value.code == "E1430"
    assert "Too old." in refusal.value.why
    with pytest.raises(Blocked, match="is being retired"):
        dana.shadow(MODEL, "prod", third.number)
    dana.cancel_retirement(MODEL, "It is needed.")
    rollout = dana.deploy(third.name, "prod").rollout
    assert rollout is not None
    assert rollout.phase is Phase.PENDING


def test_nothing_is_trained_for_it_any_more(life: Life) -> None:
    live(life, project(retrain={"run": "nightly", "when": ["schedule 0 5 * * *"]}))
    dana = life["dana"]
    dana.retire(MODEL, "Too old.", successor="trains-2")
    with pytest.raises(Blocked, match="is being retired"):
        dana.retrain(MODEL)
    (trigger,) = dana.retraining(MODEL).triggers
    assert "being retired" in trigger.why
    life.clock.forward(8 * DAY)
    triggers.look(life.kit)
    assert dana.trainings(MODEL) == []
    dana.cancel_retirement(MODEL, "It is needed.")
    (trigger,) = dana.retraining(MODEL).triggers
    assert "being retired" not in trigger.why


def test_what_is_open_of_it_ends_with_it_and_nobody_is_paged_any_more(life: Life) -> None:
    live(life)
    dana = life["dana"]
    dana.retire(MODEL, "Too old.", successor="trains-2")
    agreed(life)
    _find(life, "errors")
    life.look_until(lambda: life["ines"].incidents(MODEL))
    dana.finish_retirement(MODEL)
    life.look_until(lambda: not life["ines"].incidents(MODEL))
    (incident,) = life["ines"].incidents(MODEL, closed=True)
    assert incident.state is Incident.RESOLVED
    assert incident.notes[-1].endswith("trains is retired (X-1).")
    _find(life, "latency")
    life.reconciler.look()
    assert life["ines"].incidents(MODEL) == []


def _find(life: Life, measure: str) -> None:
    now = life.clock.now()
    finding = Finding(
        model=MODEL, environment="prod", number=2, kind=Kind.TECHNICAL, measure=measure, value=1.0, limit=0.1,
        sentence="It fails.", start=now, end=now, after_rows=0,
    )  # fmt: skip
    with life.kit.store.transaction() as change:
        findings.report(life.kit, change, finding)


def test_its_name_stays_its_own_until_it_is_revived(life: Life) -> None:
    live(life)
    dana = life["dana"]
    dana.retire(MODEL, "Too old.", successor="trains-2")
    agreed(life)
    dana.finish_retirement(MODEL)
    manifest = dana.versions(MODEL)[-1].manifest
    refused = (
        lambda: dana.save_project(MODEL, project()),
        lambda: dana.register(MODEL, manifest, []),
        lambda: dana.deploy(f"{MODEL}@2", "prod"),
        lambda: dana.roll_back(MODEL, "prod", to=1),
        lambda: dana.retire(MODEL, "Again.", successor="trains-2"),
    )
    for verb in refused:
        with pytest.raises(Conflict, match="trains was retired") as refusal:
            verb()
        assert refusal.value.code == "E1553"
    with pytest.raises(Conflict) as refusal:
        dana.cancel_retirement(MODEL, "Too late.")
    assert refusal.value.code == "E1552"
    assert dana.revive(MODEL, "Customers want it back.").state is State.REVIVED
    assert dana.status(MODEL).live == ()
    assert dana.deploy(f"{MODEL}@2", "prod").rollout is not None


def test_a_model_that_was_never_live_ends_at_once(life: Life) -> None:
    life.version(project())
    dana = life["dana"]
    dana.retire(MODEL, "Never used.")
    assert dana.retirement(MODEL).missing == ()
    assert dana.finish_retirement(MODEL).environments == ()


def test_the_right_moves_with_the_duty(life: Life) -> None:
    known(life)
    owners = {"design": address("dana"), "management": address("milo"), "deputy": address("ada")}
    life["dana"].save_project(MODEL, project(owners={**owners, "monitoring": {"first": "@it-ops"}}))
    with pytest.raises(NotAllowed, match="You do not retire trains"):
        life["dana"].retire(MODEL, "Too old.", successor="trains-2")
    assert life["milo"].retire(MODEL, "Too old.", successor="trains-2").person == address("milo")


def test_two_who_announce_it_at_once_are_not_both_heard(life: Life) -> None:
    known(life)
    answers: list[str] = []

    def announce(successor: str) -> None:
        try:
            answers.append(life["dana"].retire(MODEL, "Too old.", successor=successor).id)
        except Conflict as error:
            answers.append(error.code)

    life.version(models.project("trains-3"))
    threads = [Thread(target=announce, args=(name,)) for name in ("trains-2", "trains-3")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {"X-1", "E1501"}
    assert len(life["rita"].retirements(closed=True)) == 1


def test_no_verb_deletes_a_model_or_a_version(life: Life) -> None:
    """A model ends by its retirement and nothing else; what was registered stays."""
    assert {name for name, door in DOORS.items() if door.method == "DELETE"} == set()
    version = life.version(project())
    life["dana"].retire(MODEL, "Never used.")
    life["dana"].finish_retirement(MODEL)
    assert unnamed.find(life.kit, 0).digests == ()
    assert not life.kit.artifacts.lacks([version.digest, *(one.digest for one in version.manifest.artifacts)])
