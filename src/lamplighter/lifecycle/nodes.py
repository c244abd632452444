"""Machines that serve an environment from elsewhere: their orders, the bytes they need, and what they recorded.

Whatever a machine says is taken as said by it: its token is for one environment, and it sees and brings nothing of another.
"""

from pathlib import Path

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from lamplighter.domain.events.node import NodeJoined, NodeLeft
from lamplighter.domain.identity import Actor
from lamplighter.domain.names import STRICT_NAME, unknown
from lamplighter.domain.node import TARGET, Hearing, Node, NodeReport, Orders, SeenNode, hearing
from lamplighter.domain.record import canonical
from lamplighter.domain.version import Manifest
from lamplighter.lifecycle import shipped
from lamplighter.lifecycle.kit import Kit
from lamplighter.serving.files import replace
from lamplighter.targets.base import force
from lamplighter.targets.nodes import NODES, REPORT, WANTED, node_at, nodes


def known(kit: Kit, environment: str = "") -> list[SeenNode]:
    """Every machine, of one environment if one is named."""
    now = kit.clock.now()
    with kit.store.reading() as look:
        places = [look.environment(environment)] if environment else look.environments.all()
    found = [node for place in places for node in nodes(kit.settings.serving / place.name)]
    return [SeenNode(node=one, hearing=hearing(one.seen_at, now)) for one in found]


def orders(kit: Kit, actor: Actor, environment: str, name: str, report: NodeReport) -> Orders:
    """Take in what a machine says, and say what it is to do.

    Raises `NotAllowed` for a token of another environment, `Invalid` for a name that cannot be, and `Conflict` where the
    environment is served otherwise or another machine of that name is heard.
    """
    place = _place(kit, actor, environment, name)
    with kit.nodes[environment]:
        before = node_at(kit.settings.serving / environment, name)
        _check_one(kit, name, before, report)
        if report.leaving:
            _leave(kit, actor, environment, name)
            return Orders(environment=None)
        number = before.number if before else _free({one.number for one in nodes(kit.settings.serving / environment)})
        node = Node(environment=environment, name=name, number=number, seen_at=kit.clock.now(), report=report)
        _keep(kit, actor, node, fresh=before is None)
        held = shipped.held(kit, environment, name, report.segments)
    told = kit.packages.of(place.name)
    return Orders(
        environment=_wanted(kit, place.name),
        package=told.package if told is not None and told.digest != report.holds else None,
        held=held,
    )


def file(kit: Kit, actor: Actor, environment: str, version: str, digest: str) -> bytes:
    """The bytes of a version that the environment answers with: of its manifest, or of a file that this names.

    Raises `NotFound` for everything else, `NotAllowed` for a token of another environment.
    """
    _place(kit, actor, environment)
    told = kit.packages.of(environment)
    if told is not None and version in told.versions:
        content = kit.artifacts.get(version)
        if digest == version:
            return content
        if any(one.digest == digest for one in from_json(content, Manifest).artifacts):
            return kit.artifacts.get(digest)
    raise NotFound(
        "There is no such file.",
        why=f"No version that {environment} answers with has it.",
        fix="Ask for the orders again.",
        code="E1227",
    )


def bring(kit: Kit, actor: Actor, environment: str, name: str, segment: str, offset: int, content: bytes) -> int:
    """Keep a part of what a machine recorded, durably; gives the bytes that are held then.

    Raises as `orders` does, and `NotFound` for a machine that has not asked for orders.
    """
    _place(kit, actor, environment, name)
    with kit.nodes[environment]:
        if not (_folder(kit, environment, name) / REPORT).exists():
            raise unknown("machine", name, (one.name for one in nodes(kit.settings.serving / environment)))
        return shipped.keep(kit, environment, name, segment, offset, content)


def forget(kit: Kit, actor: Actor, environment: str, name: str) -> None:
    """Wait and look no more for a machine that is gone for good; what it did not bring is lost.

    Raises `NotFound`, and `Conflict` for one that is heard.
    """
    with kit.store.reading() as look:
        look.environment(environment)
    with kit.nodes[environment]:
        found = {one.name: one for one in nodes(kit.settings.serving / environment)}
        if name not in found:
            raise unknown("machine", name, found)
        if hearing(found[name].seen_at, kit.clock.now()) is Hearing.HEARD:
            raise Conflict(
                f"{name} is heard.",
                why="It answers, and would be back with its next word.",
                fix=f"End it there first; it says itself that it leaves {environment}.",
                code="E1584",
            )
        _leave(kit, actor, environment, name)


def _place(kit: Kit, actor: Actor, environment: str, name: str = "") -> Environment:
    if actor.environment != environment:
        raise NotAllowed(
            "This token is not for that environment.",
            why="A machine has a token for the one environment that it serves.",
            fix="Use one of it: lamp nodes token ENV",
            code="E1326",
        )
    with kit.store.reading() as look:
        place = look.environment(environment)
    if place.target != TARGET:
        raise Conflict(
            f"{environment} is not served by machines elsewhere.",
            why=f"Its target is {place.target}.",
            fix=f"Set it first: lamp env add {environment} --level {place.level} --port {place.port} --target {TARGET}",
            code="E1583",
        )
    if name and not STRICT_NAME.fullmatch(name):
        raise Invalid(
            "That is no name of a machine.",
            why="A name has 1 to 63 lower-case letters, digits and hyphens, and starts and ends with a letter or digit.",
            fix="Name it with --name.",
            code="E1212",
        )
    return place


def _check_one(kit: Kit, name: str, before: Node | None, report: NodeReport) -> None:
    """Two machines that take themselves for the same one would put their answers for each other's."""
    if before is None or before.report.instance == report.instance:
        return
    if hearing(before.seen_at, kit.clock.now()) is Hearing.HEARD:
        raise Conflict(
            f"Another machine is called {name}.",
            why="It was heard a moment ago. After a restart the name is free within seconds.",
            fix="Give each machine a name of its own with --name.",
            code="E1585",
        )


def _keep(kit: Kit, actor: Actor, node: Node, *, fresh: bool) -> None:
    folder = _folder(kit, node.environment, node.name)
    if fresh:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with kit.store.transaction() as change:
            kit.record(change, NodeJoined(environment=node.environment, node=node.name), actor)
    # What a crash takes of it, the machine says again within a second.
    replace(folder / REPORT, canonical(node))


def _leave(kit: Kit, actor: Actor, environment: str, name: str) -> None:
    folder = _folder(kit, environment, name)
    if not folder.exists():
        return
    (folder / REPORT).unlink(missing_ok=True)
    force(folder)
    with kit.store.transaction() as change:
        kit.record(change, NodeLeft(environment=environment, node=name), actor)


def _free(taken: set[int]) -> int:
    return next(number for number in range(len(taken) + 1) if number not in taken)


def _folder(kit: Kit, environment: str, name: str) -> Path:
    return kit.settings.serving / environment / NODES / name


def _wanted(kit: Kit, environment: str) -> Environment | None:
    try:
        return from_json((kit.settings.serving / environment / WANTED).read_bytes(), Environment)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
