"""Switching a model off where it answers: who may, what callers get, what ends with it, and how it comes back."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.receivers import Receiver
from tests.lifecycle.test_acceptance import accept
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.homes import until

from lamplighter.domain.acceptance import Side
from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Conflict, Invalid, LampError, NotAllowed
from lamplighter.domain.events.routing import SwitchedOff, SwitchedOn
from lamplighter.domain.expiry import Action
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.project import Project
from lamplighter.domain.rollout import Phase
from lamplighter.domain.route import Route
from lamplighter.domain.routing import Routing, emptied, retired, switched
from lamplighter.domain.stage import Aspect, Status
from lamplighter.domain.switch import Off
from lamplighter.lifecycle import routing
from lamplighter.lifecycle.tokens import issue_token
from lamplighter.sdk.model import Answer, Endpoint, live_in

#: What reads and writes in ways of its own; the other rules are the same code on either.
on_each_database = pytest.mark.usefixtures("on_each_database")

MODEL, WHY = "stopped", "It warns of every train."
OWNERS = dict.fromkeys(("design", "industrialization", "deployment", "monitoring", "management"), address("dana"))
ROW = {"delay": [9.0], "load": [0.5]}


@pytest.fixture
def life(tmp_path: Path, receiver: Receiver) -> Iterator[Life]:
    with lived(tmp_path / "home", f'webhooks = {{ pager = "{receiver.url}" }}\n') as life:
        yield life


def project(**more: object) -> Project:
    """A model that ada speaks for and dana has."""
    plan = {"rollout": {"steps": [50, 100], "each": "10m", "least_requests": 1}}
    return models.project(MODEL, owners={**OWNERS, "business": address("ada")}, env={"prod": plan}, **more)


def answer(endpoint: Endpoint) -> Answer | LampError | None:
    """What the caller gets; nothing while the token is not known yet."""
    try:
        return endpoint.predict(ROW)
    except NotAllowed:
        return None
    except LampError as error:
        return error


def asked(life: Life) -> Answer | LampError:
    """What a caller gets."""
    token = issue_token(life.kit, PLATFORM, address("dana"), "asks", 1).secret
    routing.apply(life.kit, "prod")
    with closing(Endpoint(live_in(life["dana"], MODEL, "prod").address, MODEL, token)) as endpoint:
        found = until(lambda: answer(endpoint))
    assert found is not None
    return found


def scores(life: Life) -> tuple[float, ...]:
    found = asked(life)
    assert isinstance(found, Answer), found
    return found.scores


def refused(life: Life) -> bool:
    return "switched off" in str(asked(life))


@on_each_database
def test_the_business_owner_stops_it_and_lets_it_go_on(life: Life, receiver: Receiver) -> None:
    life.live(life.version(project()))
    before = scores(life)
    done = life["ada"].switch_off(MODEL, "prod", WHY)
    assert done.off is not None
    assert (done.off.person, done.off.reason) == (address("ada"), WHY)
    assert refused(life)
    state = life["dana"].status(MODEL)
    assert (state.status[Aspect.SERVICE], state.status[Aspect.OVERALL]) == (Status.FAILING, Status.FAILING)
    assert state.sentence.startswith(f"{address('ada')} switched it off in prod, ")
    assert state.live[-1].off == done.off
    (event,) = life.events(SwitchedOff)
    assert (event.environment, event.number, event.reason) == ("prod", 1, WHY)
    assert address("dana") in event.told
    assert address("ada") not in event.told
    life.look_until(lambda: [one for one in receiver.events if one["type"] == "lamplighter.model.off.v1"])
    # A machine of an earlier release, which knows no switch, stops as well.
    route = from_json((life.settings.serving / "prod" / "route.json").read_bytes(), Route).models[0]
    assert route.expiry is not None
    assert (route.off_since, route.expiry.action, route.expiry.over(life.clock.now())) == (done.off.at, Action.BLOCK, True)
    # Nobody forgets it.
    life.restart()
    assert refused(life)
    then = life.clock.now()
    life["dana"].switch_on(MODEL, "prod", "The clocks are right again.")
    assert scores(life) == before
    (entry,) = life.entries(SwitchedOff)
    off = life["rita"].at(MODEL, "prod", then).off
    assert off is not None
    assert (off.at, off.person, off.reason) == (entry.at, address("ada"), WHY)
    assert entry.sequence in life["rita"].at(MODEL, "prod", then).sequences
    assert [life["rita"].at(MODEL, "prod", at).off for at in (entry.at - 1, life.clock.now())] == [None, None]
    assert life["dana"].status(MODEL).live[-1].off is None
    assert [event.reason for event in life.events(SwitchedOn)] == ["The clocks are right again."]
    # That nobody was answered is no failure of the version.
    assert life["dana"].incidents(MODEL) == []


def test_what_is_declared_for_an_outage_is_answered(life: Life) -> None:
    life.live(life.version(project(outage={"answer": "constant", "value": 0.25})))
    life["ines"].switch_off(MODEL, "prod", WHY)
    assert scores(life) == (0.25,)


def test_a_version_on_trial_ends_and_none_comes_until_it_is_on(life: Life) -> None:
    first, second, third = life.versions(project(), 3)
    life.live(first)
    rollout = life["dana"].deploy(second.name, "prod").rollout
    assert rollout is not None
    life.reached(rollout, Phase.SHIFTING)
    life["dana"].switch_off(MODEL, "prod", WHY)
    life.look_until(lambda: life.rollout(rollout).phase.final)
    assert life.rollout(rollout).why == f"The model was switched off: {WHY}"
    assert life["dana"].status(MODEL).live[-1].challenger == 0
    with pytest.raises(Conflict) as refusal:
        life["dana"].deploy(third.name, "prod")
    assert (refusal.value.code, WHY in refusal.value.why) == ("E1649", True)
    life["dana"].deploy(third.name, "staging")


def test_a_rollout_that_waited_for_words_is_held_until_it_is_on(life: Life) -> None:
    first, second = (life.version(models.critical(MODEL), threshold=at) for at in (0.5, 0.4))
    for version, places in ((first, ("dev", "staging", "prod")), (second, ("dev", "staging"))):
        for place in places:
            life.appoint(version, place)
    rollout = life["dana"].deploy(second.name, "prod").rollout
    assert rollout is not None
    assert rollout.phase is Phase.WAITING
    life["ines"].switch_off(MODEL, "prod", WHY)
    life.look_until(lambda: not life.replaying())
    accept(life, second, "bea", Side.BUSINESS)
    accept(life, second, "ines", Side.IT)
    life.look_until(lambda: life.rollout(rollout).hold)
    held = life.rollout(rollout)
    assert held.hold is not None
    assert (held.phase, held.hold.rule, WHY in held.hold.why) == (Phase.PENDING, "switch", True)
    life["dana"].switch_on(MODEL, "prod", "It is well.")
    life.look_until(lambda: life.rollout(rollout).hold is None)


def test_a_rollback_moves_what_comes_back_and_leaves_it_off(life: Life) -> None:
    first, second = life.versions(project(), 2)
    life.live(first)
    life.appoint(second)
    life["dana"].switch_off(MODEL, "prod", WHY)
    assert life["dana"].roll_back(MODEL, "prod", reason="v1 was well").now == first.number
    assert life["dana"].status(MODEL).live[-1].off is not None
    life["dana"].switch_on(MODEL, "prod", "v1 is there.")
    assert life["dana"].status(MODEL).live[-1].number == first.number


@pytest.mark.parametrize(("name", "may"), [("ada", True), ("dana", True), ("ines", True), ("milo", False), ("rita", False)])
def test_owners_and_it_may_and_nobody_else(life: Life, name: str, may: bool) -> None:
    life.appoint(life.version(project()))
    if may:
        assert life[name].switch_off(MODEL, "prod", WHY).off is not None
        return
    with pytest.raises(NotAllowed) as refusal:
        life[name].switch_off(MODEL, "prod", WHY)
    assert refusal.value.code == "E1648"
    assert life.events(SwitchedOff) == []


def test_only_whoever_did_it_or_deploys_lets_it_go_on(life: Life) -> None:
    life.appoint(life.version(project()))
    life["ada"].switch_off(MODEL, "prod", WHY)
    with pytest.raises(NotAllowed) as refusal:
        life["ines"].switch_on(MODEL, "prod", WHY)
    assert refusal.value.code == "E1648"
    life["ada"].switch_on(MODEL, "prod", WHY)


def test_what_cannot_be_switched_is_said(life: Life) -> None:
    version = life.version(project())
    with pytest.raises(Conflict, match="answers nobody"):
        life["dana"].switch_off(MODEL, "prod", WHY)
    life.appoint(version)
    with pytest.raises(Invalid) as nameless:
        life["dana"].switch_off(MODEL, "prod", " ")
    assert nameless.value.code == "E1647"
    with pytest.raises(Conflict, match="on in prod already"):
        life["dana"].switch_on(MODEL, "prod", WHY)
    life["dana"].switch_off(MODEL, "prod", WHY)
    with pytest.raises(Conflict, match="off in prod already"):
        life["dana"].switch_off(MODEL, "prod", WHY)


def test_what_is_emptied_or_retired_is_not_off_when_it_comes_back() -> None:
    off = switched(Routing(model=MODEL, environment="prod"), Off(1, address("ada"), WHY))
    assert (emptied(off).off, retired(off).off) == (None, None)
