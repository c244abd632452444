"""Halves of calls wait for each other: over a restart, and not for ever."""

from pathlib import Path

import msgspec
import pytest
from tests.lifecycle.away import adopt
from tests.lifecycle.lives import Life
from tests.lifecycle.test_pushing import say_live
from tests.sdk import models

from lamplighter.domain.payload import Delivered, Half
from lamplighter.domain.pushed import Kept
from lamplighter.lifecycle import payloads

MODEL = "logged-trains"
BODIES = {
    Half.REQUEST: {"instances": [[1.0, 0.5, "coast"], [2.0, 0.5, "hills"]]},
    Half.RESPONSE: {"predictions": [0.25, 0.5]},
}


@pytest.fixture
def logged(life: Life, tmp_path: Path) -> Life:
    """A platform on which a model that runs elsewhere is live."""
    say_live(life, adopt(life, models.project(MODEL), tmp_path))
    return life


def send(life: Life, half: Half, identity: str = "c-1") -> Kept | None:
    headers = {
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": identity,
        "ce-type": f"org.kubeflow.serving.inference.{half}",
    }
    with life.kit.store.reading() as look:
        place = look.environment("prod")
    return payloads.receive(life.kit, life.actor("display"), MODEL, place, headers, msgspec.json.encode(BODIES[half]))


def state(life: Life) -> tuple[int, int]:
    """Halves that wait, and scored rows."""
    with life.kit.store.reading() as look:
        return look.payloads.count(), look.answered.count(MODEL, "prod")


@pytest.mark.parametrize("first", list(Half))
def test_a_half_waits_for_the_other_over_a_restart(logged: Life, first: Half) -> None:
    assert send(logged, first) is None
    assert send(logged, first) is None
    logged.restart()
    assert state(logged) == (1, 0)
    assert send(logged, first.other) == Kept(kept=1, known=0)
    assert state(logged) == (0, 2)
    # Both once more, in the other order, are the same call.
    assert send(logged, first.other) is None
    assert send(logged, first) == Kept(kept=0, known=1)
    assert state(logged) == (0, 2)


def test_a_half_does_not_wait_for_ever(logged: Life) -> None:
    assert send(logged, Half.REQUEST) is None
    logged.clock.forward(3500)
    payloads.sweep(logged.kit)
    assert state(logged) == (1, 0)
    logged.clock.forward(200)
    logged.reconciler.look()
    assert state(logged) == (0, 0)


def test_a_crash_between_the_second_half_and_its_count_loses_nothing(logged: Life) -> None:
    assert send(logged, Half.REQUEST) is None
    with logged.kit.store.transaction() as change:
        row = change.payloads.of(MODEL, "prod", "c-1")[Half.REQUEST]
        event = msgspec.json.decode(row, type=Delivered)
        other = msgspec.structs.replace(event, half=Half.RESPONSE, body=msgspec.json.encode(BODIES[Half.RESPONSE]))
        change.payloads.put(MODEL, "prod", "c-1", Half.RESPONSE, msgspec.json.encode(other), logged.clock.now())
    logged.restart()
    payloads.sweep(logged.kit)
    assert state(logged) == (0, 2)
