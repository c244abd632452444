"""A webhook: a signed CloudEvent by POST to an address of the configuration. No redirect is followed.

Standard Webhooks (https://www.standardwebhooks.com) signs `id.timestamp.body` by HMAC-SHA256 with the bytes behind `whsec_`.
While one secret takes the place of another, the message has a signature of each.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

import msgspec

from lamplighter.channels.base import Message, Receiver, post
from lamplighter.domain.instant import rfc3339

#: A program may want to know every step.
FOLLOWS = True
DIGESTS = True
RELEASES = False
_PREFIX = "whsec_"


def send(message: Message, receiver: Receiver) -> None:
    """Post the message as a structured CloudEvent 1.0; anything but 2xx is not delivered."""
    content = cloud_event(message)
    headers = signed(message.id, content, receiver.secrets, int(time.time()))
    post(receiver.address, content, headers)


def cloud_event(message: Message) -> bytes:
    """The message as CloudEvents 1.0 writes it, in JSON."""
    subject = "/".join(part for part in (message.model, message.incident) if part)
    return event(message.id, message.about, subject, rfc3339(message.at), msgspec.to_builtins(message))


def event(key: str, about: str, subject: str, at: str, data: Mapping[str, object]) -> bytes:
    """An event as CloudEvents 1.0 writes it, in JSON; `at` is a time of RFC 3339."""
    return msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": key,
            "source": "lamplighter",
            "type": f"lamplighter.{about}.v1",
            "subject": subject,
            "time": at,
            "datacontenttype": "application/json",
            "data": data,
        }
    )


def signed(key: str, content: bytes, secrets: tuple[str, ...], now: int) -> Mapping[str, str]:
    """The headers of a message: its id, the second it is sent in, and a signature by each secret."""
    headers = {"Content-Type": "application/cloudevents+json", "webhook-id": key, "webhook-timestamp": str(now)}
    if secrets:
        said = b".".join((key.encode(), str(now).encode(), content))
        headers["webhook-signature"] = " ".join(f"v1,{_signature(secret, said)}" for secret in secrets)
    return headers


def _signature(secret: str, said: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
