"""A webhook: a CloudEvent by POST to an address of the configuration. No redirect is followed."""

import httpx2
import msgspec

from lamplighter.channels.base import Message, Undelivered

_SECONDS = 5.0


def send(message: Message, address: str) -> None:
    """Post the message as a structured CloudEvent 1.0; anything but 2xx is not delivered."""
    event = {
        "specversion": "1.0",
        "id": message.id,
        "source": "lamplighter",
        "type": "lamplighter.incident.opened.v1",
        "subject": f"{message.model}/{message.incident}",
        "datacontenttype": "application/json",
        "data": msgspec.to_builtins(message),
    }
    headers = {"Content-Type": "application/cloudevents+json", "webhook-id": message.id}
    try:
        with httpx2.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client:
            answer = client.post(address, content=msgspec.json.encode(event), headers=headers)
    except httpx2.HTTPError as error:
        raise Undelivered(f"The receiver could not be reached ({type(error).__name__}).") from None
    if not answer.is_success:
        raise Undelivered(f"The receiver answered {answer.status_code}.")
