"""Versions that the platform accepted by itself, and what spot checks found of them."""

from lamplighter.domain.events.base import Event


class SpotCheckKeyMade(Event, frozen=True, tag=True):
    """The key that draws spot checks was made; only its digest is told."""

    digest: str = ""


class VersionAutoApproved(Event, frozen=True, tag=True):
    """The platform accepted a version that looks like the one it replaces."""

    number: int = 0
    version: str = ""
    environment: str = ""
    decision: str = ""
    #: Share of such versions that is drawn, and whether this one was.
    rate: float = 0.0
    drawn: bool = False


class SpotCheckDrawn(Event, frozen=True, tag=True):
    """A validator was asked to check a version that the platform accepted."""

    check: str = ""
    number: int = 0
    version: str = ""
    environment: str = ""
    person: str = ""
    due_at: int = 0


class SpotCheckJudged(Event, frozen=True, tag=True):
    """A validator said whether a version should have been let in."""

    check: str = ""
    number: int = 0
    environment: str = ""
    person: str = ""
    bad: bool = False
    note: str = ""
    finding: str = ""


class SpotCheckOverdue(Event, frozen=True, tag=True):
    """A validator is told that a spot check is overdue."""

    check: str = ""
    number: int = 0
    person: str = ""


class SuspensionLifted(Event, frozen=True, tag=True):
    """Somebody lets the platform accept versions of the model again."""

    check: str = ""
    number: int = 0
    environment: str = ""
    person: str = ""
    note: str = ""


SpotCheckEvent = SpotCheckKeyMade | VersionAutoApproved | SpotCheckDrawn | SpotCheckJudged | SpotCheckOverdue | SuspensionLifted
