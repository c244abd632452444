"""Logged models begin, get their files, and are done."""

import secrets
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from lamplighter.domain.identity import Actor
from lamplighter.domain.tracking import limits
from lamplighter.domain.tracking.experiment import Stage
from lamplighter.domain.tracking.logged_model import LoggedModel, ModelStatus
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tracking import finding
from lamplighter.store.transaction import Transaction


def create(
    kit: Kit,
    actor: Actor,
    experiment: str,
    run: str,
    name: str,
    kind: str,
    params: Mapping[str, str],
    tags: Mapping[str, str],
) -> LoggedModel:
    """A new model whose files are still to come."""
    limits.check_text("The name of a model", name, limits.NAME)
    limits.check_text("The type of a model", kind, limits.KEY)
    _check(params, tags)
    with kit.store.transaction() as change:
        found = finding.experiment_to_change(change, experiment)
        if run:
            finding.run_to_change(change, run)
        key, now = f"m-{secrets.token_hex(16)}", kit.clock.now() // 1000
        made = LoggedModel(
            id=key,
            experiment=found.id,
            run=run,
            name=name or key,
            status=ModelStatus.PENDING,
            stage=Stage.ACTIVE,
            created_at=now,
            updated_at=now,
            author=actor.email,
            kind=kind,
            params=params,
            tags=tags,
        )
        change.logged_models.add(made)
        return made


def model(look: Transaction, key: str) -> LoggedModel:
    """A model that counts; raises `NotFound`."""
    found = look.logged_models.find(id=key)
    if found is None or found.stage is Stage.DELETED:
        raise finding.missing("logged model")
    return found


def finish(kit: Kit, key: str, status: ModelStatus) -> LoggedModel:
    """Say how far its files are."""
    return _changed(kit, key, lambda before: replace(before, status=status))


def tag(kit: Kit, key: str, tags: Mapping[str, str]) -> LoggedModel:
    """Set tags."""
    return _changed(kit, key, lambda before: replace(before, tags={**before.tags, **tags}))


def drop_tag(kit: Kit, key: str, name: str) -> LoggedModel:
    """Drop a tag."""
    return _changed(kit, key, lambda before: replace(before, tags={k: v for k, v in before.tags.items() if k != name}))


def set_params(kit: Kit, key: str, params: Mapping[str, str]) -> LoggedModel:
    """Set parameters."""
    return _changed(kit, key, lambda before: replace(before, params={**before.params, **params}))


def delete(kit: Kit, key: str) -> None:
    """Delete a model; what was registered of it has files of its own and stays."""
    _changed(kit, key, lambda before: replace(before, stage=Stage.DELETED))


def _changed(kit: Kit, key: str, change_of: Callable[[LoggedModel], LoggedModel]) -> LoggedModel:
    with kit.store.transaction() as change:
        found = change.logged_models.held(key)
        if found is None or found.stage is Stage.DELETED:
            raise finding.missing("logged model")
        after = replace(change_of(found), updated_at=kit.clock.now() // 1000)
        _check(after.params, after.tags)
        change.logged_models.put(after)
        return after


def _check(params: Mapping[str, str], tags: Mapping[str, str]) -> None:
    limits.check_pairs("parameters", params, limits.PARAM)
    limits.check_pairs("tags", tags, limits.TAG)
    if max(len(params), len(tags)) > limits.RELATED:
        raise limits.over("What a model has", limits.RELATED)
