"""Who should deploy this model, and who has which duty."""

import socket
import time

from lamplighter import plugins
from lamplighter.domain.advice import advise, has_receiver, situation_of
from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.identity import Role
from lamplighter.domain.project import Project
from lamplighter.domain.readiness import Part, Readiness
from lamplighter.domain.who import Who
from lamplighter.lifecycle.kit import Kit
from lamplighter.probes.base import Ground
from lamplighter.store.transaction import Transaction


def who(kit: Kit, model: str) -> Who:
    """The arrangement, the rule that fired, the people and the four lights, measured now; raises `NotFound`."""
    with kit.store.reading() as look:
        project = look.project(model)
        ground = _ground(kit, look, project)
    readiness = Readiness(readings=tuple(plugins.plugin("probes", part.value).probe(ground) for part in Part))
    criticality = criticality_of(project, kit.policy)
    advice = advise(
        situation_of(
            critical=tier_of(kit.policy, criticality.tier).critical,
            often=bool(project.impact.updates and project.impact.updates.often),
            receiver=has_receiver(project),
            readiness=readiness,
        )
    )
    return Who(
        model=model,
        advice=advice,
        criticality=criticality,
        readiness=readiness,
        ownership=ground.ownership,
        business=project.owners.business,
        risk=project.owners.risk,
    )


def _ground(kit: Kit, look: Transaction, project: Project) -> Ground:
    people = look.people.by_email()
    environment = _main(look)
    observation = kit.target(environment).observe(environment)
    begun = time.perf_counter()
    answers = _answers(environment) if observation.alive else None
    version = look.versions.newest(project.name)
    fed = {column for source in project.source for column in source.columns}
    inputs = [column.name for column in version.manifest.contract.inputs] if version else []
    return Ground(
        project=project,
        ownership=look.duties(project, kit.clock.now()),
        environment=environment.name,
        answers=answers,
        answer_ms=(time.perf_counter() - begun) * 1000.0,
        port_free=answers is not None or not _answers(environment),
        operators=tuple(p.email for p in people.values() if p.active and {Role.IT, Role.ADMINISTRATOR} & set(p.roles)),
        version=version,
        evidence=look.evidence.newest(version.digest) if version else {},
        unfed=tuple(name for name in inputs if name not in fed),
    )


def _main(look: Transaction) -> Environment:
    """The most protected environment."""
    order = list(Level)
    return max(look.environments.all(), key=lambda environment: order.index(environment.level))


def _answers(environment: Environment) -> bool:
    try:
        with socket.create_connection((environment.host, environment.port), timeout=1.0):
            return True
    except OSError:
        return False
