"""An MLflow server, asked over REST: what it says is bounded, and it sends nobody elsewhere."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import httpx2
import msgspec

from lamplighter.domain.addresses import is_private
from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Invalid, LampError, NotFound, Unauthenticated, Unavailable
from lamplighter.sdk.bearer import bearer

Shape = TypeVar("Shape")
#: Bytes of an answer that is no file, seconds that one may take, and seconds to wait before it is asked again.
_LARGEST, _LONGEST, _PAUSES = 16 << 20, 120.0, (0.2, 1.0, 3.0)
#: Answers after which a server may be asked again.
_BUSY = frozenset({429, 502, 503, 504})
_API = "/api/2.0/"


def address_of(text: str) -> str:
    """The address of a server; raises `Invalid` for one that is none, or that holds a password."""
    try:
        parts = urlsplit(text)
        lawful = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        lawful = False
    if not lawful or "@" in parts.netloc or parts.query or parts.fragment:
        raise Invalid(
            "That is no address of an MLflow server.",
            why="It begins with http:// or https://, names a host, and holds no user, password, query or fragment.",
            fix="Write http://mlflow.example.com:5000; who you are is said by MLFLOW_TRACKING_TOKEN, or by"
            " MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.",
            code="E1450",
        )
    return text.rstrip("/")


class Server:
    """The connections to one server. Several threads may use them."""

    def __init__(self, url: str, surroundings: Mapping[str, str], *, timeout: float = 30.0) -> None:
        """`surroundings` are variables, of which those of MLflow say who asks; raises `Invalid` and `Unauthenticated`."""
        self.url = address_of(url)
        if (_who(surroundings) or _password(surroundings)) and not is_private(self.url):
            raise _in_the_clear()
        # A compressed answer would have to be opened before it is known how large it is.
        headers = {"Accept-Encoding": "identity", "User-Agent": "lamplighter"}
        limits = httpx2.Timeout(timeout, connect=min(timeout, 5.0))
        self._client = httpx2.Client(
            headers=headers | _who(surroundings), auth=_password(surroundings), timeout=limits, follow_redirects=False
        )

    def get(self, path: str, shape: type[Shape], /, **query: str) -> Shape:
        """An answer of the API in its shape; raises `NotFound` for what is not there, `Unavailable`, and `Invalid`."""
        content = self._asked("GET", _API + path, params=query)
        try:
            return from_json(content, shape)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise misleading("an answer is not what MLflow answers") from None

    def read(self, path: str, most: int, /, **query: str) -> bytes:
        """A file of at most so many bytes."""
        return self._asked("GET", quote(path), most=most, params=query)

    def _asked(self, method: str, path: str, /, *, most: int = _LARGEST, **sent: Any) -> bytes:
        for pause in (*_PAUSES, None):
            try:
                with self._answered(method, path, **sent) as answer:
                    if answer.status_code not in _BUSY or pause is None:
                        return _content(answer, most)
            except httpx2.TransportError as error:
                if pause is None:
                    raise _silent(self.url, error) from None
            time.sleep(pause)
        raise AssertionError

    @contextmanager
    def _answered(self, method: str, path: str, **sent: Any) -> Iterator[httpx2.Response]:
        with self._client.stream(method, self.url + path, **sent) as answer:
            yield answer

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _who(surroundings: Mapping[str, str]) -> dict[str, str]:
    token = surroundings.get("MLFLOW_TRACKING_TOKEN", "")
    return {"Authorization": bearer(token)} if token and _password(surroundings) is None else {}


def _password(surroundings: Mapping[str, str]) -> tuple[str, str] | None:
    """As the clients of MLflow have it: a name with a password goes before a token."""
    name, password = (surroundings.get(f"MLFLOW_TRACKING_{part}", "") for part in ("USERNAME", "PASSWORD"))
    return (name, password) if name and password else None


def _content(answer: httpx2.Response, most: int) -> bytes:
    if answer.status_code != 200:
        raise _refused(answer.status_code)
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise misleading("it compresses what was asked for as it is")
    end, parts, size = time.monotonic() + max(_LONGEST, most / 100_000), [], 0
    for part in answer.iter_raw():
        size += len(part)
        if size > most:
            raise misleading(f"an answer is larger than {most:,} bytes")
        if time.monotonic() > end:
            raise misleading("an answer takes too long")
        parts.append(part)
    return b"".join(parts)


def _refused(status: int) -> LampError:
    if status in (401, 403):
        return Unauthenticated(
            "The MLflow server does not let you read.",
            why=f"It answers {status}.",
            fix="Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, as its clients do.",
            code="E1452",
        )
    if status == 404:
        return NotFound(
            "The MLflow server does not have that.",
            why="It answers 404.",
            fix="Look at the address and the name; an address ends where /api/2.0/mlflow begins.",
            code="E1456",
        )
    if status in _BUSY or status >= 500:
        return Unavailable(
            "The MLflow server does not answer.",
            why=f"It answers {status}.",
            fix="Look into its log, and repeat; what was brought in is not brought in again.",
            code="E1451",
        )
    return misleading(f"it answers {status}")


def _in_the_clear() -> Invalid:
    return Invalid(
        "Who you are would go there in the clear.",
        why="The address is neither https nor on this machine, and a token or a password goes with every question.",
        fix="Write https://, or lead a port of this machine there: ssh -L 5000:localhost:5000 HOST, then http://127.0.0.1:5000.",
        code="E1450",
    )


def _silent(url: str, error: Exception) -> Unavailable:
    return Unavailable(
        f"No answer from {url}.",
        why=f"The connection failed with {type(error).__name__}.",
        fix="See whether the MLflow server runs there, and repeat; what was brought in is not brought in again.",
        code="E1451",
    )


def misleading(why: str) -> Invalid:
    """The refusal of what a server says."""
    return Invalid(
        "What the MLflow server says is not taken.",
        why=f"In short: {why}.",
        fix="See whether that is an MLflow server of 2.16 or later; bring the model in by hand with lamp deploy.",
        code="E1453",
    )
