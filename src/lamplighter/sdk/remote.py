"""The platform over HTTP. Every verb is made from its door, so a verb of the interface is a verb here."""

from collections.abc import Mapping
from typing import Any, Protocol, cast
from urllib.parse import quote

import httpx2
import msgspec

from lamplighter.domain import errors
from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import LampError, Unavailable
from lamplighter.sdk.bearer import bearer
from lamplighter.sdk.door import Door
from lamplighter.sdk.interface import DOORS, Platform

#: The kind of an answer that does not say it itself, such as a proxy's.
_BY_STATUS: Mapping[int, type[LampError]] = {
    400: errors.Invalid,
    401: errors.Unauthenticated,
    403: errors.NotAllowed,
    404: errors.NotFound,
    409: errors.Conflict,
    413: errors.Invalid,
    415: errors.Invalid,
    422: errors.Invalid,
    423: errors.Blocked,
    429: errors.Unavailable,
    503: errors.Unavailable,
    504: errors.TimedOut,
}
_BY_NAME: Mapping[str, type[LampError]] = {kind.__name__: kind for kind in _BY_STATUS.values()}


class Connected(Platform, Protocol):
    """A platform behind connections that can be given back."""

    def close(self) -> None:
        """Close the connections."""
        ...


def remote(url: str, token: str, *, timeout: float = 30.0) -> Connected:
    """The platform at this address, as the holder of the token. Its verbs raise `Unavailable` where nothing answers."""
    return cast(Connected, _Remote(url.rstrip("/"), token, timeout))


class _Remote:
    def __init__(self, url: str, token: str, timeout: float) -> None:
        self.url = url
        headers = {"Authorization": bearer(token), "Accept": "application/json"}
        limits = httpx2.Timeout(timeout, connect=min(timeout, 3.0))
        self._client = httpx2.Client(base_url=url, headers=headers, timeout=limits)

    def __getattr__(self, name: str) -> Any:
        door = DOORS.get(name)
        if door is None:
            raise AttributeError(name)
        return _Verb(self._client, self.url, door)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class _Verb:
    def __init__(self, client: httpx2.Client, url: str, door: Door) -> None:
        self._client, self._url, self._door = client, url, door

    def __call__(self, *positional: Any, **named: Any) -> Any:
        arguments = {**dict(zip(self._door.arguments, positional, strict=False)), **named}
        answer = self._send(arguments)
        if answer.status_code >= 400:
            raise refusal(answer)
        if self._door.answer is bytes:
            return answer.content
        return from_json(answer.content, self._door.answer)

    def _send(self, arguments: dict[str, Any]) -> httpx2.Response:
        door = self._door
        path = door.path.format(**{name: quote(str(arguments.pop(name)), safe="@:") for name in door.places})
        content = arguments.pop("content", None)
        sent: dict[str, Any] = {}
        if content is not None:
            sent = {"content": content, "headers": {"Content-Type": "application/octet-stream"}}
        elif door.method == "GET":
            sent = {"params": {name: _query(value) for name, value in arguments.items()}}
        else:
            sent = {"content": msgspec.json.encode(arguments), "headers": {"Content-Type": "application/json"}}
        try:
            return self._client.request(door.method, path, **sent)
        except httpx2.TransportError as error:
            raise Unavailable(
                f"No answer from {self._url}.",
                why=f"The connection failed with {type(error).__name__}.",
                fix="Start the platform with lamp up, or name another address with --url.",
                code="E1702",
            ) from None


def _query(value: Any) -> str:
    return "true" if value is True else "false" if value is False else str(value)


def refusal(answer: httpx2.Response) -> LampError:
    """What the platform said no with, as the error that it was there."""
    try:
        problem = from_json(answer.content, dict[str, Any])
    except msgspec.DecodeError:
        problem = {}
    kind = _BY_NAME.get(str(problem.get("kind"))) or _BY_STATUS.get(answer.status_code, LampError)
    return kind(
        str(problem.get("title") or f"The platform answered {answer.status_code}."),
        why=str(problem.get("why") or "It gave no reason."),
        fix=str(problem.get("detail") or "Look into the log of the control plane."),
        code=str(problem.get("code") or kind.code),
    )
