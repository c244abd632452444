"""The five stages, the duties that fall to people, and the words for how things are."""

from collections.abc import Mapping
from enum import StrEnum


class Stage(StrEnum):
    """A stage of work in the life of a model; each has one accountable owner."""

    #: From the business problem to a model worth releasing.
    DESIGN = "design"
    #: Checks, packaging and one immutable version with evidence.
    INDUSTRIALIZATION = "industrialization"
    #: Acceptance and the way into production.
    DEPLOYMENT = "deployment"
    #: Technical and functional watching, incidents, rollback.
    MONITORING = "monitoring"
    #: Expiry, retraining and the choice of the next version.
    MANAGEMENT = "management"


class Duty(StrEnum):
    """Something that one person must do, and a deputy where that person is away."""

    #: Keep the business problem, requirements and sources right.
    DESIGN = "design"
    #: Check and package versions.
    VALIDATE = "validate"
    #: Bring versions into production.
    DEPLOY = "deploy"
    #: Answer outages, errors and slowness.
    MONITOR_TECHNICAL = "monitor-technical"
    #: Answer drift and lost quality.
    MONITOR_FUNCTIONAL = "monitor-functional"
    #: Return to the version before.
    ROLL_BACK = "roll-back"
    #: Train and choose the next version.
    RETRAIN = "retrain"
    #: Take a model out of use.
    RETIRE = "retire"


#: The stage whose owner is accountable for a duty.
STAGE_OF: Mapping[Duty, Stage] = {
    Duty.DESIGN: Stage.DESIGN,
    Duty.VALIDATE: Stage.INDUSTRIALIZATION,
    Duty.DEPLOY: Stage.DEPLOYMENT,
    Duty.MONITOR_TECHNICAL: Stage.MONITORING,
    Duty.MONITOR_FUNCTIONAL: Stage.MONITORING,
    Duty.ROLL_BACK: Stage.DEPLOYMENT,
    Duty.RETRAIN: Stage.MANAGEMENT,
    Duty.RETIRE: Stage.MANAGEMENT,
}

#: Duties that take knowledge of the model: no handover moves them.
FUNCTIONAL = (Duty.MONITOR_FUNCTIONAL, Duty.RETRAIN)


class Status(StrEnum):
    """How something is, worst last but for what is not known."""

    #: Nothing is known.
    UNKNOWN = "unknown"
    #: As it should be.
    HEALTHY = "healthy"
    #: Somebody should look.
    WATCH = "watch"
    #: Users feel it.
    FAILING = "failing"


class Aspect(StrEnum):
    """What a status is about."""

    #: The worst of the others.
    OVERALL = "overall"
    #: Whether callers are answered, without errors and in time, and whether jobs write their tables.
    SERVICE = "service"
    #: What comes in: inputs that callers send, and sources.
    DATA = "data"
    #: Whether predictions come true.
    QUALITY = "quality"
    #: Owners, approvals, monitors and trainings: what is in order before anybody feels it.
    GOVERNANCE = "governance"


_SEVERITY = {Status.FAILING: 3, Status.WATCH: 2, Status.HEALTHY: 1, Status.UNKNOWN: 0}


def worst(statuses: Mapping[Aspect, Status]) -> Status:
    """The worst status that is known; unknown if none is."""
    return max(statuses.values(), key=_SEVERITY.__getitem__, default=Status.UNKNOWN)
