"""How a candidate is told to clients of MLflow: whatever has the traffic is its champion, and in production."""

from collections.abc import Mapping, Sequence

import msgspec

from lamplighter.api.mlflow.calls import Answer, listed
from lamplighter.domain.environment import Level
from lamplighter.domain.record import Record
from lamplighter.domain.tracking.candidate import CHAMPION, PRODUCTION, Candidate, RegisteredModel
from lamplighter.store.transaction import Transaction


class Lives(Record, frozen=True):
    """Which candidates have the traffic of a production environment, by name and number."""

    live: frozenset[tuple[str, int]] = frozenset()

    def has(self, one: Candidate) -> bool:
        """Whether this one has it."""
        return (one.name, one.number) in self.live

    def stage(self, one: Candidate) -> str:
        """The stage of a candidate."""
        return PRODUCTION if self.has(one) else one.stage


def live(look: Transaction, versions: Sequence[Candidate]) -> Lives:
    """Which of these have the traffic."""
    places = [place.name for place in look.environments.all() if place.level is Level.PRODUCTION]
    found = set()
    for one in versions:
        if one.packed is msgspec.UNSET:
            continue
        for place in places:
            champion = look.routings.of(one.packed.model, place).champion
            if champion is not None and champion.digest == one.packed.digest:
                found.add((one.name, one.number))
    return Lives(live=frozenset(found))


def uri(one: Candidate) -> str:
    """Where its files lie, as clients are told."""
    return f"mlflow-artifacts:/versions/{one.root}/artifacts"


def told_candidate(one: Candidate, aliases: Mapping[str, int], lives: Lives) -> Answer:
    """A candidate, as a version of a registered model."""
    packed = one.packed
    names = [alias for alias, number in aliases.items() if number == one.number]
    more = {"lamplighter.version": f"{packed.model}@{packed.number}"} if packed is not msgspec.UNSET else {}
    return {
        "name": one.name,
        "version": str(one.number),
        "creation_timestamp": one.created_at,
        "last_updated_timestamp": one.updated_at,
        "user_id": one.author,
        "current_stage": lives.stage(one),
        "description": one.description,
        "source": one.source,
        "run_id": one.run,
        "model_id": one.logged_model,
        "status": "READY",
        "tags": listed({**one.tags, **more}),
        "aliases": [*names, CHAMPION] if lives.has(one) else names,
    }


def told_model(found: RegisteredModel, versions: Sequence[Candidate], lives: Lives) -> Answer:
    """A registered model, with the newest version of each stage."""
    newest = {lives.stage(one): one for one in versions}
    aliases = [{"alias": alias, "version": str(number)} for alias, number in found.aliases.items()]
    aliases += [{"alias": CHAMPION, "version": str(one.number)} for one in versions if lives.has(one)]
    return {
        "name": found.name,
        "creation_timestamp": found.created_at,
        "last_updated_timestamp": found.updated_at,
        "user_id": found.author,
        "description": found.description,
        "tags": listed(found.tags),
        "aliases": aliases,
        "latest_versions": [told_candidate(one, found.aliases, lives) for one in newest.values()],
    }
