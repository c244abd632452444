"""Reading `lamp.toml`: its names, parties, times and plans are held against what is lawful in each field."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from lamplighter.domain.choices import misfit
from lamplighter.domain.consumer import check_declared, check_names
from lamplighter.domain.decoding import from_plain, from_toml
from lamplighter.domain.duration import seconds, some_seconds
from lamplighter.domain.errors import Invalid
from lamplighter.domain.expectation import check_expectations
from lamplighter.domain.expiry import Action, check_expiry
from lamplighter.domain.fairness import check_fairness
from lamplighter.domain.field import check_field, if_named
from lamplighter.domain.hook import Moment, check_hooks
from lamplighter.domain.hours import read_hours
from lamplighter.domain.job import check_job_names
from lamplighter.domain.monitor_plan import check_errors, check_false_alarms, check_latency, check_least_rows, check_runbook
from lamplighter.domain.names import model_name, party_name
from lamplighter.domain.outage import Fallback, check_outage
from lamplighter.domain.owners import Holder, Owners
from lamplighter.domain.project import Project
from lamplighter.domain.requirement import check_bound
from lamplighter.domain.retrain_plan import check_retrain
from lamplighter.domain.schedule import read_schedule
from lamplighter.domain.script import check_script
from lamplighter.domain.selection_rule import check_plan
from lamplighter.domain.slices import check_slices, read_slice
from lamplighter.domain.source import check_source, check_sources
from lamplighter.domain.stage import Stage
from lamplighter.domain.steps import check_steps
from lamplighter.domain.trigger import check_conditions


def read_project(text: str) -> Project:
    """The project that a `lamp.toml` describes; raises `Invalid` with the field that is wrong."""
    return check_project(_converted(lambda: from_toml(text, Project)))


def project_from(data: Mapping[str, Any]) -> Project:
    """The project that decoded JSON or TOML describes; raises `Invalid` with the field that is wrong."""
    return check_project(_converted(lambda: from_plain(data, Project)))


def _converted(decode: Any) -> Project:
    try:
        project: Project = decode()
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        why, fix = misfit(Project, error)
        raise Invalid("The file lamp.toml is not valid.", why=why, fix=fix, code="E1111") from None
    return project


def check_project(project: Project) -> Project:
    """The project itself if its names, parties and times are lawful; raises `Invalid` naming the field."""
    if project.schema != 1:
        raise Invalid("The file lamp.toml is of another schema.", why="This release reads schema 1.", fix="Write schema = 1.")
    for field, lawful, value in _held(project):
        check_field(field, lawful, value)
    return project


_Held = Iterator[tuple[str, Callable[[Any], object], Any]]


def _held(project: Project) -> _Held:
    yield "model.name", model_name, project.name
    yield from _held_of_owners(project.owners)
    yield from _held_of_sources(project)
    yield from _held_of_consumers(project)
    yield from _held_of_environments(project)
    yield from _held_of_jobs(project)
    yield from _held_of_life(project)
    yield from _held_of_monitor(project)
    yield from _held_of_bounds(project)
    yield "monitor.runbook", check_runbook, project.monitor.runbook
    yield "uat", check_script, project.uat
    yield "retrain.cooldown", some_seconds, project.retrain.cooldown
    yield "retrain.when", check_conditions, project.retrain.when
    yield "retrain", check_retrain, project.retrain


def _held_of_sources(project: Project) -> _Held:
    for source in project.source:
        yield "source.owner", if_named(party_name), source.owner
        yield "source.freshness", if_named(some_seconds), source.freshness
        yield f"source {source.name}", check_source, source
    yield "source", check_sources, project.source


def _held_of_consumers(project: Project) -> _Held:
    for consumer in project.consumer:
        yield "consumer.name", model_name, consumer.name
        yield "consumer.owner", if_named(party_name), consumer.owner
        yield f"consumer {consumer.name}", check_declared, consumer
    yield "consumer", check_names, project.consumer


def _held_of_environments(project: Project) -> _Held:
    for name, plan in project.env.items():
        yield "the name of an [env]", model_name, name
        if plan.rollout is not None:
            yield f"env.{name}.rollout", check_steps, plan.rollout
        yield f"env.{name}.before", partial(check_hooks, Moment.BEFORE), plan.before
        yield f"env.{name}.after", partial(check_hooks, Moment.AFTER), plan.after
        yield f"env.{name}.window", if_named(read_hours), plan.window


def _held_of_jobs(project: Project) -> _Held:
    for job in project.job:
        yield "job.name", model_name, job.name
        yield f"job {job.name}", read_schedule, job.schedule
    yield "job", check_job_names, project.job


def _held_of_life(project: Project) -> _Held:
    yield "expiry", check_expiry, project.expiry
    yield "outage", check_outage, project.outage
    yield "outage.max_age", if_named(some_seconds), project.outage.max_age
    yield "log.keep", if_named(some_seconds), project.log.keep
    yield "expiry.then", _check_fallback, project


def _held_of_monitor(project: Project) -> _Held:
    monitor = project.monitor
    yield "monitor.quality.least_rows", check_least_rows, monitor.quality.least_rows
    yield "monitor.errors", check_errors, monitor.errors
    yield "monitor.p95_ms", check_latency, monitor.p95_ms
    yield "monitor.silent_after", if_named(some_seconds), monitor.silent_after
    yield "monitor.stale_after", some_seconds, monitor.stale_after
    yield "monitor.quality.window", some_seconds, monitor.quality.window
    if monitor.quality.limit is not None:
        yield "monitor.quality.limit", check_bound, monitor.quality.limit
    yield "monitor.labels.expected_after", seconds, monitor.labels.expected_after
    yield "monitor.false_alarms", check_false_alarms, monitor.false_alarms
    yield "monitor.labels.wait", some_seconds, monitor.labels.wait
    yield "monitor.slices", partial(check_slices, redacted=project.log.redact), monitor.slices


def _held_of_bounds(project: Project) -> _Held:
    for requirement in project.requirement:
        yield "requirement.slice", if_named(read_slice), requirement.slice
        yield "requirement.bound", check_bound, requirement.bound
    yield "fairness", check_fairness, project.fairness
    yield "selection", check_plan, project.selection
    yield "expectation", check_expectations, project.expectation
    if project.problem.success:
        yield "problem.success.bound", check_bound, project.problem.success.bound


def _check_fallback(project: Project) -> Project:
    """An expired version is only replaced by an answer that does not come from it."""
    if project.expiry.then is Action.FALLBACK and project.outage.answer not in (Fallback.CONSTANT, Fallback.VERSION):
        raise Invalid(
            "There is no answer for an expired version.",
            why='then = "fallback" gives the answer of [outage], and that is neither constant nor version.',
            fix='Declare [outage] with answer = "constant" or "version", or write then = "block".',
            code="E1125",
        )
    return project


def _held_of_owners(owners: Owners) -> _Held:
    for stage in Stage:
        holder = owners.holder(stage) or Holder(first="")
        for party in (holder.first, holder.then, holder.deputy, holder.model_alerts, holder.retraining):
            yield f"owners.{stage}", if_named(party_name), party
        yield f"owners.{stage}.after", if_named(seconds), holder.after
    for name in ("business", "risk", "deputy"):
        yield f"owners.{name}", if_named(party_name), getattr(owners, name)
