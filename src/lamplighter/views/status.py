"""How a model is, in one sentence, by aspect and by stage, with who has it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lamplighter.domain.criticality import Criticality
from lamplighter.domain.emergency import Emergency
from lamplighter.domain.environment import Level
from lamplighter.domain.expiry import INSTEAD, Action, Age
from lamplighter.domain.handover import Handover, seen_by
from lamplighter.domain.incident import Incident
from lamplighter.domain.instant import minute
from lamplighter.domain.lifetime import Lifetime
from lamplighter.domain.monitor import Finding, is_of_job
from lamplighter.domain.ownership import Ownership
from lamplighter.domain.policy import Policy
from lamplighter.domain.record import Record
from lamplighter.domain.retirement import Retirement
from lamplighter.domain.rollout import Rollout
from lamplighter.domain.stage import FUNCTIONAL, STAGE_OF, Aspect, Duty, Stage, Status
from lamplighter.domain.validation import ValidationFinding
from lamplighter.domain.waiver import Waiver
from lamplighter.views.answering import Service, service
from lamplighter.views.aspects import expired
from lamplighter.views.consumers import Consumed, consumers
from lamplighter.views.estate import Estate
from lamplighter.views.handover import Due
from lamplighter.views.known import circle
from lamplighter.views.live import Live
from lamplighter.views.waiting import Waiting

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


class StageState(Record, frozen=True):
    """One stage of the rail."""

    stage: Stage
    #: Person or team that is accountable; empty for a gap.
    accountable: str
    #: Who acts now.
    holder: str
    deputy: str
    status: Status
    #: What is done and what is open, short sentences.
    facts: tuple[str, ...]


class ModelStatus(Record, frozen=True):
    """Everything the head of the model page says."""

    model: str
    summary: str
    criticality: Criticality
    #: Place of the tier, from 1, and how many tiers there are.
    dots: tuple[int, int]
    #: By aspect; `overall` is the worst.
    status: Mapping[Aspect, Status]
    sentence: str
    stages: tuple[StageState, ...]
    live: tuple[Live, ...]
    service: Service | None
    ownership: Ownership
    business: str
    versions: int
    incidents: tuple[Incident, ...]
    rollouts: tuple[Rollout, ...]
    waiting: tuple[Waiting, ...]
    #: Who has the thing that needs somebody now; empty if nothing does.
    needs: str
    #: Scored and labelled rows in the most protected environment.
    rows: int
    labelled: int
    #: Who calls it or is declared to, with what was seen.
    consumers: tuple[Consumed, ...] = ()
    #: Emergencies that nobody has reviewed, oldest first.
    emergencies: tuple[Emergency, ...] = ()
    #: Waivers on which something may rest, and those that are over and nobody has seen to, oldest first.
    waivers: tuple[Waiver, ...] = ()
    #: Open findings of validations, those that matter most first.
    validation_findings: tuple[ValidationFinding, ...] = ()
    #: The handover that its receiver looks at, and the one that is overdue.
    handover: Handover | None = None
    due: Due | None = None
    #: How it ends, or ended; nothing where that is not announced, or was taken back.
    retirement: Retirement | None = None

    @property
    def failed_jobs(self) -> tuple[Finding, ...]:
        """What was found of its jobs and is not over."""
        found = (finding for incident in self.incidents for finding in incident.felt)
        return tuple(one for one in found if one.model == self.model and is_of_job(one.measure))


def status(look: "Transaction", model: str, *, policy: Policy, now: int) -> ModelStatus:
    """The status of a model as of now; raises `NotFound`."""
    project = look.project(model)
    estate = Estate(look, circle(look, policy), now=now, model=model)
    seen = estate.standing(estate.known[0])
    main, duties = seen.main, seen.known.ownership
    return ModelStatus(
        model=model,
        summary=project.model.summary,
        criticality=seen.known.criticality,
        dots=seen.known.dots,
        status=seen.status,
        sentence=seen.sentence,
        stages=_stages(look, model, duties, seen.incidents, seen.live, seen.waiting, seen.lifetime),
        live=seen.live,
        service=service(look, model, main.environment, now=now) if main else None,
        ownership=duties,
        business=project.owners.business,
        versions=look.versions.next_number(model) - 1,
        incidents=seen.incidents,
        rollouts=tuple(look.rollouts.all(newest="opened_at", model=model, open=True)),
        waiting=seen.waiting,
        needs=seen.needs,
        rows=look.answered.count(model, main.environment) if main else 0,
        labelled=look.answered.labelled(model, main.environment) if main else 0,
        consumers=consumers(look, model, now),
        emergencies=seen.emergencies,
        waivers=seen.waivers,
        validation_findings=seen.validation_findings,
        handover=seen_by(seen.handover, "") if seen.handover else None,
        due=seen.due,
        retirement=seen.retirement,
    )


def _stages(
    look: "Transaction",
    model: str,
    duties: Ownership,
    incidents: tuple[Incident, ...],
    live: tuple[Live, ...],
    wanted: tuple[Waiting, ...],
    lifetime: Lifetime | None,
) -> tuple[StageState, ...]:
    facts = {
        Stage.DESIGN: _design(look, model),
        Stage.INDUSTRIALIZATION: _industrialization(look, model),
        Stage.DEPLOYMENT: _deployment(live, wanted),
        Stage.MONITORING: _monitoring(incidents, live),
        Stage.MANAGEMENT: _management(look, model, live, lifetime),
    }
    return tuple(_stage(stage, duties, *facts[stage]) for stage in Stage)


def _stage(stage: Stage, duties: Ownership, state: Status, facts: tuple[str, ...]) -> StageState:
    duty = next(duty for duty in Duty if STAGE_OF[duty] is stage and duty not in FUNCTIONAL)
    held = duties.of(duty)
    gap = () if held.holder else ("nobody holds this stage",)
    return StageState(
        stage=stage,
        accountable=held.accountable,
        holder=held.holder,
        deputy=held.deputy,
        status=state if held.holder else Status.WATCH,
        facts=(*facts, *gap),
    )


def _design(look: "Transaction", model: str) -> tuple[Status, tuple[str, ...]]:
    project = look.project(model)
    counts = (_counted(project.requirement, "requirement"), _counted(project.source, "source"))
    return (Status.HEALTHY if project.problem.statement else Status.WATCH), counts


def _counted(things: Sequence[object], name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def _industrialization(look: "Transaction", model: str) -> tuple[Status, tuple[str, ...]]:
    newest = look.versions.newest(model)
    if newest is None:
        return Status.UNKNOWN, ("no version yet",)
    found = look.evidence.newest(newest.digest)
    return Status.HEALTHY, (f"v{newest.number} registered", f"evidence {len(found)}", f"runtime {newest.manifest.runtime}")


def _deployment(live: tuple[Live, ...], wanted: tuple[Waiting, ...]) -> tuple[Status, tuple[str, ...]]:
    facts = tuple(f"v{one.number} live in {one.environment}" for one in live)
    if wanted:
        return Status.WATCH, (*facts, f"v{wanted[0].number} waits for acceptance in {wanted[0].environment}")
    if not live:
        return Status.UNKNOWN, ("nothing live yet",)
    return (Status.HEALTHY if live[-1].level is Level.PRODUCTION else Status.UNKNOWN), facts


def _monitoring(incidents: tuple[Incident, ...], live: tuple[Live, ...]) -> tuple[Status, tuple[str, ...]]:
    if not live:
        return Status.UNKNOWN, ("nothing to watch yet",)
    if not incidents:
        return Status.HEALTHY, ("no open incident",)
    return Status.WATCH, tuple(f"{incident.id} {incident.finding.measure}: {incident.state}" for incident in incidents[:3])


def _management(
    look: "Transaction", model: str, live: tuple[Live, ...], lifetime: Lifetime | None
) -> tuple[Status, tuple[str, ...]]:
    trials = look.challenges.all(newest="opened_at", limit=1, model=model)
    trainings = look.retrainings.all(newest="requested_at", limit=1, model=model)
    facts = tuple(f"{training.id} {training.state}" for training in trainings)
    facts += tuple(f"v{trial.challenger} against v{trial.champion}: {trial.verdict}" for trial in trials)
    if lifetime is not None:
        facts += (f"v{live[-1].number} {_age(lifetime)}",)
    if expired(lifetime):
        return Status.WATCH, facts
    return (Status.HEALTHY if facts else Status.UNKNOWN), facts or ("no training yet",)


def _age(lifetime: Lifetime) -> str:
    days = abs(lifetime.days_left)
    counted = f"{days} day{'' if days == 1 else 's'}"
    if not expired(lifetime):
        return f"expires in {counted}" if days else "expires today"
    since = f"expired {counted} ago" if days else "expired today"
    if lifetime.age is Age.EXPIRED:
        return f"{since} and answers no more: {INSTEAD[lifetime.expiry.action]}"
    return since if lifetime.expiry.action is Action.SERVE else f"{since}, answers until {minute(lifetime.expiry.ends_at)}"
