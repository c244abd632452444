"""Where a channel of the configuration sends to, and what it wants to hear."""

from lamplighter import plugins
from lamplighter.channels.base import Channel, Receiver
from lamplighter.domain.errors import NotFound
from lamplighter.lifecycle.kit import Kit
from lamplighter.settings import Settings
from lamplighter.store.transaction import Transaction


def receiver_of(settings: Settings, name: str) -> tuple[str, Receiver]:
    """The plugin behind the name of a channel, and where it sends to."""
    if name in settings.webhooks:
        secrets = settings.webhook_secrets.get(name, ())
        return "webhook", Receiver(address=settings.webhooks[name], secrets=secrets)
    if name in settings.alertmanagers:
        return "alertmanager", Receiver(address=settings.alertmanagers[name])
    if name in settings.pagerduty:
        service = settings.pagerduty[name]
        return "pagerduty", Receiver(address=service.address, secrets=(service.routing_key,))
    if name in settings.apprise:
        return "apprise", Receiver(address=settings.apprise[name])
    return name, Receiver()


def follows(settings: Settings, name: str) -> bool:
    """Whether a channel wants to know of every step; one that is gone wants nothing more."""
    channel = _channel(settings, name)
    return channel is not None and channel.FOLLOWS


def brings_digests(settings: Settings, name: str) -> bool:
    """Whether a channel brings people what they only want to read."""
    channel = _channel(settings, name)
    return channel is not None and channel.DIGESTS


def hears_of_releases(settings: Settings, name: str) -> bool:
    """Whether a channel wants to know which version answers."""
    channel = _channel(settings, name)
    return channel is not None and channel.RELEASES


def _channel(settings: Settings, name: str) -> Channel | None:
    try:
        channel: Channel = plugins.plugin("channels", receiver_of(settings, name)[0])
    except NotFound:
        return None
    return channel


def channels_of(kit: Kit, look: Transaction, model: str) -> tuple[str, ...]:
    """The channels through which people are told of a model."""
    return (*kit.settings.channels, *look.project(model).monitor.notify)
