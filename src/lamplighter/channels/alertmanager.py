"""Prometheus Alertmanager: an alert by its HTTP API v2, with labels that stay the same until the alert ends."""

import msgspec

from lamplighter.channels.base import Message, Receiver, post
from lamplighter.domain.instant import rfc3339

#: The end of an incident ends its alert.
FOLLOWS = True
#: A digest is no alert: nothing would ever end it.
DIGESTS = False
RELEASES = False
_PATH = "/api/v2/alerts"
#: An alert without an end would end by itself after some minutes; an incident lasts until somebody ends it. Microseconds.
_LONGEST = 365 * 86_400_000_000
#: What is no incident is ended by nobody, and ends by itself. Microseconds.
_SHORT = 3_600_000_000


def send(message: Message, receiver: Receiver) -> None:
    """Post the alert; anything but 2xx is not delivered."""
    address = receiver.address.rstrip("/") + _PATH
    post(address, alerts(message), {"Content-Type": "application/json"}, who="Alertmanager")


def alerts(message: Message) -> bytes:
    """The message as the body of `POST /api/v2/alerts`. Who has it is an annotation: a label that changes is another alert."""
    noun = message.about.partition(".")[0]
    begun = message.opened_at or message.at
    lasting = _LONGEST if noun == "incident" else _SHORT
    labels = {
        "alertname": f"Lamplighter{noun.capitalize()}",
        "incident": message.incident,
        "model": message.model,
        "env": message.environment,
        "kind": message.kind,
        "severity": message.severity,
        "source": message.source,
    }
    alert = {
        "labels": {name: value for name, value in labels.items() if value},
        "annotations": {"summary": message.title, "description": message.text, "owner": message.person},
        "startsAt": rfc3339(begun),
        "endsAt": rfc3339(message.at if message.over else begun + lasting),
        "generatorURL": message.url,
    }
    return msgspec.json.encode([alert])
