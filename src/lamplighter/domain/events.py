"""What has happened, in the past tense. One list of types; the journal stores them and reactions answer them.

Law of change: a type is never removed or renamed; fields may be added with a default.
"""

from lamplighter.domain.monitor import Finding
from lamplighter.domain.outcome import Outcome
from lamplighter.domain.record import Record


class Event(Record, frozen=True):
    """Something that has happened. `model` is empty where no model is concerned."""

    model: str = ""


class PersonAdded(Event, frozen=True, tag=True):
    """Somebody can sign in, or has other roles now."""

    email: str = ""
    roles: tuple[str, ...] = ()
    active: bool = True


class TeamSaved(Event, frozen=True, tag=True):
    """A team has these members now."""

    team: str = ""
    members: tuple[str, ...] = ()


class TokenIssued(Event, frozen=True, tag=True):
    """A token was given out."""

    email: str = ""
    label: str = ""
    digest: str = ""


class SignedIn(Event, frozen=True, tag=True):
    """Somebody opened a session in a browser."""

    email: str = ""


class EnvironmentSaved(Event, frozen=True, tag=True):
    """An environment is there, or was changed."""

    environment: str = ""
    level: str = ""


class ProjectSaved(Event, frozen=True, tag=True):
    """A project says something new."""

    digest: str = ""
    tier: str = ""


class VersionRegistered(Event, frozen=True, tag=True):
    """A version was registered."""

    number: int = 0
    digest: str = ""


class EvidenceAdded(Event, frozen=True, tag=True):
    """Facts about a version came in."""

    version: str = ""
    kind: str = ""
    digest: str = ""


class DecisionMade(Event, frozen=True, tag=True):
    """Gates judged a version for an environment."""

    number: int = 0
    environment: str = ""
    decision: str = ""
    passed: bool = False


class VersionAccepted(Event, frozen=True, tag=True):
    """Somebody accepted a version for an environment."""

    number: int = 0
    version: str = ""
    environment: str = ""
    side: str = ""
    person: str = ""
    binding: str = ""


class VersionRefused(Event, frozen=True, tag=True):
    """Somebody refused a version for an environment."""

    number: int = 0
    version: str = ""
    environment: str = ""
    side: str = ""
    person: str = ""
    reason: str = ""


class ConsumerSaved(Event, frozen=True, tag=True):
    """An application has an account, or has other models or another owner now."""

    consumer: str = ""
    owner: str = ""
    models: tuple[str, ...] = ()
    active: bool = True


class ConsentGiven(Event, frozen=True, tag=True):
    """The owner of a consumer accepted or refused what a version changes for it."""

    number: int = 0
    version: str = ""
    environment: str = ""
    consumer: str = ""
    person: str = ""
    accepted: bool = False
    reason: str = ""
    binding: str = ""


class ReplayMoved(Event, frozen=True, tag=True):
    """A replay of consumers' requests was asked for or ended."""

    replay: str = ""
    environment: str = ""
    number: int = 0
    live: int = 0
    state: str = ""
    why: str = ""


class RolloutMoved(Event, frozen=True, tag=True):
    """A rollout took a step."""

    rollout: str = ""
    environment: str = ""
    number: int = 0
    phase: str = ""
    share: float = 0.0
    why: str = ""
    #: What the guards said; nothing where the step does not rest on them.
    outcome: Outcome | None = None


class RolloutHeld(Event, frozen=True, tag=True):
    """The calendar holds a rollout: what it has it keeps, and it goes on by itself."""

    rollout: str = ""
    environment: str = ""
    number: int = 0
    #: Which rule, such as `freeze year-end`.
    rule: str = ""
    #: When it may go on, microseconds since the epoch, UTC; 0 where no end is in sight.
    until: int = 0
    why: str = ""


class RolloutReleased(Event, frozen=True, tag=True):
    """The calendar no longer holds a rollout."""

    rollout: str = ""
    environment: str = ""
    number: int = 0


class HookAnswered(Event, frozen=True, tag=True):
    """A hook of a rollout was asked once."""

    rollout: str = ""
    environment: str = ""
    number: int = 0
    hook: str = ""
    #: `before` or `after`.
    moment: str = ""
    attempt: int = 0
    #: HTTP status; 0 where no answer came.
    status: int = 0
    seconds: float = 0.0
    #: Why it failed; empty for go.
    why: str = ""
    #: What follows, as it is declared, where it failed for good.
    follows: str = ""


class EmergencyDeclared(Event, frozen=True, tag=True):
    """One person brings a version live past the calendar or past missing words."""

    emergency: str = ""
    environment: str = ""
    number: int = 0
    version: str = ""
    rollout: str = ""
    passed: tuple[str, ...] = ()
    #: Who is asked for the review.
    owner: str = ""
    due_at: int = 0
    why: str = ""


class EmergencyAnnounced(Event, frozen=True, tag=True):
    """Somebody is told of an emergency, or that its review is overdue."""

    emergency: str = ""
    environment: str = ""
    number: int = 0
    person: str = ""
    overdue: bool = False


class EmergencyReviewed(Event, frozen=True, tag=True):
    """A second person has looked at an emergency."""

    emergency: str = ""
    environment: str = ""
    number: int = 0
    person: str = ""
    note: str = ""


class WentLive(Event, frozen=True, tag=True):
    """A version has all traffic of an environment."""

    environment: str = ""
    number: int = 0
    version: str = ""
    previous: int = 0
    decision: str = ""
    rollout: str = ""


class Withdrawn(Event, frozen=True, tag=True):
    """A version on trial lost its traffic before it had all of it."""

    environment: str = ""
    number: int = 0
    rollout: str = ""
    why: str = ""


class RolledBack(Event, frozen=True, tag=True):
    """All traffic returned to a version that had it before."""

    environment: str = ""
    number: int = 0
    version: str = ""
    previous: int = 0
    why: str = ""


class VersionExtended(Event, frozen=True, tag=True):
    """The owner lets a live version answer for longer."""

    environment: str = ""
    number: int = 0
    version: str = ""
    #: When it expires now, microseconds since the epoch, UTC.
    until: int = 0
    why: str = ""


class ShadowSet(Event, frozen=True, tag=True):
    """A version scores along without answering; number 0 means that none does any more."""

    environment: str = ""
    number: int = 0


class FindingMade(Event, frozen=True, tag=True):
    """Monitoring found a limit crossed."""

    finding: Finding | None = None


class IncidentOpened(Event, frozen=True, tag=True):
    """An incident has begun."""

    incident: str = ""
    kind: str = ""
    duty: str = ""
    holder: str = ""


class IncidentMoved(Event, frozen=True, tag=True):
    """Somebody, or the platform, did something with an incident."""

    incident: str = ""
    state: str = ""
    note: str = ""
    #: What was done, such as `acknowledge` or `escalate`.
    step: str = ""
    #: Who is told of it, where somebody is.
    person: str = ""


class IncidentJoined(Event, frozen=True, tag=True):
    """Another model has the trouble of an incident that is open."""

    incident: str = ""
    environment: str = ""


class RollbackWeighed(Event, frozen=True, tag=True):
    """The platform asked itself whether a version is the cause of an incident."""

    incident: str = ""
    environment: str = ""
    number: int = 0
    rolls_back: bool = False
    why: str = ""


class Notified(Event, frozen=True, tag=True):
    """Somebody was told something through a channel."""

    incident: str = ""
    person: str = ""
    channel: str = ""
    delivered: bool = False
    why: str = ""


class DigestPosted(Event, frozen=True, tag=True):
    """Somebody is sent how the models that they speak for did."""

    person: str = ""
    #: The week in which it is sent, such as 2026-W09.
    week: str = ""
    models: tuple[str, ...] = ()


class Recounted(Event, frozen=True, tag=True):
    """The prediction log was counted anew."""

    environment: str = ""
    days: int = 0
    rows: int = 0


class RowsRead(Event, frozen=True, tag=True):
    """Somebody was given rows of predictions."""

    environment: str = ""
    #: The incident that they are behind; empty for those of a window.
    incident: str = ""
    #: Number of the version; 0 for every version.
    number: int = 0
    #: The window, microseconds since the epoch.
    start: int = 0
    end: int = 0
    #: Inputs that a condition chose by; their values are not written down.
    columns: tuple[str, ...] = ()
    #: Rows that were given, and rows that fit.
    rows: int = 0
    found: int = 0


class RetrainingRequested(Event, frozen=True, tag=True):
    """A training was asked for."""

    retraining: str = ""
    cause: str = ""


class RetrainingMoved(Event, frozen=True, tag=True):
    """A training started, finished or failed."""

    retraining: str = ""
    state: str = ""
    number: int = 0
    why: str = ""


class JobRunMoved(Event, frozen=True, tag=True):
    """A run of a scheduled job started, finished, failed or is tried again."""

    run: str = ""
    job: str = ""
    state: str = ""
    version: str = ""
    rows: int = 0
    cause: str = ""
    why: str = ""


class ChallengeOpened(Event, frozen=True, tag=True):
    """A trial of two versions on the same rows began."""

    challenge: str = ""
    environment: str = ""
    champion: int = 0
    challenger: int = 0


class ChallengeDecided(Event, frozen=True, tag=True):
    """A trial of two versions was decided."""

    challenge: str = ""
    environment: str = ""
    champion: int = 0
    challenger: int = 0
    verdict: str = ""
    metric: str = ""
    difference: float = 0.0
    low: float = 0.0
    high: float = 0.0


AnyEvent = (
    PersonAdded
    | TeamSaved
    | TokenIssued
    | SignedIn
    | EnvironmentSaved
    | ProjectSaved
    | VersionRegistered
    | EvidenceAdded
    | DecisionMade
    | VersionAccepted
    | VersionRefused
    | ConsumerSaved
    | ConsentGiven
    | ReplayMoved
    | RolloutMoved
    | RolloutHeld
    | RolloutReleased
    | HookAnswered
    | EmergencyDeclared
    | EmergencyAnnounced
    | EmergencyReviewed
    | WentLive
    | Withdrawn
    | RolledBack
    | ShadowSet
    | VersionExtended
    | FindingMade
    | IncidentOpened
    | IncidentMoved
    | IncidentJoined
    | RollbackWeighed
    | Notified
    | DigestPosted
    | Recounted
    | RowsRead
    | RetrainingRequested
    | RetrainingMoved
    | JobRunMoved
    | ChallengeOpened
    | ChallengeDecided
)
