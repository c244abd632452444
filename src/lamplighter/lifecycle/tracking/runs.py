"""Runs begin, log and end. What is logged is durable when the verb returns."""

import secrets
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from lamplighter.domain.errors import Invalid
from lamplighter.domain.identity import Actor
from lamplighter.domain.tracking import limits
from lamplighter.domain.tracking.experiment import Stage
from lamplighter.domain.tracking.run import DataSet, Metric, Output, Run, RunStatus, Tracked
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tracking import finding
from lamplighter.store.transaction import Transaction

#: Tags in which clients keep the name of a run and who made it.
NAME_TAG, USER_TAG = "mlflow.runName", "mlflow.user"
_WHOLE = range(-(2**63), 2**63)


def create(kit: Kit, actor: Actor, experiment: str, name: str, started_at: int, tags: Mapping[str, str]) -> Tracked:
    """A new run of an experiment. Who made it is who holds the token."""
    _check_tags(tags)
    name = limits.check_text("The name of a run", name or tags.get(NAME_TAG, ""), limits.NAME)
    _check_whole(started_at)
    with kit.store.transaction() as change:
        found = finding.experiment_to_change(change, experiment)
        key = secrets.token_hex(16)
        run = Run(
            id=key,
            experiment=found.id,
            name=name or f"run-{key[:8]}",
            user=actor.email,
            status=RunStatus.RUNNING,
            stage=Stage.ACTIVE,
            started_at=started_at or kit.clock.now() // 1000,
        )
        change.runs.add(run)
        kept = {**tags, NAME_TAG: run.name, USER_TAG: actor.email}
        change.runs.set_tags(run.id, kept)
        return Tracked(run=run, params={}, tags=kept, metrics=())


def update(kit: Kit, key: str, status: RunStatus | None, ended_at: int | None, name: str) -> Run:
    """Say how far a run is, when it ended, and another name; what is not said stays."""
    limits.check_text("The name of a run", name, limits.NAME)
    _check_whole(ended_at or 0)
    with kit.store.transaction() as change:
        before = finding.run_to_change(change, key)
        after = replace(
            before,
            status=status or before.status,
            ended_at=before.ended_at if ended_at is None else ended_at,
            name=name or before.name,
        )
        change.runs.put(after)
        if name:
            change.runs.set_tags(key, {NAME_TAG: name})
        return after


def delete(kit: Kit, key: str) -> None:
    """Delete a run, until it is restored."""
    with kit.store.transaction() as change:
        change.runs.put(replace(finding.run_to_change(change, key), stage=Stage.DELETED))


def restore(kit: Kit, key: str) -> None:
    """Restore a run; raises `Conflict` if its experiment is deleted."""
    with kit.store.transaction() as change:
        found = change.runs.held(key)
        if found is None:
            raise finding.missing("run")
        finding.experiment_to_change(change, found.experiment)
        change.runs.put(replace(found, stage=Stage.ACTIVE))


def log(
    kit: Kit,
    key: str,
    metrics: Sequence[Metric] = (),
    params: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Keep metrics, parameters and tags, all of them or none; raises `Invalid` for a parameter that has another value."""
    params, tags = params or {}, tags or {}
    _check_batch(metrics, params, tags)
    with kit.store.transaction() as change:
        run = finding.run_to_change(change, key)
        _check_unchanged(change, key, params)
        change.runs.set_params(key, params)
        change.runs.set_tags(key, tags)
        change.runs.log(key, metrics)
        if tags.get(NAME_TAG):
            change.runs.put(replace(run, name=tags[NAME_TAG]))


def note(kit: Kit, key: str, tag: str, value: str) -> None:
    """Set a tag that a client keeps its own notes in, which may be longer than others."""
    with kit.store.transaction() as change:
        finding.run_to_change(change, key)
        change.runs.set_tags(key, {tag: value})


def drop_tag(kit: Kit, key: str, tag: str) -> None:
    """Drop a tag of a run; raises `NotFound` if there is none."""
    with kit.store.transaction() as change:
        finding.run_to_change(change, key)
        if not change.runs.drop_tag(key, tag):
            raise finding.missing("tag")


def relate(
    kit: Kit, key: str, data: Sequence[DataSet] = (), inputs: Sequence[str] = (), outputs: Sequence[Output] = ()
) -> None:
    """Keep what data a run read, and what logged models it read and made."""
    for one in data:
        _check_data(one)
    with kit.store.transaction() as change:
        before = finding.run_to_change(change, key)
        known = {(one.name, one.digest) for one in before.data}
        fresh = {(one.name, one.digest): one for one in data if (one.name, one.digest) not in known}
        after = replace(
            before,
            data=(*before.data, *fresh.values()),
            inputs=tuple(dict.fromkeys((*before.inputs, *inputs))),
            outputs=tuple(dict.fromkeys((*before.outputs, *outputs))),
        )
        if max(map(len, (after.data, after.inputs, after.outputs))) > limits.RELATED:
            raise limits.over("What a run read or made", limits.RELATED)
        change.runs.put(after)


def _check_data(one: DataSet) -> None:
    limits.check_pairs("tags", one.tags, limits.TAG)
    for text in (one.name, one.digest, one.source_type):
        limits.check_text("A word on a data set", text, limits.NAME)
    for text in (one.source, one.schema, one.profile):
        # A schema of MLflow has a line for each column.
        limits.check_text("The description of a data set", text, 100_000)


def _check_batch(metrics: Sequence[Metric], params: Mapping[str, str], tags: Mapping[str, str]) -> None:
    for what, found, limit in (
        ("metrics", metrics, limits.METRICS),
        ("parameters", params, limits.PARAMS),
        ("tags", tags, limits.TAGS),
    ):
        if len(found) > limit:
            raise limits.over(f"The number of {what} of a batch", limit)
    if len(metrics) + len(params) + len(tags) > limits.BATCH:
        raise limits.over("A batch", limits.BATCH)
    limits.check_pairs("parameters", params, limits.PARAM)
    _check_tags(tags)
    for metric in metrics:
        limits.check_key("The name of a metric", metric.key)
        _check_whole(metric.step)
        _check_whole(metric.at)


def _check_tags(tags: Mapping[str, str]) -> None:
    limits.check_pairs("tags", tags, limits.TAG)
    limits.check_text("The name of a run", tags.get(NAME_TAG, ""), limits.NAME)


def _check_whole(number: int) -> None:
    if number not in _WHOLE:
        raise limits.over("A whole number", _WHOLE.stop - 1)


def _check_unchanged(change: Transaction, key: str, params: Mapping[str, str]) -> None:
    for name, value in change.runs.params(key, params).items():
        if value != params[name]:
            raise Invalid(
                "A parameter does not change.",
                why="It was logged with another value: what a run was made with is told once.",
                fix="Log it under another name, or begin another run.",
                code="E1808",
            )
