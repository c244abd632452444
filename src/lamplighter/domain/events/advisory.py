"""Advisories about packages: which were loaded."""

from lamplighter.domain.events.base import Event


class AdvisoriesLoaded(Event, frozen=True, tag=True):
    """Others than before count."""

    advisories: int = 0
    packages: int = 0
    #: When the newest of them was last changed, microseconds since the epoch.
    newest: int = 0


AdvisoryEvent = AdvisoriesLoaded
