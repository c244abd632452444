"""Every verb and question of the platform, typed, once. HTTP paths, the remote client and permissions follow from it.

Times are integers, microseconds since the epoch, UTC. All verbs raise the kinds of `lamplighter.domain.errors`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.challenge import Challenge
from lamplighter.domain.consent import Consent
from lamplighter.domain.consumer import Account
from lamplighter.domain.decision import Decision
from lamplighter.domain.digest import Digest
from lamplighter.domain.drill import OutageDrill
from lamplighter.domain.environment import Environment
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.expiry import Expiry
from lamplighter.domain.feed import Feed
from lamplighter.domain.identity import Permission, Person, Role, Team
from lamplighter.domain.incident import Incident
from lamplighter.domain.job import KeptRun, Run
from lamplighter.domain.journal import Entry, Verification
from lamplighter.domain.monitor import Reading
from lamplighter.domain.monitored import Monitored
from lamplighter.domain.paired import ShadowRun
from lamplighter.domain.project import Project
from lamplighter.domain.pushed import Kept, Pushed
from lamplighter.domain.record import Record
from lamplighter.domain.recounted import Recounted
from lamplighter.domain.retraining import Retraining
from lamplighter.domain.rollout import Rollout
from lamplighter.domain.routing import Routing
from lamplighter.domain.rows import USUAL_ROWS, Rows
from lamplighter.domain.version import Manifest, Version
from lamplighter.domain.watch import Watched
from lamplighter.domain.who import Who
from lamplighter.sdk.door import door, doors_of
from lamplighter.views.answering import Service
from lamplighter.views.consumers import Consumed
from lamplighter.views.false_alarms import FalseAlarms
from lamplighter.views.fleet import Fleet
from lamplighter.views.history import AsOf
from lamplighter.views.labels import LabelStatus
from lamplighter.views.status import ModelStatus
from lamplighter.views.version import VersionView
from lamplighter.views.waiting import Waiting
from lamplighter.views.why import Why


class Secret(Record, frozen=True):
    """A secret, shown once."""

    secret: str
    #: Microseconds since the epoch, UTC.
    expires_at: int


class Facts(Record, frozen=True):
    """Evidence as it is brought."""

    kind: str
    facts: Mapping[str, Any]


class Label(Record, frozen=True):
    """What really happened to one prediction."""

    #: Prediction id: `<request>.<row>`, or the id that was pushed.
    id: str
    #: 0 or 1 for a class, else a number.
    value: float
    #: A later truth has a higher revision; the highest wins.
    revision: int = 0


class Deployed(Record, frozen=True):
    """The answer to a deployment: what the gates said, and the rollout if they did not refuse."""

    decision: Decision
    rollout: Rollout | None


class RolledBack(Record, frozen=True):
    """The answer to a rollback."""

    model: str
    environment: str
    #: The number that answered before, and the one that answers now.
    before: int
    now: int
    #: From the command until every worker answers by the new route.
    seconds: float


class Figures(Record, frozen=True):
    """Exact figures of one version on the labelled rows of a window of event time."""

    number: int
    start: int
    end: int
    #: Scored rows that have a label.
    rows: int
    #: By name: auc, brier, log_loss, precision, recall, rate, mean_score.
    values: Mapping[str, float]
    #: Ends of the 95 % intervals, where there is one.
    low: Mapping[str, float]
    high: Mapping[str, float]


class Platform(Protocol):
    """What can be done and asked. `Embedded` and `Remote` are the two ways to have one."""

    # People

    @door("GET", "/whoami", Permission.READ)
    def whoami(self) -> Person:
        """Who the caller is."""
        ...

    @door("GET", "/people", Permission.READ)
    def people(self) -> list[Person]:
        """Everybody who can sign in, and those who left."""
        ...

    @door("PUT", "/people/{email}", Permission.ADMINISTER)
    def save_person(self, email: str, name: str, roles: Sequence[Role], active: bool = True) -> Person:
        """Add somebody, or change their roles; somebody who is no longer active loses every credential."""
        ...

    @door("GET", "/teams", Permission.READ)
    def teams(self) -> list[Team]:
        """Every team with its members in the order of call."""
        ...

    @door("PUT", "/teams/{name}", Permission.ADMINISTER)
    def save_team(self, name: str, members: Sequence[str]) -> Team:
        """Set the members of a team, in the order of call."""
        ...

    @door("POST", "/people/{email}/tokens", Permission.ADMINISTER)
    def issue_token(self, email: str, label: str, days: int = 90) -> Secret:
        """Give out a token for somebody; it is shown once."""
        ...

    @door("POST", "/people/{email}/sign-in-links", Permission.ADMINISTER)
    def issue_sign_in(self, email: str) -> Secret:
        """Make a one-time sign-in secret for somebody, good for 15 minutes."""
        ...

    # Applications

    @door("GET", "/consumers", Permission.READ)
    def consumer_accounts(self) -> list[Account]:
        """Every application that has or had an account."""
        ...

    @door("PUT", "/consumers/{name}", Permission.ADMINISTER)
    def save_consumer(self, name: str, owner: str, models: Sequence[str] = (), active: bool = True) -> Account:
        """Open the account of an application, change it, or close it with every token of it."""
        ...

    @door("POST", "/consumers/{name}/tokens", Permission.ADMINISTER)
    def issue_consumer_token(self, name: str, model: str, environment: str, days: int = 90) -> Secret:
        """Give out a token that asks one model of one environment and can do nothing else; it is shown once."""
        ...

    @door("GET", "/models/{model}/consumers", Permission.READ)
    def consumers(self, model: str) -> list[Consumed]:
        """Who calls a model, declared or seen, with those that nobody declared and those that fell silent."""
        ...

    @door("POST", "/consumers/{name}/push-tokens", Permission.ADMINISTER)
    def issue_push_token(self, name: str, model: str, environment: str, days: int = 90) -> Secret:
        """Give out a token that brings predictions and labels of one model that runs elsewhere; it is shown once."""
        ...

    # Environments

    @door("GET", "/environments", Permission.READ)
    def environments(self) -> list[Environment]:
        """Every environment."""
        ...

    @door("PUT", "/environments/{name}", Permission.ADMINISTER)
    def save_environment(self, name: str, environment: Environment) -> Environment:
        """Add or change an environment."""
        ...

    # Design

    @door("PUT", "/projects/{model}", Permission.DESIGN)
    def save_project(self, model: str, project: Project) -> Project:
        """Say what a model is for, who owns it and what is asked of it."""
        ...

    @door("GET", "/projects/{model}", Permission.READ)
    def project(self, model: str) -> Project:
        """What the project of a model says."""
        ...

    @door("GET", "/projects/{model}/who", Permission.READ)
    def who(self, model: str) -> Who:
        """Who should deploy this model, who has which duty, and why; readiness is measured now."""
        ...

    # Industrialization

    @door("POST", "/artifacts/missing", Permission.REGISTER)
    def missing_artifacts(self, digests: Sequence[str]) -> list[str]:
        """Which of these artifacts the platform does not have."""
        ...

    @door("PUT", "/artifacts/{digest}", Permission.REGISTER)
    def put_artifact(self, digest: str, content: bytes) -> str:
        """Store the bytes of an artifact under their digest."""
        ...

    @door("GET", "/artifacts/{digest}", Permission.READ)
    def artifact(self, digest: str) -> bytes:
        """The bytes of an artifact."""
        ...

    @door("POST", "/models/{model}/versions", Permission.REGISTER)
    def register(self, model: str, manifest: Manifest, evidence: Sequence[Facts] = (), note: str = "") -> Version:
        """Register a version whose artifacts are there; the same manifest again gives the same version."""
        ...

    @door("GET", "/models/{model}/versions", Permission.READ)
    def versions(self, model: str) -> list[Version]:
        """Every version of a model, oldest first."""
        ...

    @door("GET", "/versions/{reference}", Permission.READ)
    def version(self, reference: str, environment: str = "") -> VersionView:
        """What is inside a version, its evidence and decisions; `@live` and `@prev` are of the environment."""
        ...

    @door("POST", "/versions/{reference}/evidence", Permission.REGISTER)
    def add_evidence(self, reference: str, evidence: Facts) -> Evidence:
        """Bring facts about a version; they void acceptances that did not see them."""
        ...

    # Deployment

    @door("GET", "/versions/{reference}/check", Permission.READ)
    def check(self, reference: str, environment: str) -> Decision:
        """What the gates would say now; changes nothing."""
        ...

    @door("POST", "/versions/{reference}/deployments", Permission.DEPLOY)
    def deploy(self, reference: str, environment: str) -> Deployed:
        """Ask for a version to go live; it waits where only people's word is missing."""
        ...

    @door("POST", "/versions/{reference}/signatures", Permission.APPROVE)
    def sign(self, reference: str, environment: str, side: Side, accepted: bool, reason: str = "") -> Signature:
        """Accept or refuse a version for an environment, on the evidence as it is now."""
        ...

    @door("POST", "/versions/{reference}/consents", Permission.CONSENT)
    def consent(self, reference: str, consumer: str, accepted: bool, environment: str = "", reason: str = "") -> Consent:
        """Accept or refuse, as the owner of a consumer, what a version changes for it; bound to what is known now."""
        ...

    @door("GET", "/waiting", Permission.READ)
    def waiting(self, model: str = "") -> list[Waiting]:
        """What waits for people."""
        ...

    @door("GET", "/rollouts", Permission.READ)
    def rollouts(self, model: str = "") -> list[Rollout]:
        """The newest 100 rollouts, newest first."""
        ...

    @door("GET", "/rollouts/{key}", Permission.READ)
    def rollout(self, key: str) -> Rollout:
        """One rollout."""
        ...

    @door("POST", "/rollouts/{key}/pause", Permission.DEPLOY)
    def pause(self, key: str) -> Rollout:
        """Stop the clock of a rollout; the share stays and the limits still hold."""
        ...

    @door("POST", "/rollouts/{key}/resume", Permission.DEPLOY)
    def resume(self, key: str) -> Rollout:
        """Let a paused rollout go on."""
        ...

    @door("POST", "/rollouts/{key}/stop", Permission.ROLL_BACK)
    def stop(self, key: str) -> Rollout:
        """Stop a rollout and give all traffic back to the version before."""
        ...

    @door("POST", "/models/{model}/rollback", Permission.ROLL_BACK)
    def roll_back(self, model: str, environment: str, to: int = 0, reason: str = "", leaving: int = 0) -> RolledBack:
        """Give all traffic to the version before, or to one that was live before; never blocked by gates.

        `leaving` is the version that the caller saw live; a rollback from another one is refused, so that of two people who
        go back at once the second does not bring the bad version live again. 0 asks for nothing.
        """
        ...

    @door("POST", "/models/{model}/shadow", Permission.DEPLOY)
    def shadow(self, model: str, environment: str, number: int) -> Routing:
        """Let a version score along without answering; 0 ends it."""
        ...

    @door("GET", "/models/{model}/shadow", Permission.READ)
    def shadow_run(self, model: str, environment: str) -> ShadowRun:
        """How the version that scores along compares with the live one so far, on the same requests."""
        ...

    @door("POST", "/models/{model}/shadow/evidence", Permission.DEPLOY)
    def keep_shadow_run(self, model: str, environment: str) -> ShadowRun:
        """Write that comparison down as evidence of the version that scores along."""
        ...

    @door("POST", "/versions/{reference}/extension", Permission.DEPLOY)
    def extend(self, reference: str, environment: str, days: int, reason: str) -> Expiry:
        """Let the live version answer for more days than its tier allows; only its owner may, with a reason."""
        ...

    @door("POST", "/versions/{reference}/outage-drills", Permission.ROLL_BACK)
    def drill_outage(self, reference: str, environment: str) -> OutageDrill:
        """Ask for what callers would be answered in an outage, with requests of the drill's own; the result is evidence."""
        ...

    # Monitoring

    @door("POST", "/models/{model}/predictions", Permission.PUSH)
    def push_predictions(self, model: str, environment: str, predictions: Sequence[Pushed]) -> Kept:
        """Bring predictions that a model made elsewhere: all are kept, or none. An id that is known changes nothing."""
        ...

    @door("POST", "/models/{model}/labels", Permission.LABEL)
    def push_labels(self, model: str, labels: Sequence[Label]) -> int:
        """Say what really happened, by prediction id; gives the number of labels that were kept."""
        ...

    @door("GET", "/models/{model}/readings", Permission.READ)
    def readings(
        self, model: str, environment: str, aspect: str = "", measure: str = "", sliced: bool = False
    ) -> list[Reading]:
        """Figures by window, oldest first: of all rows, or those of slices if they are asked for."""
        ...

    @door("GET", "/models/{model}/labels", Permission.READ)
    def label_status(self, model: str, environment: str) -> LabelStatus:
        """How many labels came and how late, and how many wait for a prediction that nobody knows."""
        ...

    @door("GET", "/models/{model}/why", Permission.READ)
    def why(self, model: str, environment: str = "") -> Why:
        """Why it got worse: where the loss has grown and which inputs moved, for the newest bad window."""
        ...

    @door("GET", "/models/{model}/digest", Permission.READ)
    def digest(self, model: str) -> Digest:
        """Whether a model does its job: its newest whole week in one sentence, in the words of its business owner."""
        ...

    @door("POST", "/models/{model}/recounts", Permission.DEPLOY)
    def recount(self, model: str, environment: str, since: int = 0) -> Recounted:
        """Count the prediction log anew, from the day of a moment of event time on: for counts that are lost or damaged."""
        ...

    @door("GET", "/models/{model}/monitor", Permission.READ)
    def monitored(self, model: str, environment: str = "") -> Monitored:
        """What is drawn of a model: a bounded number of figures of service and quality, however long its history is."""
        ...

    @door("GET", "/monitors", Permission.READ)
    def watched(self, model: str = "") -> list[Watched]:
        """Whether each live model is watched, the worst first: what is missing, silent, stale or dead, and for how long."""
        ...

    @door("GET", "/models/{model}/figures", Permission.READ)
    def figures(self, model: str, environment: str, number: int, start: int, end: int) -> Figures:
        """Exact figures of one version on the labelled rows of a window of event time."""
        ...

    @door("GET", "/models/{model}/rows", Permission.ROWS)
    def rows(
        self,
        model: str,
        environment: str = "",
        incident: str = "",
        condition: str = "",
        number: int = 0,
        start: int = 0,
        end: int = 0,
        limit: int = USUAL_ROWS,
    ) -> Rows:
        """Rows that a model was asked for: those behind an incident, or of a window of event time, that meet a condition.

        The condition is such as `origin = EWR, delay > 20`; the names of slices are conditions too. An incident says itself
        which environment, version and window it is about. Without one and without an environment the most protected one counts
        in which the model is live, 0 for `number` is every version, and 0 for `end` is now. `limit` is at most 50,000; of more
        rows an even sample is given.
        """
        ...

    @door("GET", "/models/{model}/service", Permission.READ)
    def service(self, model: str, environment: str, seconds: int = 86400) -> Service:
        """What callers felt in the last seconds."""
        ...

    @door("GET", "/incidents", Permission.READ)
    def incidents(self, model: str = "", closed: bool = False) -> list[Incident]:
        """Open incidents, newest first; closed ones too if asked for."""
        ...

    @door("GET", "/incidents/{key}", Permission.READ)
    def incident(self, key: str) -> Incident:
        """One incident."""
        ...

    @door("POST", "/incidents/{key}/acknowledge", Permission.RESPOND)
    def acknowledge(self, key: str, note: str = "") -> Incident:
        """Say that you have it; nobody else is told any more."""
        ...

    @door("POST", "/incidents/{key}/resolve", Permission.RESPOND)
    def resolve(self, key: str, note: str = "") -> Incident:
        """Say that it is over."""
        ...

    @door("GET", "/sources", Permission.READ)
    def feeds(self) -> list[Feed]:
        """Every source that a model needs and how it stands, those that need somebody first."""
        ...

    @door("GET", "/sources/{name}", Permission.READ)
    def feed(self, name: str) -> Feed:
        """One source and how it stands."""
        ...

    @door("POST", "/sources/{name}/arrivals", Permission.LABEL)
    def push_arrival(
        self, name: str, newest: int = 0, rows: int | None = None, passed: bool | None = None, check: str = ""
    ) -> Feed:
        """Say what came of a source: the time of its newest row, its rows, and whether the checks on it passed; what is left
        out says nothing new. Gives how it stands now."""
        ...

    @door("POST", "/incidents/{key}/snooze", Permission.RESPOND)
    def snooze(self, key: str, duration: str, reason: str) -> Incident:
        """Be quiet about an incident for a time such as `4h`, at most 14 days; then it is told again if it is still wrong."""
        ...

    @door("POST", "/incidents/{key}/assign", Permission.RESPOND)
    def assign(self, key: str, to: str, note: str = "") -> Incident:
        """Give an incident to a person or a team; who is there is told, and the clock begins anew."""
        ...

    @door("POST", "/incidents/{key}/notes", Permission.RESPOND)
    def note(self, key: str, text: str) -> Incident:
        """Write down what was seen or done about an incident."""
        ...

    @door("POST", "/channels/{name}/tests", Permission.RESPOND)
    def test_channel(self, name: str) -> str:
        """Send a message of no meaning through a channel of the configuration, at once; gives the name of the channel."""
        ...

    # Management

    @door("POST", "/models/{model}/trainings", Permission.RETRAIN)
    def retrain(self, model: str, cause: str = "") -> Retraining:
        """Ask for a training as the project describes it."""
        ...

    @door("GET", "/models/{model}/trainings", Permission.READ)
    def trainings(self, model: str) -> list[Retraining]:
        """Trainings of a model, newest first."""
        ...

    @door("POST", "/models/{model}/jobs/{name}/runs", Permission.RETRAIN)
    def run_job(self, model: str, name: str) -> Run:
        """Score the table of a scheduled job now, beside its schedule."""
        ...

    @door("GET", "/models/{model}/job-runs", Permission.READ)
    def job_runs(self, model: str) -> list[Run]:
        """Runs of the scheduled jobs of a model, newest first."""
        ...

    @door("GET", "/job-runs/{key}", Permission.READ)
    def job_run(self, key: str) -> Run:
        """One run of a scheduled job."""
        ...

    @door("GET", "/job-runs/{key}/kept", Permission.RETRAIN)
    def kept_run(self, key: str) -> KeptRun:
        """What is kept of a run that failed: what ended it, what it was told and the end of its log."""
        ...

    @door("GET", "/job-runs/{key}/rows", Permission.ROWS)
    def kept_rows(self, key: str) -> bytes:
        """The rows that a run failed on, as an Arrow stream; nothing where none are kept."""
        ...

    @door("POST", "/job-runs/{key}/reruns", Permission.RETRAIN)
    def rerun(self, key: str, table: str = "") -> Run:
        """Repeat a run that failed, on another table of the configuration if one is named; gives the new run."""
        ...

    @door("POST", "/versions/{reference}/challenges", Permission.RETRAIN)
    def challenge(self, reference: str, environment: str, metric: str = "brier", least_rows: int = 1000) -> Challenge:
        """Let a version score along with the live one, to be compared on the same rows."""
        ...

    @door("POST", "/challenges/{key}/decide", Permission.RETRAIN)
    def decide(self, key: str, start: int, end: int) -> Challenge:
        """Decide a trial on the labelled rows of a window of event time; the result is evidence of the challenger."""
        ...

    @door("GET", "/models/{model}/challenges", Permission.READ)
    def challenges(self, model: str) -> list[Challenge]:
        """Trials of a model, newest first."""
        ...

    # Questions

    @door("GET", "/fleet", Permission.READ)
    def fleet(self, search: str = "", only: str = "", page: int = 1, tier: str = "", needs: str = "", gap: str = "") -> Fleet:
        """One page of the models, those that need the caller first and then the worst.

        `search` is text of the name or the summary, `only` an overall status, `tier` a tier of criticality, `needs` the
        person whom a model needs now: `me` or an e-mail address, and `gap` what its monitors do not see: `silent`,
        `unlabelled`, `stale`, or `any` of them.
        """
        ...

    @door("GET", "/false-alarms", Permission.READ)
    def false_alarms(self) -> FalseAlarms:
        """How many false alarms a month are expected of all live models together at most, by tier, and how many are allowed."""
        ...

    @door("GET", "/models/{model}/status", Permission.READ)
    def status(self, model: str) -> ModelStatus:
        """How a model is, in one sentence, by aspect and by stage, with who has it."""
        ...

    @door("GET", "/models/{model}/at", Permission.READ)
    def at(self, model: str, environment: str, instant: int) -> AsOf:
        """What was live at an instant, who approved it and on what evidence."""
        ...

    @door("GET", "/journal", Permission.READ)
    def journal(self, model: str = "", limit: int = 100) -> list[Entry]:
        """The newest entries of the journal, newest first."""
        ...

    @door("GET", "/journal/verification", Permission.READ)
    def verify_journal(self) -> Verification:
        """Whether the chain of the journal holds."""
        ...


#: Every verb by name.
DOORS = doors_of(Platform)
