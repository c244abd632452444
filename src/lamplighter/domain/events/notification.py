"""Who was told."""

from lamplighter.domain.events.base import Event


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


NotificationEvent = Notified | DigestPosted
