"""Models of one project definition that are trained again: the same code, other data, other figures."""

from typing import Any, Protocol

import msgspec
from tests.domain import specimens
from tests.lifecycle.lives import Life, prepared
from tests.sdk import models

from lamplighter.domain.project import Project
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.version import Version
from lamplighter.lifecycle import rulebook
from lamplighter.lifecycle.in_force import InForce
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.interface import Platform


class Peopled(Protocol):
    """A platform as each of its people has it."""

    def __getitem__(self, name: str) -> Platform:
        """The platform as one of them."""


#: Commit of the training code.
COMMIT = "c" * 40


def govern(life: Life, *changes: tuple[str, str], approvals: str = '["business", "it"]', internal: str = "") -> None:
    """A rule book whose tier internal asks for words in production, with a line more for the tier."""
    head = "[tier.levels.production]\n"
    tier = 'summary = "Serves internal teams; speed matters more than robustness."\n'
    text = specimens.starter_text().replace(head, f"{head}approvals = {approvals}\n", 1).replace(tier, tier + internal, 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    policy = rulebook.checked(text)
    with life.kit.store.transaction() as change:
        change.policies.put(policy)
    life.kit.govern(InForce(policy, policy.digest))


def trained(life: Peopled, project: Project, seed: int, *, better: float = 0.0, **changes: Any) -> Version:
    """A version from the same code and other data, whose figures are better by this part of themselves."""
    ready = prepared(0.5, False)
    dana = life["dana"]
    dana.save_project(project.name, project)
    for digest, content in ready.blobs.items():
        dana.put_artifact(digest, content)
    provenance = msgspec.structs.replace(ready.manifest.provenance, commit=COMMIT, seed=seed)
    manifest = msgspec.structs.replace(ready.manifest, model=project.name, provenance=provenance, **changes)
    return dana.register(project.name, manifest, [_moved(one, better) for one in ready.evidence])


def _moved(facts: Facts, better: float) -> Facts:
    if facts.kind != "performance":
        return facts
    figures = {
        part: {name: {**figure, "value": figure["value"] * (1.0 + better)} for name, figure in found.items()}
        for part, found in facts.facts["figures"].items()
    }
    return Facts(kind=facts.kind, facts={**facts.facts, "figures": figures})


def asked(life: Life, name: str, better: float = 0.0, **changes: Any) -> Rollout:
    """A model whose first version is live, and the rollout of its retrain that waits for words."""
    project = models.project(name)
    life.appoint(trained(life, project, seed=1))
    rollout = life["dana"].deploy(trained(life, project, seed=2, better=better, **changes).name, "prod").rollout
    assert rollout is not None
    assert rollout.phase is Phase.WAITING
    return rollout
