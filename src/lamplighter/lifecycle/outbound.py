"""Questions to those whom the configuration names: which hosts, no redirect, so many bytes, so many seconds in all."""

import asyncio
import ssl
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx2

from lamplighter.domain.decoding import from_json

#: Bytes of one answer, and seconds for all of it: who sends a byte now and then must not keep a thread.
LARGEST, SECONDS = 262_144, 5.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Unreadable(Exception):
    """Why there is no answer, in one sentence without anything that came from outside."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    document: Mapping[str, Any]


def is_safe(address: object, hosts: Collection[str] = ()) -> bool:
    """Whether it may be asked: over https, or on this machine, and at one of these hosts if there are any."""
    if not isinstance(address, str):
        return False
    try:
        place = urlsplit(address)
        secure = place.scheme == "https" or (place.scheme == "http" and place.hostname in _LOOPBACK)
        return secure and "@" not in place.netloc and bool(place.hostname) and (not hosts or place.netloc.lower() in hosts)
    except ValueError:
        return False


def asked(
    address: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None, seconds: float = SECONDS
) -> Answer:
    """The JSON object at an address, or what it answers to a form; raises `Unreadable`. For a thread without a loop."""
    sent = {"Accept": "application/json", **(headers or {})}
    try:
        status, content = asyncio.run(asyncio.wait_for(_exchange(address, form, sent), seconds))
        return Answer(status, from_json(content, dict[str, Any]) if status == 200 else {})
    except TimeoutError:
        raise Unreadable(f"It did not answer within {seconds:g} seconds.") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, ExceptionGroup, OSError, ValueError, RecursionError) as error:
        raise Unreadable(f"It could not be read ({type(error).__name__}).") from None


@cache
def _trust() -> ssl.SSLContext:
    """The authorities that hosts are held to. Reading them takes longer than asking, so it is done once."""
    return httpx2.create_ssl_context()


async def _exchange(address: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
    method = "GET" if form is None else "POST"
    async with (
        httpx2.AsyncClient(timeout=None, follow_redirects=False, trust_env=True, verify=_trust()) as client,
        client.stream(method, address, data=form, headers=headers) as answer,
    ):
        content = b""
        async for part in answer.aiter_bytes():
            content += part
            if len(content) > LARGEST:
                raise Unreadable("What it answers is too large.")
        return answer.status_code, content
