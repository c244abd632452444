"""Hooks on real processes: receivers that accept, refuse, hang and die, and what follows as it is declared."""

import base64
import hashlib
import hmac
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.lifecycle.away import AT, adopt
from tests.lifecycle.calendars import frozen_life, midnight
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.receivers import Receiver
from tests.lifecycle.test_rollouts import live_number
from tests.sdk import models
from tests.sdk.cast import arrive
from tests.sdk.homes import home, until

from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.events.rollout import HookAnswered, RolloutMoved
from lamplighter.domain.events.routing import RolledBack, WentLive
from lamplighter.domain.project import Project
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.version import Version
from lamplighter.sdk import local, lock
from lamplighter.sdk.connect import local_token
from lamplighter.sdk.release import release
from lamplighter.sdk.remote import remote

#: What reads and writes in ways of its own; the other rules are the same code on either.
on_each_database = pytest.mark.usefixtures("on_each_database")

SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four b").decode()
AT_ONCE = {"steps": [100], "each": "0s", "least_requests": 0}


def settings(receiver: Receiver) -> str:
    """A configuration whose receiver signs, and one that does not."""
    receivers = f'webhooks = {{ tickets = "{receiver.url}", plain = "{receiver.url}" }}'
    return f'{receivers}\nwebhook_secrets = {{ tickets = ["{SECRET}"] }}\n'


@pytest.fixture
def hooked(tmp_path: Path, receiver: Receiver) -> Iterator[Life]:
    with lived(tmp_path / "home", settings(receiver)) as life:
        yield life


def project(name: str, **hooks: Any) -> Project:
    """A model whose versions go live at once but for its hooks."""
    made = {moment: [{"hook": "tickets", "within": "2s", **hook}] for moment, hook in hooks.items()}
    return models.project(name, env={"prod": {"rollout": AT_ONCE, **made}})


def asked(life: Life, version: Version) -> Rollout:
    rollout = life["dana"].deploy(version.name, "prod").rollout
    assert rollout is not None
    return rollout


def two(life: Life, described: Project) -> Version:
    """The second version of a model whose first is live."""
    versions = life.versions(described, 2)
    life.appoint(versions[0])
    return versions[1]


def told(rollout: Rollout) -> list[tuple[str, int, int, str]]:
    """Moment, attempt, status and reason of every try."""
    return [(one.moment, one.attempt, one.status, one.why) for one in rollout.answers]


@on_each_database
def test_both_are_asked_in_their_turn_signed_and_on_record(hooked: Life, receiver: Receiver) -> None:
    version = two(hooked, project("accepted", before={"on_failure": "stop"}, after={"on_failure": "roll-back"}))
    rollout = asked(hooked, version)
    after = hooked.reached(rollout, Phase.COMPLETED)
    assert told(after) == [("before", 1, 200, ""), ("after", 1, 200, "")]
    assert all(0.0 <= one.seconds < 2.0 for one in after.answers)
    assert [event["type"] for event in receiver.events] == ["lamplighter.rollout.before.v1", "lamplighter.rollout.after.v1"]
    first = receiver.events[0]
    assert (first["id"], first["subject"]) == (f"{rollout.id}-before-0", f"accepted/{rollout.id}")
    assert first["data"] == {
        "model": "accepted", "environment": "prod", "number": 2, "version": version.digest, "previous": 1,
        "rollout": rollout.id, "moment": "before", "attempt": 1, "asked_by": rollout.asked_by, "emergency": "", "elsewhere": "",
        "url": f"{hooked.settings.url}/rollouts/{rollout.id}",
    }  # fmt: skip
    heads = receiver.headers[0]
    assert heads["webhook-id"] == f"{rollout.id}-before-0"
    assert heads["webhook-signature"].startswith("v1,")
    events = hooked.events(HookAnswered)
    assert [(event.rollout, event.moment, event.status, event.follows) for event in events] == [
        (rollout.id, "before", 200, ""),
        (rollout.id, "after", 200, ""),
    ]
    # The second one was asked when the version had everything.
    went = hooked.entries(WentLive)[-1].at
    assert after.answers[0].at < went < after.answers[1].at


def test_the_signature_is_that_of_standard_webhooks(hooked: Life, receiver: Receiver) -> None:
    hooked.reached(asked(hooked, two(hooked, project("signed", before={"on_failure": "stop"}))), Phase.COMPLETED)
    heads = receiver.headers[0]
    said = b".".join((heads["webhook-id"].encode(), heads["webhook-timestamp"].encode(), receiver.bodies[0]))
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    assert heads["webhook-signature"] == f"v1,{base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()}"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ([503], "It answered 503."),
        ([404], "It answered 404."),
        ([302], "It answered 302."),
        (["hang"], "It did not answer within 1 seconds."),
        (["die"], "It could not be reached (RemoteProtocolError)."),
    ],
)
def test_before_stop_nothing_begins(hooked: Life, receiver: Receiver, script: list[int | str], why: str) -> None:
    receiver.script = list(script)
    within = "1s" if "hang" in script else "30s"
    version = two(hooked, project("stopped", before={"on_failure": "stop", "within": within}))
    after = hooked.reached(asked(hooked, version), Phase.REFUSED)
    assert after.why == f"The hook tickets before it said no. {why}"
    assert len(receiver.events) == 1
    assert live_number(hooked, "stopped") == 1
    assert not any(event.number == version.number for event in hooked.events(WentLive))
    assert [event.follows for event in hooked.events(HookAnswered)] == ["stop"]


def test_before_continue_it_begins_all_the_same(hooked: Life, receiver: Receiver) -> None:
    receiver.script = [500]
    after = hooked.reached(asked(hooked, two(hooked, project("went-on", before={"on_failure": "continue"}))), Phase.COMPLETED)
    assert told(after) == [("before", 1, 500, "It answered 500.")]
    assert live_number(hooked, "went-on") == 2


def test_a_failure_is_tried_again_as_often_as_declared_under_one_id(hooked: Life, receiver: Receiver) -> None:
    receiver.script = [500, "die", 200]
    version = two(hooked, project("again", before={"on_failure": "stop", "retries": 2}))
    rollout = asked(hooked, version)
    hooked.look_until(lambda: len(hooked.rollout(rollout).answers) == 1)
    hooked.clock.forward(5)
    hooked.look_until(lambda: len(hooked.rollout(rollout).answers) == 2)
    hooked.clock.forward(5)
    after = hooked.reached(rollout, Phase.COMPLETED)
    assert [(attempt, status) for _, attempt, status, _ in told(after)] == [(1, 500), (2, 0), (3, 200)]
    assert {heads["webhook-id"] for heads in receiver.headers} == {f"{rollout.id}-before-0"}


def test_after_roll_back_everything_returns_and_somebody_is_told(hooked: Life, receiver: Receiver) -> None:
    receiver.script = [500]
    version = two(hooked, project("returned", after={"on_failure": "roll-back"}))
    after = hooked.reached(asked(hooked, version), Phase.WITHDRAWN)
    assert after.why == "The hook tickets after it said no. It answered 500."
    assert live_number(hooked, "returned") == 1
    (event,) = hooked.events(RolledBack)
    assert (event.number, event.previous) == (1, 2)
    truth = hooked["rita"].at("returned", "prod", 2**62)
    assert (truth.number, truth.how) == (1, "rollback")
    hooked.look_until(lambda: hooked["rita"].incidents("returned"))
    (incident,) = hooked["rita"].incidents("returned")
    assert "The hook tickets after it said no." in incident.finding.sentence


def test_after_note_the_version_stays(hooked: Life, receiver: Receiver) -> None:
    receiver.script = ["hang"]
    version = two(hooked, project("noted", after={"on_failure": "note", "within": "1s"}))
    after = hooked.reached(asked(hooked, version), Phase.COMPLETED)
    assert told(after) == [("after", 1, 0, "It did not answer within 1 seconds.")]
    assert live_number(hooked, "noted") == 2


def test_while_one_hangs_looks_go_on_and_so_does_everything_else(hooked: Life, receiver: Receiver) -> None:
    receiver.script = ["hang"]
    hanging = asked(hooked, two(hooked, project("hanging", before={"on_failure": "stop", "within": "60s"})))
    hooked.look_until(lambda: receiver.events)
    hooked.live(hooked.version(models.project("other", env={"prod": {"rollout": AT_ONCE}})))
    assert hooked.rollout(hanging).phase is Phase.PENDING
    # A person does not wait for it either.
    hooked["dana"].stop(hanging.id)
    hooked.reached(hanging, Phase.WITHDRAWN)


def test_going_back_does_not_wait_for_the_hook_after_it(hooked: Life, receiver: Receiver) -> None:
    receiver.script = ["hang"]
    version = two(hooked, project("left", after={"on_failure": "roll-back", "within": "60s"}))
    rollout = asked(hooked, version)
    hooked.reached(rollout, Phase.CONFIRMING)
    hooked.look_until(lambda: receiver.events)
    assert live_number(hooked, "left") == 2
    back = hooked["ines"].roll_back("left", "prod", leaving=2)
    assert (back.before, back.now, live_number(hooked, "left")) == (2, 1, 1)
    assert hooked.rollout(rollout).phase is Phase.WITHDRAWING
    hooked.reached(rollout, Phase.WITHDRAWN)
    assert [(event.number, event.previous) for event in hooked.events(RolledBack)] == [(1, 2)]


def test_a_crash_repeats_the_try_that_was_under_way_under_its_id(hooked: Life, receiver: Receiver) -> None:
    receiver.script = ["hang"]
    rollout = asked(hooked, two(hooked, project("crashed", before={"on_failure": "stop", "within": "60s"})))
    hooked.look_until(lambda: receiver.events)
    hooked.restart()
    after = hooked.reached(rollout, Phase.COMPLETED)
    assert told(after) == [("before", 1, 200, "")]
    assert [heads["webhook-id"] for heads in receiver.headers] == [f"{rollout.id}-before-0"] * 2


@on_each_database
def test_a_control_plane_that_is_killed_while_it_asks_asks_again_and_moves_once(tmp_path: Path, receiver: Receiver) -> None:
    receiver.script = ["hang"]
    place = home(tmp_path / "home", more=settings(receiver))
    local.start(place, wait=60.0)
    try:
        owner = remote(place.url, local_token(place))
        dana = remote(place.url, arrive(owner)["dana"])
        described = project("killed", before={"on_failure": "stop", "within": "60s"})
        asked_for = dana.deploy(release(dana, described, models.build()).name, "prod").rollout
        assert asked_for is not None
        until(lambda: receiver.events)
        os.kill(lock.running(place), signal.SIGKILL)
        until(lambda: not lock.running(place))
        local.start(place, wait=60.0)
        until(lambda: dana.rollout(asked_for.id).phase is Phase.COMPLETED)
        assert told(dana.rollout(asked_for.id)) == [("before", 1, 200, "")]
        phases = [one.event.phase for one in dana.journal("killed") if isinstance(one.event, RolloutMoved)]
        assert phases == ["completed", "completing", "shifting", "starting", "pending"]
        assert dana.verify_journal().verified
        for one in (owner, dana):
            one.close()
    finally:
        local.stop(place)
    assert [heads["webhook-id"] for heads in receiver.headers] == [f"{asked_for.id}-before-0"] * 2


def test_a_hook_that_is_no_receiver_or_is_not_signed_is_refused_when_it_is_declared(hooked: Life) -> None:
    for name, kind, code in (("tickts", NotFound, "E1201"), ("plain", Invalid, "E1146")):
        described = project(f"no-{name}", before={"hook": name, "on_failure": "stop"})
        with pytest.raises(kind) as refusal:
            hooked["dana"].save_project(described.name, described)
        assert refusal.value.code == code
    assert hooked["rita"].rollouts() == []


def test_a_receiver_that_is_gone_is_refused_when_a_version_is_deployed(tmp_path: Path, receiver: Receiver) -> None:
    with lived(tmp_path / "home", settings(receiver)) as life:
        version = life.version(project("orphaned", before={"on_failure": "stop"}))
        life.settings = msgspec.structs.replace(life.settings, webhooks={}, webhook_secrets={})
        life.restart()
        with pytest.raises(NotFound):
            life["dana"].deploy(version.name, "prod")


def test_a_version_elsewhere_counts_as_live_only_once_the_hook_before_it_says_go(
    hooked: Life, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.script = [503]
    version = adopt(hooked, project("away", before={"on_failure": "stop"}), tmp_path)
    refused = hooked.reached(asked(hooked, version), Phase.REFUSED)
    assert refused.why == "The hook tickets before it said no. It answered 503."
    assert hooked.events(WentLive) == []
    assert receiver.events[0]["data"]["elsewhere"] == AT
    hooked.reached(asked(hooked, version), Phase.COMPLETED)
    assert live_number(hooked, "away") == 1
    assert not (hooked.settings.serving / "prod" / "route.json").exists()


def test_the_hook_after_a_version_elsewhere_is_asked_once_it_counts_as_live(
    hooked: Life, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.script = [200, 500]
    version = adopt(hooked, project("away", before={"on_failure": "continue"}, after={"on_failure": "note"}), tmp_path)
    after = hooked.reached(asked(hooked, version), Phase.COMPLETED)
    assert told(after) == [("before", 1, 200, ""), ("after", 1, 500, "It answered 500.")]
    assert after.answers[0].at < hooked.entries(WentLive)[-1].at < after.answers[1].at
    assert live_number(hooked, "away") == 1
    assert [event["data"]["elsewhere"] for event in receiver.events] == [AT, AT]


def test_no_hook_takes_back_what_runs_elsewhere(hooked: Life, tmp_path: Path) -> None:
    back = project("away", after={"on_failure": "roll-back"})
    version = adopt(hooked, back, tmp_path)
    with pytest.raises(Invalid) as refusal:
        hooked["dana"].deploy(version.name, "prod")
    assert (refusal.value.code, refusal.value.why) == (
        "E1146",
        "away@1 runs elsewhere, and this platform moves no traffic there.",
    )
    # Once it is known to run there, the file is refused as well.
    with pytest.raises(Invalid) as refusal:
        hooked["dana"].save_project("away", back)
    assert refusal.value.code == "E1146"
    assert hooked["rita"].rollouts() == []


def test_a_held_version_is_announced_when_it_may_begin(tmp_path: Path, receiver: Receiver) -> None:
    with frozen_life(tmp_path, -1, 1, settings(receiver)) as life:
        rollout = asked(life, life.version(project("held", before={"on_failure": "stop"})))
        for _ in range(3):
            life.reconciler.look()
            time.sleep(0.05)
        assert receiver.events == []
        life.clock.forward((midnight(2) - life.clock.now()) / 1e6 + 1)
        life.reached(rollout, Phase.COMPLETED)
        until(lambda: len(receiver.events) == 1)
