"""What Ray's interface for jobs is asked (version 4, Ray 2.52 and later)."""

import os
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

import httpx2
import msgspec

from lamplighter.domain.addresses import is_here, is_private
from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Invalid, NotAllowed, Unavailable
from lamplighter.domain.record import Record

Value = TypeVar("Value")

_SECONDS, _UPLOAD_SECONDS = 20.0, 300.0
#: Bytes of an answer that are read: a log is told whole.
_MOST = 64 * 1024 * 1024


class Found(Record, frozen=True):
    """A job as the cluster tells of it."""

    status: str
    driver_exit_code: int | None = None


class _Log(Record, frozen=True):
    logs: str


class _Answer(NamedTuple):
    status: int
    content: bytes


@dataclass(frozen=True)
class Cluster:
    """A cluster that asks for a token; raises `Unavailable` where it does not answer, or not as Ray does."""

    address: str
    token: str

    @classmethod
    def at(cls, address: str) -> "Cluster":
        """Raises `Invalid` for an address to which a token would go in the clear, and where there is no token."""
        if not is_private(address):
            raise Invalid(
                "The cluster cannot be asked.",
                why="Its address is neither https nor on this machine, and a token would go there in the clear.",
                fix="Put TLS in front of the cluster, or a tunnel to this machine.",
                code="E1643",
            )
        token = _token()
        if not token:
            raise Invalid(
                "The cluster cannot be asked.",
                why="There is no token for it.",
                fix="Set RAY_AUTH_TOKEN or RAY_AUTH_TOKEN_PATH where the platform starts.",
                code="E1644",
            )
        return cls(address.rstrip("/"), token)

    def check(self) -> None:
        """Raise `NotAllowed` for a cluster that asks nobody for a token: whoever reaches it could run anything on it."""
        if self._asked("GET", "/api/version", bearer=False).status != HTTPStatus.UNAUTHORIZED:
            raise NotAllowed(
                "The cluster is open to everybody.",
                why="It answers without a token.",
                fix="Start it with RAY_AUTH_MODE=token.",
                code="E1645",
            )

    def upload(self, name: str, content: bytes) -> str:
        """Bring a package, unless it is there; gives its address."""
        path = f"/api/packages/gcs/{quote(name)}"
        if self._asked("GET", path).status == HTTPStatus.NOT_FOUND:
            _expect(self._asked("PUT", path, content=content, timeout=_UPLOAD_SECONDS))
        return f"gcs://{name}"

    def submit(self, name: str, entrypoint: str, package: str, variables: dict[str, str]) -> None:
        """Have a job begun under this name."""
        runtime = {"working_dir": package, "env_vars": variables}
        asked = {"entrypoint": entrypoint, "submission_id": name, "runtime_env": runtime}
        _expect(self._asked("POST", "/api/jobs/", json=asked))

    def job(self, name: str) -> Found | None:
        """How a job stands; nothing for one that it does not know."""
        answer = self._asked("GET", f"/api/jobs/{quote(name)}")
        return None if answer.status == HTTPStatus.NOT_FOUND else _read(answer, Found)

    def log(self, name: str) -> str:
        """All that a job has written."""
        return _read(self._asked("GET", f"/api/jobs/{quote(name)}/logs"), _Log).logs

    def stop(self, name: str) -> None:
        """Have a job ended."""
        self._asked("POST", f"/api/jobs/{quote(name)}/stop")

    def _asked(self, method: str, path: str, *, bearer: bool = True, timeout: float = _SECONDS, **sent: Any) -> _Answer:
        headers = {"Authorization": f"Bearer {self.token}"} if bearer else {}
        try:
            with (
                httpx2.Client(timeout=timeout, trust_env=not is_here(self.address)) as client,
                client.stream(method, f"{self.address}{path}", headers=headers, **sent) as answer,
            ):
                return _Answer(answer.status_code, _bounded(answer))
        except httpx2.HTTPError as error:
            raise _no_answer(type(error).__name__) from None


def _bounded(answer: httpx2.Response) -> bytes:
    content = bytearray()
    for piece in answer.iter_bytes():
        content += piece
        if len(content) > _MOST:
            raise _no_answer(f"It answered more than {_MOST >> 20} MB")
    return bytes(content)


def _expect(answer: _Answer) -> None:
    # The body holds a traceback, or the name of a file: nobody's matter here.
    if answer.status != HTTPStatus.OK:
        raise _no_answer(f"It answered {answer.status}")


def _read(answer: _Answer, kind: type[Value]) -> Value:
    _expect(answer)
    try:
        return from_json(answer.content, kind)
    except msgspec.MsgspecError:
        raise _no_answer("It answered in another form") from None


def _no_answer(why: str) -> Unavailable:
    return Unavailable("The cluster does not answer.", why=f"{why}.", fix="Look at the cluster; ray status tells how it is.")


def _token() -> str:
    """Where Ray looks: the variable, the file that a variable names, the file in the home folder."""
    if token := os.environ.get("RAY_AUTH_TOKEN", "").strip():
        return token
    file = Path(os.environ.get("RAY_AUTH_TOKEN_PATH") or Path.home() / ".ray" / "auth_token")
    try:
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""
