"""Experiments are made, named, deleted and restored."""

from collections.abc import Mapping

from msgspec.structs import replace

from lamplighter.domain.errors import Conflict
from lamplighter.domain.identity import Actor
from lamplighter.domain.tracking import limits
from lamplighter.domain.tracking.experiment import DEFAULT, Experiment, Stage
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tracking import finding
from lamplighter.store.transaction import Transaction


def create(kit: Kit, actor: Actor, name: str, tags: Mapping[str, str]) -> Experiment:
    """A new experiment; raises `Taken` for a name that one has, a deleted one too."""
    limits.check_name("The name of an experiment", name)
    limits.check_pairs("tags", tags, limits.TAG)
    with kit.store.transaction() as change:
        _check_free(change, name)
        now = kit.clock.now() // 1000
        made = Experiment(
            id=str(change.counters.next("experiment")),
            name=name,
            stage=Stage.ACTIVE,
            created_at=now,
            updated_at=now,
            author=actor.email,
            tags=tags,
        )
        try:
            change.experiments.add(made)
        except Conflict:
            raise finding.taken("An experiment") from None
        return made


def rename(kit: Kit, key: str, name: str) -> None:
    """Give another name; raises `Taken`."""
    limits.check_name("The name of an experiment", name)
    with kit.store.transaction() as change:
        found = finding.experiment_to_change(change, key)
        if name != found.name:
            _check_free(change, name)
            _keep(kit, change, replace(found, name=name))


def set_tag(kit: Kit, key: str, tag: str, value: str) -> None:
    """Set a tag."""
    limits.check_pairs("tags", {tag: value}, limits.TAG)
    with kit.store.transaction() as change:
        found = finding.experiment_to_change(change, key)
        tags = {**found.tags, tag: value}
        if len(tags) > limits.RELATED:
            raise limits.over("The tags of an experiment", limits.RELATED)
        _keep(kit, change, replace(found, tags=tags))


def drop_tag(kit: Kit, key: str, tag: str) -> None:
    """Drop a tag; raises `NotFound` if there is none."""
    with kit.store.transaction() as change:
        found = finding.experiment_to_change(change, key)
        if tag not in found.tags:
            raise finding.missing("tag")
        _keep(kit, change, replace(found, tags={name: value for name, value in found.tags.items() if name != tag}))


def delete(kit: Kit, key: str) -> None:
    """Delete an experiment with its runs, until it is restored; the one that is always there stays."""
    with kit.store.transaction() as change:
        found = finding.experiment_to_change(change, key)
        if found.id == DEFAULT:
            raise Conflict(
                "This experiment stays.", why="Clients that name none use it.", fix="Delete runs of it instead.", code="E1807"
            )
        _keep(kit, change, replace(found, stage=Stage.DELETED))
        change.runs.stage_all(found.id, Stage.DELETED)


def restore(kit: Kit, key: str) -> None:
    """Restore an experiment with its runs."""
    with kit.store.transaction() as change:
        found = change.experiments.held(key)
        if found is None:
            raise finding.missing("experiment")
        _keep(kit, change, replace(found, stage=Stage.ACTIVE))
        change.runs.stage_all(found.id, Stage.ACTIVE)


def _keep(kit: Kit, change: Transaction, after: Experiment) -> None:
    change.experiments.put(replace(after, updated_at=kit.clock.now() // 1000))


def _check_free(change: Transaction, name: str) -> None:
    if change.experiments.find(name=name) is not None:
        raise finding.taken("An experiment")
