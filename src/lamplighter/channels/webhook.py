"""A webhook: a CloudEvent by POST to an address of the configuration. No redirect is followed."""

import asyncio

import httpx2
import msgspec

from lamplighter.channels.base import Message, Undelivered

#: For all of it: a receiver that sends a byte now and then must not hold up the next message.
_SECONDS = 5.0
_OPENED = "lamplighter.incident.opened.v1"
_ASKED = "lamplighter.rollout.asked.v1"


def send(message: Message, address: str) -> None:
    """Post the message as a structured CloudEvent 1.0; anything but 2xx is not delivered."""
    event = {
        "specversion": "1.0",
        "id": message.id,
        "source": "lamplighter",
        "type": _ASKED if message.incident.startswith("R-") else _OPENED,
        "subject": f"{message.model}/{message.incident}",
        "datacontenttype": "application/json",
        "data": msgspec.to_builtins(message),
    }
    headers = {"Content-Type": "application/cloudevents+json", "webhook-id": message.id}
    try:
        status = asyncio.run(asyncio.wait_for(_post(address, msgspec.json.encode(event), headers), _SECONDS))
    except TimeoutError:
        raise Undelivered(f"The receiver did not answer within {_SECONDS:g} seconds.") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, ExceptionGroup) as error:
        raise Undelivered(f"The receiver could not be reached ({type(error).__name__}).") from None
    if not 200 <= status < 300:
        raise Undelivered(f"The receiver answered {status}.")


async def _post(address: str, content: bytes, headers: dict[str, str]) -> int:
    """The status of the answer. Its body is not read: it may have no end."""
    async with (
        httpx2.AsyncClient(timeout=None, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", address, content=content, headers=headers) as answer,
    ):
        return answer.status_code
