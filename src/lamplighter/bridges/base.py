"""The promise of a bridge: files for another tool, made from what the platform is. A bridge writes nothing itself."""

import json
from collections.abc import Mapping, Sequence
from typing import Protocol

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.record import Record


class Estate(Record, frozen=True):
    """The platform as other tools reach it."""

    #: Address of the control plane.
    url: str
    environments: tuple[Environment, ...]

    @property
    def road(self) -> tuple[Environment, ...]:
        """Where a change goes, the least protected first, beyond development if there is anything beyond."""
        order = list(Level)
        every = sorted(self.environments, key=lambda one: (order.index(one.level), one.name))
        return tuple(one for one in every if one.level is not Level.DEVELOPMENT) or tuple(every)


class File(Record, frozen=True):
    """One file for the other tool. Holds no secret."""

    name: str
    content: str
    #: What to do with it, one sentence.
    use: str


class Place(Record, frozen=True):
    """A job of a pipeline, as its issuer describes it."""

    name: str
    claims: Mapping[str, str]
    #: Whether it may bring versions, or only look.
    deploys: bool


def trust(issuer: str, audience: str, places: Sequence[Place]) -> str:
    """The part of config.toml that trusts these jobs, with an account that is to be named."""
    whole = "# What a job may do, by what its issuer says of it: see docs/pipelines.md.\n"
    for place in places:
        claims = ", ".join(f"{name} = {json.dumps(text)}" for name, text in place.claims.items())
        allowed = ["read", "design", "register", "deploy"] if place.deploys else ["read"]
        whole += f"""
[[pipelines]]
name = {json.dumps(place.name)}
issuer = {json.dumps(issuer)}
audience = {json.dumps(audience)}
claims = {{ {claims} }}
account = "pipelines@example.com"
permissions = {json.dumps(allowed)}
"""
    return whole


class Bridge(Protocol):
    """What the module of a bridge offers."""

    def files(self, estate: Estate) -> tuple[File, ...]:
        """The files, each with a name of its own; the same for the same estate."""
        ...
