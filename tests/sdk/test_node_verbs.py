"""Machines elsewhere, embedded and remote alike."""

from tests.sdk import models
from tests.sdk.grounds import Ground
from tests.sdk.homes import until

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.node import NodeReport, Orders
from lamplighter.domain.observation import Observation
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.release import release

MODEL = "far-trains"
PLACE = Environment(name="far", level=Level.DEVELOPMENT, port=1, target="nodes")
SEGMENT = "0-1-000000.seg"


def said(**more: object) -> NodeReport:
    return NodeReport(instance="a", observation=Observation(alive=False), **more)  # type: ignore[arg-type]


def test_a_machine_asks_for_orders_and_brings_what_it_recorded(ground: Ground) -> None:
    ground.owner.save_environment("far", PLACE)
    version = release(ground["dana"], models.project(MODEL), models.build())
    token = ground.owner.issue_node_token("far", 5).secret
    assert token.startswith("lmp_node_")
    machine = ground.machine(token)
    first = machine.node_orders("far", "one", said())
    assert first.package is not None
    assert first.environment is None
    asked = ground["dana"].deploy(version.name, "far")
    assert asked.rollout is not None
    orders = wanted(machine)
    assert orders.environment == PLACE
    assert orders.package is not None
    (served,) = orders.package.route.models[0].versions()
    assert machine.node_file("far", served.digest, served.digest)
    assert machine.put_segment("far", "one", SEGMENT, 0, b"abc") == 3
    assert machine.put_segment("far", "one", SEGMENT, 0, b"abc") == 3
    assert machine.node_orders("far", "one", said(segments={SEGMENT: 3})).held == {SEGMENT: 3}
    (found,) = ground["rita"].nodes("far")
    assert (found.node.name, found.hearing) == ("one", "heard")
    (place,) = ground["ivo"].machines("far")
    assert (place.environment.name, [one.name for one in place.machines]) == ("far", ["one"])
    machine.node_orders("far", "one", said(leaving=True))
    assert ground["rita"].nodes() == []
    machine.node_orders("far", "lost", said())
    until(lambda: ground["rita"].nodes()[0].hearing == "silent", 20)
    ground.owner.forget_node("far", "lost")
    assert ground.owner.revoke_node_tokens("far") == 1


def wanted(machine: Platform) -> Orders:
    def asked() -> Orders | None:
        orders = machine.node_orders("far", "one", said())
        named = orders.package.route.models if orders.package else ()
        return orders if orders.environment is not None and named else None

    found = until(asked)
    assert found is not None
    return found
