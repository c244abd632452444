"""What `lamp.toml` says: the business problem, the people, the sources and what is asked of a model.

Law of change: `schema` is 1; fields may be added with a default.
"""

from collections.abc import Mapping

from lamplighter.domain.acceptance import Side
from lamplighter.domain.consumer import Consumer
from lamplighter.domain.durability import Durability
from lamplighter.domain.expectation import Expectation
from lamplighter.domain.expiry import ExpiryPlan
from lamplighter.domain.fairness import Fairness
from lamplighter.domain.hook import Hook
from lamplighter.domain.impact import Impact
from lamplighter.domain.job import Job
from lamplighter.domain.log import LogPlan
from lamplighter.domain.monitor_plan import Monitor
from lamplighter.domain.outage import OutagePlan
from lamplighter.domain.owners import Owners
from lamplighter.domain.record import Settings, canonical, digest_of
from lamplighter.domain.requirement import Requirement, Success
from lamplighter.domain.retrain_plan import Retrain
from lamplighter.domain.script import Script
from lamplighter.domain.selection_rule import SelectionPlan
from lamplighter.domain.source import Source
from lamplighter.domain.steps import Steps


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
    #: What it is not for, and where it is known to be weak; a sentence each.
    limitations: tuple[str, ...] = ()


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


class Project(Settings, frozen=True):
    """The whole file."""

    model: Model
    schema: int = 1
    problem: Problem = Problem()
    owners: Owners = Owners()
    impact: Impact = Impact()
    requirement: tuple[Requirement, ...] = ()
    expectation: tuple[Expectation, ...] = ()
    fairness: Fairness = Fairness()
    selection: SelectionPlan = SelectionPlan()
    source: tuple[Source, ...] = ()
    consumer: tuple[Consumer, ...] = ()
    env: Mapping[str, EnvironmentPlan] = {}
    monitor: Monitor = Monitor()
    retrain: Retrain = Retrain()
    expiry: ExpiryPlan = ExpiryPlan()
    outage: OutagePlan = OutagePlan()
    log: LogPlan = LogPlan()
    job: tuple[Job, ...] = ()
    uat: Script = Script()

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.model.name

    @property
    def digest(self) -> str:
        """Digest of everything the file says."""
        return digest_of(canonical(self))
