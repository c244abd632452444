"""Versions whose time is over, in real process groups with no control plane beside them."""

import os
import signal
import time
from pathlib import Path

import msgspec
import pytest
from tests.serving.groundwork import MODEL, Caller, Ground, until

from lamplighter.domain.expiry import Action, Expiry
from lamplighter.domain.outage import Fallback, Outage
from lamplighter.domain.route import Arm, ModelRoute, Served

SECOND = 1_000_000


def now() -> int:
    return time.time_ns() // 1000


def expiry(action: Action, seconds: float = 0.0) -> Expiry:
    """An end so many seconds ahead, after a grace of half a second."""
    end = now() + int(seconds * SECOND)
    return Expiry(at=end - SECOND // 2, ends_at=end, action=action)


def statuses(ground: Ground, count: int = 8) -> set[int]:
    """What new connections are answered; with several, each process has some."""
    return {Caller(ground.port).infer()[0] for _ in range(count)}


def wait_past(moment: Expiry) -> None:
    time.sleep(max(0.0, (moment.ends_at - now()) / SECOND) + 0.1)


def test_every_process_refuses_once_the_grace_is_over_and_a_restart_changes_nothing(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    other = ModelRoute(model="other", champion=ground.version(1, model="other"))
    route = ModelRoute(model=MODEL, champion=ground.version(7), expiry=expiry(Action.BLOCK, 3600))
    ground.route(route, other)
    with ground.serving(2):
        until(lambda: ground.adopted(1, 2))
        end = expiry(Action.BLOCK, 2.0)
        ground.route(msgspec.structs.replace(route, expiry=end), other)
        until(lambda: ground.adopted(2, 2))
        assert now() < end.ends_at, "this machine was too slow for the test"
        assert statuses(ground, 2) == {200}
        wait_past(end)
        assert statuses(ground) == {503}
        status, body, headers = ground.caller().post(
            f"/m/{MODEL}/invocations", {"inputs": {"dep_delay": [5.0], "distance": [1000], "carrier": ["UA"]}}
        )
        assert (status, body["type"]) == (503, "urn:lamplighter:problems/version-expired")
        assert headers["Lamp-Version"] == f"{MODEL}@7"
        assert ground.caller().infer(path="/v2/models/other/infer")[0] == 200
        for report in ground.reports():
            os.kill(report.pid, signal.SIGKILL)
        pids = {report.pid for report in ground.reports()}
        until(lambda: ground.adopted(2, 2) and not pids & {report.pid for report in ground.reports()})
        assert statuses(ground) == {503}
    refused = [record for record in ground.scored() if record.failure]
    assert {record.failure for record in refused} == {"version-expired: The version is older than its owner allows."}


def test_an_extension_lets_it_answer_again(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    route = ModelRoute(model=MODEL, champion=ground.version(7), expiry=expiry(Action.BLOCK))
    ground.route(route)
    with ground.serving():
        assert statuses(ground, 1) == {503}
        revision = ground.route(ModelRoute(model=MODEL, champion=route.champion, expiry=expiry(Action.BLOCK, 3600)))
        until(lambda: ground.adopted(revision))
        assert statuses(ground, 2) == {200}


@pytest.mark.parametrize("action", [Action.FALLBACK, Action.SERVE])
def test_the_other_actions_answer_and_say_how(tmp_path: Path, action: Action) -> None:
    ground = Ground(tmp_path)
    declared = Outage(answer=Fallback.CONSTANT, value=0.25)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(7), expiry=expiry(action), outage=declared))
    with ground.serving():
        status, body, headers = ground.caller().infer(2, Lamp_Request_Id="r1")
    is_fallback = action is Action.FALLBACK
    assert (status, body["outputs"][0]["data"]) == (200, [0.25, 0.25] if is_fallback else [16.0, 16.0])
    assert headers.get("Lamp-Fallback") == ("constant" if is_fallback else None)
    arms = [(record.arm, list(record.scores)) for record in ground.scored()]
    assert arms == ([(Arm.CHAMPION, []), (Arm.FALLBACK, [0.25, 0.25])] if is_fallback else [(Arm.CHAMPION, [16.0, 16.0])])


def test_blocked_means_no_fallback_and_its_successor_keeps_its_share(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    route = ModelRoute(
        model=MODEL,
        champion=ground.version(7),
        challenger=ground.version(8, 100.0),
        share=0.5,
        expiry=expiry(Action.BLOCK),
        outage=Outage(answer=Fallback.CONSTANT, value=0.25),
    )
    ground.route(route)
    with ground.serving():
        caller = ground.caller()
        answers = [caller.infer(Lamp_Key=f"k{number}") for number in range(40)]
    seen = {(status, headers["Lamp-Version"]) for status, _, headers in answers}
    assert seen == {(503, f"{MODEL}@7"), (200, f"{MODEL}@8")}


def test_a_wall_clock_set_back_between_two_lives_revives_nobody(tmp_path: Path) -> None:
    """The report of the last process says how late it was."""
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(7), expiry=expiry(Action.BLOCK, 3600)))
    with ground.serving():
        assert statuses(ground, 1) == {200}
    path = ground.directory / "workers" / "0.json"
    written = ground.reports()[0].written_at
    path.write_bytes(path.read_bytes().replace(str(written).encode(), str(written + 7200 * SECOND).encode()))
    with ground.serving():
        assert statuses(ground, 1) == {503}


def test_a_version_named_by_its_number_has_no_longer_life(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    served: Served = ground.version(7)
    declared = Outage(answer=Fallback.CONSTANT, value=0.25)
    ground.route(ModelRoute(model=MODEL, champion=served, expiry=expiry(Action.FALLBACK), outage=declared))
    with ground.serving():
        assert ground.caller().infer(path=f"/v2/models/{MODEL}/versions/7/infer")[0] == 503
