"""A model is handed over, on real processes: what the receiver has shown is evidence, and the rights go along."""

from typing import Any

import pytest
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.grounds import Ground

from lamplighter.domain.errors import Blocked, Invalid, NotAllowed
from lamplighter.domain.handover import Drill, State
from lamplighter.domain.version import Version
from lamplighter.sdk.release import release

MODEL = "given-trains"


def project(**more: Any) -> Any:
    stages = ("design", "industrialization", "deployment", "monitoring", "management")
    at_once = {"prod": {"rollout": {"steps": [100], "each": "0s", "least_requests": 0}}}
    monitor = {"runbook": "Look at the feed first."}
    return models.project(MODEL, owners=dict.fromkeys(stages, models.OWNER), env=at_once, monitor=monitor, **more)


@pytest.fixture(scope="module")
def versions(ground: Ground) -> list[Version]:
    """Two versions that went live one after the other."""
    made = []
    for threshold in (0.4, 0.6):
        made.append(release(ground["dana"], project(), models.build(threshold=threshold)))
        ground.live(made[-1], "prod")
    return made


def test_a_model_changes_hands_and_comes_back(ground: Ground, versions: list[Version]) -> None:
    dana, ines = ground["dana"], ground["ines"]
    assert ground["rita"].due_handovers() == []
    seen = dana.foretell_handover(MODEL, "@it-ops")
    assert [question.name for question in seen.questions] == ["limits", "hand_back"]
    made = dana.start_handover(MODEL, "@it-ops", {"limits": "Snow."})
    key = made.id
    assert [one.id for one in ines.handovers(MODEL)] == [key]
    ines.discuss_handover(key, "Who knows the feed?")
    with pytest.raises(Blocked, match="6 of 9 checks hold"):
        ines.accept_handover(key)
    ines.drill_handover(key, Drill.ACCESS)
    proof = ines.drill_handover(key, Drill.ROLLBACK).proof(Drill.ROLLBACK)
    assert proof is not None
    assert (proof.passed, proof.facts[0].value) == (True, "staging")
    with pytest.raises(NotAllowed):
        dana.drill_handover(key, Drill.ROLLBACK)
    ines.drill_handover(key, Drill.PAGE)
    assert ground["ivo"].handover(key).handover.page.word == ""  # type: ignore[union-attr]
    page = ines.handover(key).handover.page
    assert page is not None
    with pytest.raises(Invalid, match="not the word"):
        ines.answer_page(key, "nobody")
    ines.answer_page(key, page.word)
    done = ground["ivo"].accept_handover(key)
    assert (done.state, done.accepted_by, len(done.checks)) == (State.ACCEPTED, address("ivo"), 9)
    with pytest.raises(NotAllowed, match="You do not deploy"):
        dana.deploy(versions[0].name, "prod")
    with pytest.raises(NotAllowed, match="You do not roll back"):
        dana.roll_back(MODEL, "prod")
    assert ines.roll_back(MODEL, "prod").now == 1
    assert ines.return_handover(key, "It snows.").state is State.HANDED_BACK
    assert dana.roll_back(MODEL, "prod", to=2).now == 2
    seen = ground["rita"].handover(key)
    assert (seen.handover.reason, seen.held) == ("It snows.", 9)


def test_it_is_refused_with_a_reason(ground: Ground, versions: list[Version]) -> None:
    key = ground["dana"].start_handover(MODEL, "@it-ops").id
    assert ground["ivo"].refuse_handover(key, "Nobody is here at night.").state is State.REFUSED
    assert ground["rita"].handovers(MODEL, closed=True)[0].id == key
    assert {load.party for load in ground["rita"].loads()} >= {"@it-ops", address("dana")}
