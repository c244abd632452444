"""Applications, what they agree to, and replays of their requests."""

from lamplighter.domain.events.base import Event


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


ConsumerEvent = ConsumerSaved | ConsentGiven | ReplayMoved
