"""Everything that serves: machines elsewhere by what they said, and the processes beside the control plane by what is seen."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.machine import Machine, Place, in_order, judged
from lamplighter.domain.node import TARGET, Hearing, SeenNode
from lamplighter.domain.observation import Observation
from lamplighter.domain.routing import Routing
from lamplighter.lifecycle import nodes, routing, shipped
from lamplighter.lifecycle.kit import Kit

#: Name of the machine of the control plane; no machine elsewhere has a space in its name.
HERE = "control plane"


def places(kit: Kit, environment: str = "") -> list[Place]:
    """Every environment with what serves it, or the one that is named; raises `NotFound`."""
    with kit.store.reading() as look:
        wanted = [look.environment(environment)] if environment else look.environments.all()
        known = {one.name: (routing.revision(look, one.name), look.routings.all(environment=one.name)) for one in wanted}
    return [_place(kit, one, *known[one.name]) for one in sorted(wanted, key=_weight)]


def _weight(one: Environment) -> tuple[int, str]:
    """Where decisions are taken for real comes first."""
    return -list(Level).index(one.level), one.name


def _place(kit: Kit, environment: Environment, revision: int, routings: list[Routing]) -> Place:
    models = [one for one in routings if one.route()]
    names = {served.digest: f"{one.model}@{served.number}" for one in models if (r := one.route()) for served in r.versions()}
    if environment.target == TARGET:
        seen = [_elsewhere(kit, one, revision, len(models), names) for one in nodes.known(kit, environment.name)]
    else:
        seen = [_here(kit, environment, revision, len(models), names)]
    return Place(environment=environment, revision=revision, models=len(models), machines=in_order(seen))


def _here(kit: Kit, environment: Environment, revision: int, models: int, names: Mapping[str, str]) -> Machine:
    found = routing.observe(kit, environment.name)
    return _machine(
        found, revision, names, environment=environment.name, name=HERE, here=True, hearing=Hearing.HEARD, models=models,
        seen_at=kit.clock.now(), processes=environment.workers, free=_free(kit.settings.serving),
    )  # fmt: skip


def _elsewhere(kit: Kit, seen: SeenNode, revision: int, models: int, names: Mapping[str, str]) -> Machine:
    node, said = seen.node, seen.node.report
    return _machine(
        said.observation, revision, names, environment=node.environment, name=node.name, here=False, hearing=seen.hearing,
        models=models, seen_at=node.seen_at, processes=said.observation.processes, free=said.free,
        lacking=_named(said.lacking, names), to_bring=shipped.to_come(kit, node.environment, node.name, said.segments),
    )  # fmt: skip


def _machine(found: Observation, revision: int, names: Mapping[str, str], **more: object) -> Machine:
    applied = found.revision if found.revision >= 0 else min((one.revision for one in found.reports), default=-1)
    loaded = frozenset.intersection(*(frozenset(one.loaded) for one in found.reports)) if found.reports else frozenset()
    return judged(
        Machine(
            alive=found.alive,
            parent=found.parent,
            pids=tuple(one.pid for one in found.reports),
            revision=applied,
            behind=max(0, revision - applied) if found.alive and applied >= 0 else 0,
            loaded=_named(loaded, names),
            refused={names.get(digest, digest[:12]): why for digest, why in found.refused.items()},
            quarantined={names.get(digest, digest[:12]): why for digest, why in found.quarantined.items()},
            **more,  # type: ignore[arg-type]
        )
    )


def _named(digests: frozenset[str] | tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(names.get(digest, digest[:12]) for digest in digests))


def _free(folder: Path) -> int:
    return shutil.disk_usage(next(one for one in (folder, *folder.parents) if one.exists())).free
