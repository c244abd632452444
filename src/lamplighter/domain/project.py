"""What `lamp.toml` says: the business problem, the people, the sources and what is asked of a model.

Law of change: `schema` is 1; fields may be added with a default.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import partial
from typing import Any

import msgspec

from lamplighter.domain.acceptance import Side
from lamplighter.domain.consumer import Consumer, check_declared, check_names
from lamplighter.domain.durability import Durability
from lamplighter.domain.duration import seconds, some_seconds
from lamplighter.domain.errors import Invalid
from lamplighter.domain.expiry import Action, ExpiryPlan, check_expiry
from lamplighter.domain.hook import Hook, Moment, check_hooks
from lamplighter.domain.hours import read_hours
from lamplighter.domain.impact import Impact
from lamplighter.domain.job import Job, check_job_names
from lamplighter.domain.log import LogPlan
from lamplighter.domain.monitor_plan import Monitor, check_false_alarms, check_latency, check_runbook
from lamplighter.domain.names import model_name, party_name
from lamplighter.domain.outage import Fallback, OutagePlan, check_outage
from lamplighter.domain.owners import Holder, Owners
from lamplighter.domain.record import Settings, canonical, digest_of
from lamplighter.domain.requirement import Requirement, Success, check_bound
from lamplighter.domain.schedule import read_schedule
from lamplighter.domain.slices import check_slices, read_slice
from lamplighter.domain.source import Source, check_source, check_sources
from lamplighter.domain.stage import Stage
from lamplighter.domain.steps import Steps, check_steps


class Trigger(StrEnum):
    """What sets off a training."""

    #: An incident about lost quality, measured or expected.
    QUALITY = "quality"
    #: A notice of inputs that moved and matter, or of predictions that moved.
    DRIFT = "drift"


class Model(Settings, frozen=True):
    """What it is called and what it does."""

    name: str
    #: One sentence for everybody.
    summary: str = ""
    #: A tier of the policy; may only raise the tier that the impact gives.
    criticality: str = ""
    #: Where the model is built, such as `train.py:build`.
    source: str = ""
    #: Name of what is predicted.
    target: str = ""
    #: Licence of the model, an SPDX expression.
    licence: str = ""


class Problem(Settings, frozen=True):
    """Why the model exists."""

    #: The business problem, in the words of those who have it.
    statement: str = ""
    #: The person who asked for it.
    requester: str = ""
    success: Success | None = None


class EnvironmentPlan(Settings, frozen=True):
    """What one environment asks of this model on top of the policy."""

    #: Sides that must accept beside those that the policy names.
    approvals: tuple[Side, ...] = ()
    rollout: Steps | None = None
    #: Receivers that are asked before a version is loaded, and after it has all traffic.
    before: tuple[Hook, ...] = ()
    after: tuple[Hook, ...] = ()
    #: Hours of the week in which rollouts go on, such as `Mon-Thu 09:00-16:00 Europe/Paris`, within those of the policy.
    window: str = ""
    #: When a prediction counts as kept; `buffered` answers sooner, and a crash may lose the last moment.
    durability: Durability = Durability.DURABLE
    #: Input whose value keeps a customer with one version; a request that says `Lamp-Key` decides by that.
    sticky: str = ""


class Retrain(Settings, frozen=True):
    """When and how the next version is trained."""

    #: Kinds of incident that start a training: `quality`, `drift`.
    when: tuple[Trigger, ...] = ()
    #: Name of a training in the configuration of the platform.
    run: str = ""
    #: Shortest time between two trainings.
    cooldown: str = "1d"


class Project(Settings, frozen=True):
    """The whole file."""

    model: Model
    schema: int = 1
    problem: Problem = Problem()
    owners: Owners = Owners()
    impact: Impact = Impact()
    requirement: tuple[Requirement, ...] = ()
    source: tuple[Source, ...] = ()
    consumer: tuple[Consumer, ...] = ()
    env: Mapping[str, EnvironmentPlan] = {}
    monitor: Monitor = Monitor()
    retrain: Retrain = Retrain()
    expiry: ExpiryPlan = ExpiryPlan()
    outage: OutagePlan = OutagePlan()
    log: LogPlan = LogPlan()
    job: tuple[Job, ...] = ()

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.model.name

    @property
    def digest(self) -> str:
        """Digest of everything the file says."""
        return digest_of(canonical(self))


def read_project(text: str) -> Project:
    """The project that a `lamp.toml` describes; raises `Invalid` with the field that is wrong."""
    return check_project(_converted(lambda: msgspec.toml.decode(text, type=Project, strict=True)))


def project_from(data: Mapping[str, Any]) -> Project:
    """The project that decoded JSON or TOML describes; raises `Invalid` with the field that is wrong."""
    return check_project(_converted(lambda: msgspec.convert(data, Project, strict=True)))


def _converted(decode: Any) -> Project:
    try:
        project: Project = decode()
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise Invalid(
            "The file lamp.toml is not valid.", why=f"{error}.", fix="Correct the field that is named.", code="E1111"
        ) from None
    return project


def check_project(project: Project) -> Project:
    """The project itself if its names, parties and times are lawful; raises `Invalid` naming the field."""
    if project.schema != 1:
        raise Invalid("The file lamp.toml is of another schema.", why="This release reads schema 1.", fix="Write schema = 1.")
    for field, lawful, value in _held(project):
        check_field(field, lawful, value)
    return project


def check_field(field: str, lawful: Callable[[Any], object], value: Any) -> None:
    """Hold the value of a field against what is lawful there; raises `Invalid` naming the field."""
    try:
        lawful(value)
    except Invalid as error:
        raise Invalid(error.what, why=f"{field}: {error.why}", fix=error.fix, code=error.code) from None


_Held = Iterator[tuple[str, Callable[[Any], object], Any]]


def _held(project: Project) -> _Held:
    yield "model.name", model_name, project.name
    yield from _held_of_owners(project.owners)
    for source in project.source:
        yield "source.owner", _if_named(party_name), source.owner
        yield "source.freshness", _if_named(some_seconds), source.freshness
        yield f"source {source.name}", check_source, source
    yield "source", check_sources, project.source
    for consumer in project.consumer:
        yield "consumer.name", model_name, consumer.name
        yield "consumer.owner", _if_named(party_name), consumer.owner
        yield f"consumer {consumer.name}", check_declared, consumer
    yield "consumer", check_names, project.consumer
    for name, plan in project.env.items():
        yield "the name of an [env]", model_name, name
        if plan.rollout is not None:
            yield f"env.{name}.rollout", check_steps, plan.rollout
        yield f"env.{name}.before", partial(check_hooks, Moment.BEFORE), plan.before
        yield f"env.{name}.after", partial(check_hooks, Moment.AFTER), plan.after
        yield f"env.{name}.window", _if_named(read_hours), plan.window
    for job in project.job:
        yield "job.name", model_name, job.name
        yield f"job {job.name}", read_schedule, job.schedule
    yield "job", check_job_names, project.job
    yield "expiry", check_expiry, project.expiry
    yield "outage", check_outage, project.outage
    yield "outage.max_age", _if_named(some_seconds), project.outage.max_age
    yield "log.keep", _if_named(some_seconds), project.log.keep
    yield "expiry.then", _check_fallback, project
    yield "monitor.p95_ms", check_latency, project.monitor.p95_ms
    yield "monitor.silent_after", _if_named(some_seconds), project.monitor.silent_after
    yield "monitor.stale_after", some_seconds, project.monitor.stale_after
    yield "monitor.quality.window", some_seconds, project.monitor.quality.window
    if project.monitor.quality.limit is not None:
        yield "monitor.quality.limit", check_bound, project.monitor.quality.limit
    yield "monitor.labels.expected_after", seconds, project.monitor.labels.expected_after
    yield "monitor.false_alarms", check_false_alarms, project.monitor.false_alarms
    yield "monitor.labels.wait", some_seconds, project.monitor.labels.wait
    yield "monitor.slices", partial(check_slices, redacted=project.log.redact), project.monitor.slices
    for requirement in project.requirement:
        yield "requirement.slice", _if_named(read_slice), requirement.slice
        yield "requirement.bound", check_bound, requirement.bound
    if project.problem.success:
        yield "problem.success.bound", check_bound, project.problem.success.bound
    yield "monitor.runbook", check_runbook, project.monitor.runbook
    yield "retrain.cooldown", some_seconds, project.retrain.cooldown
    yield "retrain", check_retrain, project.retrain


def check_retrain(plan: Retrain) -> Retrain:
    """The plan itself if what sets off a training also says which; raises `Invalid`."""
    if plan.when and not plan.run:
        raise Invalid(
            "The [retrain] of lamp.toml is not valid.",
            why="when says what sets off a training, and no run says which, so none would start.",
            fix="Name a training of config.toml as run, or leave out when.",
            code="E1142",
        )
    return plan


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
            yield f"owners.{stage}", _if_named(party_name), party
        yield f"owners.{stage}.after", _if_named(seconds), holder.after
    for name in ("business", "risk", "deputy"):
        yield f"owners.{name}", _if_named(party_name), getattr(owners, name)


def _if_named(lawful: Callable[[str], object]) -> Callable[[str], object]:
    """The same check for a field that may be left out."""
    return lambda text: lawful(text) if text else text
