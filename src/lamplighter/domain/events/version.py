"""Versions: registered, judged, accepted, extended."""

from lamplighter.domain.events.base import Event


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
    #: What has to be so as well; empty where it is accepted as it is.
    condition: str = ""
    #: The blind test that it rests on, and the name that was written under it.
    test: str = ""
    signed_as: str = ""
    #: The invitation by which it was accepted.
    link: str = ""


class VersionRefused(Event, frozen=True, tag=True):
    """Somebody refused a version for an environment."""

    number: int = 0
    version: str = ""
    environment: str = ""
    side: str = ""
    person: str = ""
    reason: str = ""
    #: The invitation by which it was refused.
    link: str = ""


class CaseJudged(Event, frozen=True, tag=True):
    """Somebody of the business judged what a version says of an example case."""

    number: int = 0
    version: str = ""
    environment: str = ""
    case: str = ""
    person: str = ""
    as_expected: bool = False
    note: str = ""
    evidence: str = ""


class VersionExtended(Event, frozen=True, tag=True):
    """The owner lets a live version answer for longer."""

    environment: str = ""
    number: int = 0
    version: str = ""
    #: When it expires now, microseconds since the epoch, UTC.
    until: int = 0
    why: str = ""


class ArtifactsRemoved(Event, frozen=True, tag=True):
    """Artifacts that no version named are removed."""

    digests: tuple[str, ...] = ()


VersionEvent = (
    VersionRegistered
    | EvidenceAdded
    | DecisionMade
    | VersionAccepted
    | VersionRefused
    | CaseJudged
    | VersionExtended
    | ArtifactsRemoved
)
