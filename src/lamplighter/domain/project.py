"""What `lamp.toml` says: the business problem, the people, the sources and what is asked of a model.

Law of change: `schema` is 1; fields may be added with a default.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any

import msgspec

from lamplighter.domain.acceptance import Side
from lamplighter.domain.consumer import Consumer, check_declared, check_names
from lamplighter.domain.digest import DigestPlan
from lamplighter.domain.durability import Durability
from lamplighter.domain.errors import Invalid
from lamplighter.domain.expiry import Action, ExpiryPlan, check_expiry
from lamplighter.domain.job import Job, check_job_names, check_schedule
from lamplighter.domain.log import LogPlan
from lamplighter.domain.names import model_name, party_name
from lamplighter.domain.outage import Fallback, OutagePlan, check_outage
from lamplighter.domain.record import Settings, canonical, digest_of
from lamplighter.domain.route import LATENCY_BOUNDS
from lamplighter.domain.slices import Slice, check_slices, read_slice
from lamplighter.domain.stage import Stage
from lamplighter.domain.steps import ScoreShift, Steps

#: The last bound of the latency buckets, milliseconds.
_LONGEST_MS = LATENCY_BOUNDS[-1] * 1000.0


class Frequency(StrEnum):
    """How often a new version is expected."""

    YEARLY = "yearly"
    QUARTERLY = "quarterly"
    MONTHLY = "monthly"
    WEEKLY = "weekly"
    DAILY = "daily"

    @property
    def often(self) -> bool:
        """Monthly and more often counts as often."""
        return self in {Frequency.MONTHLY, Frequency.WEEKLY, Frequency.DAILY}


class Loss(StrEnum):
    """What one wrong answer costs."""

    NONE = "none"
    SMALL = "small"
    LARGE = "large"


class Operator(StrEnum):
    """How a figure is held against a bound."""

    AT_LEAST = ">="
    AT_MOST = "<="


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


class Success(Settings, frozen=True):
    """The figure by which the business judges the model."""

    metric: str
    operator: Operator
    bound: float


class Problem(Settings, frozen=True):
    """Why the model exists."""

    #: The business problem, in the words of those who have it.
    statement: str = ""
    #: The person who asked for it.
    requester: str = ""
    success: Success | None = None


class Holder(Settings, frozen=True):
    """Who owns a stage, first and after a handover, and who answers for parts of it."""

    #: Accountable until a handover is accepted, and always if there is no `then`.
    first: str
    #: Accountable after the handover.
    then: str = ""
    #: Time from the first release until the handover is due, such as 14d.
    after: str = ""
    #: Stands in when the owner is away.
    deputy: str = ""
    #: Responder for alerts about drift and quality (monitoring only).
    model_alerts: str = ""
    #: Responder for trainings (management only).
    retraining: str = ""


class Owners(Settings, frozen=True):
    """One accountable owner a stage, the business owner and risk."""

    design: str | Holder = ""
    industrialization: str | Holder = ""
    deployment: str | Holder = ""
    monitoring: str | Holder = ""
    management: str | Holder = ""
    business: str = ""
    risk: str = ""
    #: Stands in for an owner who names no deputy.
    deputy: str = ""

    def holder(self, stage: Stage) -> Holder | None:
        """The owner of a stage, or nothing if nobody is named."""
        named: str | Holder = getattr(self, stage.value)
        if isinstance(named, Holder):
            return named
        return Holder(first=named) if named else None

    def parties(self) -> tuple[str, ...]:
        """Everybody named, each once."""
        holders = [holder for stage in Stage if (holder := self.holder(stage))]
        named = [name for h in holders for name in (h.first, h.then, h.deputy, h.model_alerts, h.retraining)]
        return tuple(dict.fromkeys(name for name in [*named, self.business, self.risk, self.deputy] if name))


class Impact(Settings, frozen=True):
    """Answers from which the criticality follows."""

    #: Whether customers are served by it.
    customers: bool | None = None
    #: What one wrong answer costs.
    loss: Loss | None = None
    #: Whether a wrong decision can be undone.
    reversible: bool | None = None
    #: Whether decisions are taken without a person.
    automated: bool | None = None
    #: How often a new version is expected.
    updates: Frequency | None = None
    #: The cost in plain words, such as 40 kEUR/hour.
    wrong_answer_costs: str = ""
    #: Who uses it, in plain words.
    users: str = ""
    #: When it is used, such as 24x7.
    hours: str = ""

    def missing(self) -> tuple[str, ...]:
        """Names of the answers that are not given."""
        return tuple(n for n in ("customers", "loss", "reversible", "automated", "updates") if getattr(self, n) is None)


class Requirement(Settings, frozen=True):
    """A criterion that a gate can check word for word."""

    metric: str
    operator: Operator
    bound: float
    #: `column = value` for a part of the rows; empty for all.
    slice: str = ""

    @property
    def rows(self) -> Slice | None:
        """The slice that it speaks of; nothing for all rows, and for a text that names no slice."""
        try:
            return read_slice(self.slice)
        except Invalid:
            return None

    def __str__(self) -> str:
        where = f" where {self.slice}" if self.slice else ""
        return f"{self.metric} {self.operator} {self.bound:g}{where}"


class Source(Settings, frozen=True):
    """Data that the model needs."""

    name: str
    owner: str = ""
    #: How old it may be, such as 1h.
    freshness: str = ""
    #: Whether its owner is told even if nothing was ever heard of it for so long; otherwise it is watched from the first
    #: arrival on.
    watch: bool = False
    columns: tuple[str, ...] = ()


class EnvironmentPlan(Settings, frozen=True):
    """What one environment asks of this model on top of the policy."""

    #: Sides that must accept beside those that the policy names.
    approvals: tuple[Side, ...] = ()
    rollout: Steps | None = None
    #: When a prediction counts as kept; `buffered` answers sooner, and a crash may lose the last moment.
    durability: Durability = Durability.DURABLE
    #: Input whose value keeps a customer with one version; a request that says `Lamp-Key` decides by that.
    sticky: str = ""


class Labels(Settings, frozen=True):
    """Where the truth comes from."""

    origin: str = msgspec.field(name="from", default="")
    expected_after: str = "0s"
    #: How long a label waits for a prediction that nobody knows, such as 30d; then it is dropped and counted.
    wait: str = "30d"


class Quality(Settings, frozen=True):
    """The figure that is watched."""

    metric: str = "brier"
    #: The limit it may not cross; the metric says on which side it is bad.
    limit: float | None = None
    #: Length of a window, such as 7d.
    window: str = "7d"
    #: Rows with labels that a window needs before it is judged.
    least_rows: int = 500


class Monitor(Settings, frozen=True):
    """What is watched in production."""

    labels: Labels = Labels()
    quality: Quality = Quality()
    #: Share of failed requests that pages.
    errors: float = 0.01
    #: How long nobody may ask the model, such as 15m, before that is a finding; twice its longest pause if left out.
    silent_after: str = ""
    #: How long it may take until what came in is measured, such as 15m.
    stale_after: str = "15m"
    #: Milliseconds that 19 of 20 requests may take at most; nothing is asked of it if none are given.
    p95_ms: float | None = None
    #: Whose rules call a window drifted: ours, which keep a rate of false alarms, or those of a well-known library by its name.
    preset: str = "lamplighter"
    #: Drift measure for the inputs.
    measure: str = "jensen_shannon"
    #: False alarms of drift that are allowed a month, over all inputs together; the policy's number if left out.
    false_alarms: float | None = None
    #: Inputs whose values have quality figures of their own: categories, and numbers by tenths of the reference.
    slices: tuple[str, ...] = ()
    #: The words in which the business owner hears how it does.
    digest: DigestPlan = DigestPlan()
    #: Channels by the names of the settings, such as webhook.
    notify: tuple[str, ...] = ()
    #: What to do when something is wrong: an address, a path in the repository, or words.
    runbook: str = ""


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


#: Characters of a runbook at most.
_LONGEST_RUNBOOK = 2000
_DURATION = re.compile(r"([0-9]{1,6})(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@lru_cache(maxsize=1024)
def seconds(text: str) -> float:
    """The length of a time such as 45m, 2d or 10s, in seconds; raises `Invalid`."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise Invalid(
            "That is not a length of time.",
            why="A length of time is a whole number and one of s, m, h, d.",
            fix="Write 30s, 45m, 2h or 14d.",
            code="E1110",
        )
    return float(int(found[1]) * _SECONDS[found[2]])


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
        yield "source.freshness", _if_named(seconds), source.freshness
    for consumer in project.consumer:
        yield "consumer.name", model_name, consumer.name
        yield "consumer.owner", _if_named(party_name), consumer.owner
        yield f"consumer {consumer.name}", check_declared, consumer
    yield "consumer", check_names, project.consumer
    for name, plan in project.env.items():
        yield "the name of an [env]", model_name, name
        if plan.rollout is not None:
            yield f"env.{name}.rollout", check_steps, plan.rollout
    for job in project.job:
        yield "job.name", model_name, job.name
        yield f"job {job.name}", check_schedule, job.schedule
    yield "job", check_job_names, project.job
    yield "expiry", check_expiry, project.expiry
    yield "outage", check_outage, project.outage
    yield "outage.max_age", _if_named(seconds), project.outage.max_age
    yield "log.keep", _if_named(seconds), project.log.keep
    yield "expiry.then", _check_fallback, project
    yield "monitor.p95_ms", _check_latency, project.monitor.p95_ms
    yield "monitor.silent_after", _if_named(seconds), project.monitor.silent_after
    yield "monitor.stale_after", seconds, project.monitor.stale_after
    yield "monitor.quality.window", seconds, project.monitor.quality.window
    yield "monitor.labels.expected_after", seconds, project.monitor.labels.expected_after
    yield "monitor.false_alarms", check_false_alarms, project.monitor.false_alarms
    yield "monitor.labels.wait", seconds, project.monitor.labels.wait
    yield "monitor.slices", partial(check_slices, redacted=project.log.redact), project.monitor.slices
    for requirement in project.requirement:
        yield "requirement.slice", _if_named(read_slice), requirement.slice
    yield "monitor.runbook", _check_runbook, project.monitor.runbook
    yield "retrain.cooldown", seconds, project.retrain.cooldown


def _check_latency(milliseconds: float | None) -> float | None:
    if milliseconds is not None and not 0.0 < milliseconds < _LONGEST_MS:
        raise Invalid(
            "That is no limit of a latency.",
            why=f"It lies above 0 and below {_LONGEST_MS:g} milliseconds: longer ones are not told apart.",
            fix="Write p95_ms = 200.",
            code="E1235",
        )
    return milliseconds


def check_false_alarms(number: float | None) -> float | None:
    """The number itself if so many false alarms a month can be allowed; raises `Invalid`."""
    if number is not None and not 0.0 < number <= 31.0:
        raise Invalid(
            "That is not a number of false alarms.",
            why="It is how many a month are allowed: above 0, because no alarm is always right, and at most one a day.",
            fix="Write false_alarms = 1.0, or leave it out.",
            code="E1225",
        )
    return number


def _check_runbook(text: str) -> str:
    """It stands in every message, so it has to be short."""
    if len(text) > _LONGEST_RUNBOOK:
        raise Invalid(
            "The runbook is too long for a message.",
            why=f"It may have {_LONGEST_RUNBOOK} characters.",
            fix="Write its address, or its path in the repository.",
            code="E1570",
        )
    return text


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


def check_steps(steps: Steps) -> Steps:
    """The steps themselves if they rise to 100; raises `Invalid`."""
    seconds(steps.each)
    seconds(steps.deadline)
    rising = all(a < b for a, b in zip(steps.steps, steps.steps[1:], strict=False))
    if not steps.steps or not rising or steps.steps[0] <= 0 or steps.steps[-1] != 100:
        raise Invalid(
            "The steps of the rollout are not valid.",
            why="Steps are percents that rise and end at 100.",
            fix="Write steps = [10, 50, 100].",
            code="E1112",
        )
    _check_limits(steps)
    return steps


def _check_limits(steps: Steps) -> None:
    """Raise `Invalid` for a limit that no version could break or keep."""
    limits, shift = steps.stop_if, steps.stop_if.score_shift
    compared = [name for name in ("slower", "score_shift") if getattr(limits, name) is not None]
    if compared and len(steps.steps) == 1:
        raise _of_no_effect(compared[0], "both versions are compared while both answer, and the only step is 100.")
    if shift == ScoreShift():
        raise _of_no_effect("score_shift", "neither mean nor distance is given.")
    if limits.slower is not None and limits.slower < 1.0:
        raise _of_no_effect("slower", "a multiple below 1 asks the new version to be faster than the live one.")
    positive = (limits.p95_ms, shift.mean if shift else None, shift.distance if shift else None)
    shares = (limits.errors, shift.distance if shift and shift.distance is not None else 0.0)
    if any(one is not None and one <= 0.0 for one in positive) or not all(0.0 <= one <= 1.0 for one in shares):
        raise Invalid(
            "A limit of the rollout is not valid.",
            why="errors and distance are shares from 0 to 1; p95_ms, mean and distance are above 0.",
            fix="Correct stop_if.",
            code="E1112",
        )
    if steps.least_requests < 0:
        raise Invalid(
            "The steps of the rollout are not valid.", why="least_requests is below 0.", fix="Write 0 or more.", code="E1112"
        )


def _of_no_effect(name: str, why: str) -> Invalid:
    return Invalid(
        "A limit of the rollout has no effect.", why=f"stop_if.{name}: {why}", fix="Change or remove it.", code="E1112"
    )
