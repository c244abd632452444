"""Rule books: which came into force."""

from lamplighter.domain.events.base import Event


class PolicyChanged(Event, frozen=True, tag=True):
    """Another rule book is in force."""

    name: str = ""
    version: int = 0
    digest: str = ""
    #: The one before; empty for the first.
    before: str = ""
    why: str = ""


PolicyEvent = PolicyChanged
