"""Machines elsewhere on the command line."""

import msgspec
from tests.cli.commands import told
from tests.cli.memory import NOON, Memory

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.machine import Machine, Place, in_order, judged
from lamplighter.domain.node import Hearing, Node, NodeReport, SeenNode
from lamplighter.domain.observation import Observation
from lamplighter.domain.route import WorkerReport
from lamplighter.node.machine import further
from lamplighter.node.main import own_name


def machine(name: str, hearing: Hearing, *, revision: int = 7) -> SeenNode:
    report = WorkerReport(pid=1, slot=0, started_at=1, written_at=1, revision=revision)
    seen = Observation(alive=True, revision=revision, reports=(report, report))
    said = NodeReport(instance="a", observation=seen, lacking=("a" * 64,))
    return SeenNode(node=Node(environment="prod", name=name, number=0, seen_at=NOON, report=said), hearing=hearing)


def test_machines_are_listed_with_those_that_are_not_heard() -> None:
    platform = Memory()
    platform.elsewhere = [machine("serving-0", Hearing.HEARD), machine("serving-1", Hearing.LOST, revision=-1)]
    assert told(platform, "nodes", "list", "prod").out == (
        "2 machines serve prod; 1 of them not heard.\n"
        "  ENV   MACHINE    IS     LAST (CET)        PROCESSES  ROUTE  TO COME\n"
        "  prod  serving-0  heard  2026-03-03 14:32          2      7        1\n"
        "  prod  serving-1  lost   2026-03-03 14:32          2      -        1\n"
        "Next: lamp nodes forget prod serving-1\n"
    )
    assert told(Memory(), "nodes", "list").out.startswith("0 machines serve an environment; none of them not heard.\n")


def test_everything_that_serves_is_shown_with_what_to_do() -> None:
    seen = Machine(
        environment="prod", name="serving-0", here=False, hearing=Hearing.HEARD, seen_at=NOON, models=1, alive=True,
        pids=(1, 2), processes=2, revision=7, to_bring=1_500_000, free=5 * 10**9,
    )  # fmt: skip
    older = msgspec.structs.replace(seen, name="serving-1", revision=5, behind=2)
    prod = Environment(name="prod", level=Level.PRODUCTION, port=1, target="nodes")
    platform = Memory()
    platform.places = [
        Place(environment=prod, revision=7, models=1, machines=in_order([judged(seen), judged(older)])),
        Place(environment=msgspec.structs.replace(prod, name="far"), revision=0, models=0),
    ]
    assert told(platform, "nodes", "show").out == (
        "2 machines: 1 needs somebody.\n"
        "  IS         ENV   MACHINE    RUN   ROUTE  MB TO COME  GB FREE\n"
        "  ◐ watch    prod  serving-1  2/2  5 (-2)         1.5      5.0\n"
        "  ☀ healthy  prod  serving-0  2/2       7         1.5      5.0\n"
        "  prod serving-1: It answers by an older route, 2 changes behind. Wait some\n"
        "  seconds. If it stays, see serving/prod/serving.log in its home folder.\n"
        "  far: no machine serves it. Start one there: lamp nodes run far\n"
        "Next: lamp nodes list\n"
        "http://127.0.0.1:7070/machines\n"
    )
    assert told(Memory(), "nodes", "show").out.startswith("0 machines: none needs anybody.\n")


def test_tokens_are_given_out_and_revoked_and_a_machine_is_forgotten() -> None:
    platform = Memory()
    assert told(platform, "nodes", "token", "prod", "--days", "30").out.startswith("lmp_node_shown-once\n")
    assert told(platform, "nodes", "revoke", "prod").out.startswith("✓ 2 tokens of machines of prod revoked.\n")
    assert told(platform, "nodes", "forget", "prod", "serving-1").out.startswith("✓ serving-1 is missed no more in prod.\n")
    assert platform.deeds == [
        ("issue_node_token", "prod", 30),
        ("revoke_node_tokens", "prod"),
        ("forget_node", "prod", "serving-1"),
    ]


def test_a_machine_is_called_as_its_host_and_listens_to_nobody_else_unless_told() -> None:
    assert [own_name(host) for host in ("Serving_7.example.org", "serving-7", "...", "a" * 80)] == [
        "serving-7",
        "serving-7",
        "machine",
        "a" * 63,
    ]
    assert further((), plain=False) == ()
    assert further(("a.example", "a.example"), plain=True) == ("--insecure-plain-http", "--known-as", "a.example")
