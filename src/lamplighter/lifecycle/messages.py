"""Messages as channels take them, with what is known of their incident."""

from collections.abc import Mapping

import msgspec

from lamplighter import plugins
from lamplighter.channels.base import Channel, Message, Undelivered
from lamplighter.domain.errors import NotFound
from lamplighter.domain.incident import FELT, Incident
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.receivers import receiver_of
from lamplighter.store.notices import Notice


def send(kit: Kit, notice: Notice, message: Message | None = None) -> str:
    """Deliver one message; the reason if it did not arrive, else nothing."""
    kind, receiver = receiver_of(kit.settings, notice.channel)
    try:
        channel: Channel = plugins.plugin("channels", kind)
        channel.send(message or message_of(kit, notice, {}), receiver)
    except NotFound:
        return f"The configuration has no channel {kind} any more."
    except Undelivered as error:
        return str(error)
    return ""


def message_of(kit: Kit, notice: Notice, incidents: Mapping[str, Incident]) -> Message:
    """The message as a channel takes it, with what is known of its incident."""
    incident = incidents.get(notice.incident)
    message = Message(
        # Two platforms that tell one receiver count their events alike, but not in the same microsecond.
        id=f"{notice.event}-{notice.at}-{notice.channel}",
        person=notice.person,
        model=notice.model,
        incident=notice.incident,
        title=notice.title,
        text=notice.text,
        about=notice.about,
        at=notice.at,
        environment=notice.environment,
        url=kit.settings.url,
    )
    return message if incident is None else _of_incident(kit, message, incident)


def _of_incident(kit: Kit, message: Message, incident: Incident) -> Message:
    return msgspec.structs.replace(
        message,
        environment=incident.environment,
        kind=incident.finding.kind,
        severity=incident.finding.severity,
        source=incident.source,
        opened_at=incident.opened_at,
        over=incident.state not in FELT,
        url=f"{kit.settings.url}/incidents/{incident.id}",
    )
