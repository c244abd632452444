"""Steering a rollout and going back, embedded and remote alike."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.grounds import Ground

from lamplighter.domain.errors import Conflict, NotAllowed, Unavailable
from lamplighter.domain.project import Project
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.version import Version
from lamplighter.sdk.release import release


def three(ground: Ground, model: str, project: Project | None = None) -> list[Version]:
    """Three versions of one artifact, told apart by their thresholds."""
    described = project or models.project(model)
    return [release(ground["dana"], described, models.build(threshold=threshold)) for threshold in (0.4, 0.5, 0.6)]


def on_trial(ground: Ground, version: Version) -> Rollout:
    """The rollout of a version once it has a share of the traffic."""
    asked = ground["dana"].deploy(version.name, "prod").rollout
    assert asked is not None
    return ground.reached(asked, Phase.SHIFTING)


@pytest.fixture(scope="module")
def slow(ground: Ground) -> list[Version]:
    """Versions of a model whose rollouts stay at half of the traffic for an hour; the first is live."""
    steps = {"steps": [50, 100], "each": "1h", "least_requests": 0}
    versions = three(ground, "slow-trains", models.project("slow-trains", env={"prod": {"rollout": steps}}))
    ground.live(versions[0], "prod")
    return versions


def test_a_rollout_is_paused_resumed_and_stopped(ground: Ground, slow: list[Version]) -> None:
    rollout = on_trial(ground, slow[1])
    assert (rollout.share, rollout.previous) == (0.5, 1)
    paused = ground["dana"].pause(rollout.id)
    assert (paused.phase, paused.share, paused.why) == (Phase.PAUSED, 0.5, f"Paused by {address('dana')}.")
    assert ground["dana"].resume(rollout.id).phase is Phase.SHIFTING
    assert ground["ines"].stop(rollout.id).phase is Phase.WITHDRAWING
    ground.reached(rollout, Phase.WITHDRAWN)
    (live,) = ground["rita"].status("slow-trains").live
    assert (live.number, live.challenger, live.share) == (1, 0, 0.0)
    assert ground["rita"].rollouts("slow-trains")[0].id == rollout.id


def test_a_rollback_ends_a_trial_at_once(ground: Ground, slow: list[Version]) -> None:
    rollout = on_trial(ground, slow[2])
    back = ground["ines"].roll_back("slow-trains", "prod", reason="The display flickers.")
    assert (back.before, back.now) == (3, 1)
    assert ground.reached(rollout, Phase.WITHDRAWN).why == "The display flickers."


def test_back_to_the_version_before_and_to_a_number(ground: Ground) -> None:
    versions = three(ground, "to-and-fro")
    for version in versions:
        ground.live(version, "dev")
    endpoint = ground.endpoint("to-and-fro", "dev")
    columns, _ = models.columns(3)
    assert endpoint.predict(columns).version == "to-and-fro@3"
    back = ground["ines"].roll_back("to-and-fro", "dev")
    assert (back.model, back.environment, back.before, back.now) == ("to-and-fro", "dev", 3, 2)
    # Once it is answered, every worker answers by the version before.
    assert {endpoint.predict(columns).version for _ in range(20)} == {"to-and-fro@2"}
    # Whoever saw the third version live comes too late, and does not bring it back.
    with pytest.raises(Conflict, match="changed by somebody else"):
        ground["ines"].roll_back("to-and-fro", "dev", leaving=3)
    assert endpoint.predict(columns).version == "to-and-fro@2"
    assert ground["ines"].roll_back("to-and-fro", "dev", 1, leaving=2).now == 1
    assert endpoint.predict(columns).version == "to-and-fro@1"
    truth = ground["rita"].at("to-and-fro", "dev", 2**62)
    assert (truth.number, truth.how, truth.by) == (1, "rollback", address("ines"))


def test_there_is_no_way_back_from_the_first(ground: Ground) -> None:
    version = release(ground["dana"], models.project("only-one"), models.build())
    ground.live(version, "dev")
    with pytest.raises(Conflict) as refusal:
        ground["ines"].roll_back("only-one", "dev")
    assert refusal.value.code == "E1513"
    # Nobody can be answered all the same.
    endpoint, (columns, _) = ground.endpoint("only-one", "dev"), models.columns(3)
    well = endpoint.predict(columns).scores
    off = ground["ines"].switch_off("only-one", "dev", "It warns of every train.").off
    assert off is not None
    assert off.person == address("ines")
    with pytest.raises(Unavailable, match="switched off"):
        endpoint.predict(columns)
    assert ground["ines"].switch_on("only-one", "dev", "It is well.").off is None
    assert endpoint.predict(columns).scores == well


def test_a_shadow_scores_along_without_answering(ground: Ground) -> None:
    first, second, _ = three(ground, "shadowed")
    ground.live(first, "dev")
    assert ground["dana"].shadow("shadowed", "dev", second.number).shadow is not None
    endpoint = ground.endpoint("shadowed", "dev")
    ground.followed(endpoint, "dev", second.number)
    assert endpoint.predict({"delay": [5.0], "load": [0.5]}).version == first.name
    (live,) = ground["rita"].status("shadowed").live
    assert (live.number, live.shadow, live.challenger) == (1, 2, 0)
    assert ground["dana"].shadow("shadowed", "dev", 0).shadow is None
    for environment, number, code in (("prod", 2, "E1514"), ("dev", 1, "E1515")):
        with pytest.raises(Conflict) as refusal:
            ground["dana"].shadow("shadowed", environment, number)
        assert refusal.value.code == code


def test_a_window_of_the_project_holds_and_lets_go(ground: Ground) -> None:
    later = f"{datetime.now(UTC) + timedelta(days=2):%a}"
    closed = models.project("by-the-week", env={"prod": {"window": f"{later} 00:00-24:00 UTC"}})
    version = release(ground["dana"], closed, models.build())
    asked = ground["dana"].deploy(version.name, "prod").rollout
    assert asked is not None
    assert asked.hold is not None
    assert asked.hold == ground["rita"].hold("by-the-week", "prod") == ground["rita"].rollout(asked.id).hold
    ground["dana"].save_project("by-the-week", models.project("by-the-week"))
    assert ground["rita"].hold("by-the-week", "prod") is None
    assert ground.reached(asked, Phase.COMPLETED).hold is None


def test_an_emergency_passes_the_window_and_a_second_person_reviews_it(ground: Ground) -> None:
    later = f"{datetime.now(UTC) + timedelta(days=2):%a}"
    closed = models.project("in-a-hurry", env={"prod": {"window": f"{later} 00:00-24:00 UTC"}})
    version = release(ground["dana"], closed, models.build())
    answer = ground["dana"].declare_emergency(version.name, "prod", "The display shows nothing.")
    assert answer.rollout is not None
    assert answer.emergency is not None
    key = answer.emergency.id
    ground.reached(answer.rollout, Phase.COMPLETED)
    assert [one.id for one in ground["rita"].emergencies("in-a-hurry")] == [key]
    with pytest.raises(NotAllowed):
        ground["dana"].review_emergency(key, "All is well.")
    assert ground["ines"].review_emergency(key, "Looked at the display.").reviewed_by == address("ines")
    assert ground["rita"].emergencies("in-a-hurry") == []
    assert ground["rita"].emergency(key).note == "Looked at the display."
