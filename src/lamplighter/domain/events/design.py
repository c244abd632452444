"""Environments and what projects say."""

from lamplighter.domain.events.base import Event


class EnvironmentSaved(Event, frozen=True, tag=True):
    """An environment is there, or was changed."""

    environment: str = ""
    level: str = ""


class ProjectSaved(Event, frozen=True, tag=True):
    """A project says something new."""

    digest: str = ""
    tier: str = ""
    #: The rule that gave the tier; empty where an older release wrote it.
    rule: str = ""


DesignEvent = EnvironmentSaved | ProjectSaved
