"""How a machine is, by what weighs most, and what to do about it."""

import msgspec
import pytest

from lamplighter.domain.machine import LATE, Machine, in_order, judged
from lamplighter.domain.node import Hearing
from lamplighter.domain.stage import Status

FINE = Machine(
    environment="prod", name="serving-0", here=False, hearing=Hearing.HEARD, seen_at=1, models=1, alive=True, pids=(7, 8),
    processes=2, revision=4, loaded=("a@1",), to_bring=0, free=10**12,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "status", "why", "fix"),
    [
        ({}, Status.HEALTHY, "It answers by the newest route.", ""),
        ({"hearing": Hearing.SILENT}, Status.WATCH, "It says nothing; its processes may answer on.", "Wait a minute"),
        ({"hearing": Hearing.LOST}, Status.FAILING, "It is lost", "Start it again: lamp nodes run prod --name serving-0."),
        ({"hearing": Hearing.LOST, "to_bring": 2_000_000}, Status.FAILING, "2.0 MB of its log had not come.", "forget it"),
        ({"alive": False, "pids": ()}, Status.FAILING, "Its processes do not run", "lamp nodes run starts them again"),
        ({"alive": False, "pids": (), "here": True}, Status.FAILING, "answers nobody", "the control plane starts them again"),
        ({"alive": False, "pids": (), "models": 0}, Status.UNKNOWN, "No model is live there", ""),
        ({"alive": False, "pids": (), "lacking": ("a@1",)}, Status.WATCH, "It has not begun: bytes of a@1", "Wait"),
        ({"refused": {"a@2": "Its digest is another."}}, Status.FAILING, "a@2: Its digest", "Roll back: lamp rollback a;"),
        ({"quarantined": {"a@2": "It killed two."}}, Status.FAILING, "a@2 is in quarantine: It killed two.", "lamp rollback a"),
        ({"pids": (7,)}, Status.WATCH, "1 of 2 processes run.", "serving/prod/serving.log"),
        ({"lacking": ("a@2",)}, Status.WATCH, "Bytes of a@2 are on their way to it.", "Wait"),
        ({"revision": -1}, Status.WATCH, "taken up no route yet", "Wait some seconds"),
        ({"behind": 1}, Status.WATCH, "older route, 1 change behind.", "Wait some seconds"),
        ({"behind": 3}, Status.WATCH, "older route, 3 changes behind.", "serving.log"),
        ({"to_bring": LATE + 1}, Status.WATCH, "67 MB of its log are still to come", "Nothing is lost meanwhile."),
        ({"free": 900_000_000}, Status.WATCH, "0.9 GB are free on its disk.", "Make room"),
        ({"free": -1, "to_bring": -1}, Status.HEALTHY, "newest route", ""),
        ({"free": 1, "hearing": Hearing.LOST}, Status.FAILING, "It is lost", "forget it"),
        ({"behind": 1, "refused": {"a@2": "So."}}, Status.FAILING, "a@2", "Roll back"),
    ],
)
def test_what_weighs_most_is_said(changed: dict[str, object], status: Status, why: str, fix: str) -> None:
    found = judged(msgspec.structs.replace(FINE, **changed))
    assert found.status is status
    assert why in found.why
    assert fix in found.fix
    assert bool(found.fix) == bool(fix)


def test_those_that_need_somebody_stand_first() -> None:
    changes = ({"name": "b"}, {"name": "c", "hearing": Hearing.SILENT}, {"name": "d", "alive": False}, {"name": "a"})
    machines = [judged(msgspec.structs.replace(FINE, **one)) for one in changes]
    assert [one.name for one in in_order(machines)] == ["d", "c", "a", "b"]
