"""The process of the control plane, from its start until it answers or has said why it does not."""

import os
import re
import signal
import sys
import time

import httpx2

from lamplighter.domain.errors import LampError, TimedOut, Unavailable
from lamplighter.settings import Settings

_LOG = "control.log"
#: How a traceback names what it is of.
_ERROR = re.compile(r"^[\w.]+(?:Error|Exception): .*$", re.MULTILINE)


def spawn(settings: Settings, wait: float) -> None:
    """Start the process in a session of its own and wait until it answers.

    Raises `Unavailable` if it ends at once, and `TimedOut` if it does not answer in time.
    """
    begun = _length(settings)
    pid, end = _spawn(settings), time.monotonic() + wait
    while time.monotonic() < end:
        status = _status(pid)
        if status is not None:
            raise _not_started(_said(settings, begun), status)
        if _answers(settings):
            return
        time.sleep(0.02)
    raise TimedOut(
        "The control plane does not answer yet.",
        why=f"It was started {wait:g} s ago.",
        fix=f"Look into {_LOG} in the folder of the platform.",
        code="E1611",
    )


def _spawn(settings: Settings) -> int:
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    own = {"LAMP_HOME": settings.home, "LAMP_HOST": settings.host, "LAMP_PORT": str(settings.port)}
    log = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "lamplighter.web"],
        {**os.environ, **own},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(settings.folder / _LOG), log, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


def ended(pid: int) -> bool:
    """Whether a child of this process has ended; it leaves no zombie then. A process of somebody else has not."""
    return _status(pid) is not None


def _status(pid: int) -> int | None:
    """How a child of this process has ended: its exit code, or the number of the signal that ended it, below zero."""
    try:
        found, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return None
    return os.waitstatus_to_exitcode(status) if found == pid else None


def _length(settings: Settings) -> int:
    log = settings.folder / _LOG
    return log.stat().st_size if log.exists() else 0


def _said(settings: Settings, begun: int) -> str:
    """What the log holds from there on."""
    return (settings.folder / _LOG).read_bytes()[begun:].decode(errors="replace").strip()


def _not_started(said: str, status: int) -> Unavailable:
    """Why a process ended that said this: its own refusal with its own way on, or else the signal, the last error or line."""
    refusal = LampError.last_in(said)
    if refusal is not None:
        why = f"{refusal.what} {refusal.why}"
        return Unavailable("The control plane could not start.", why=why, fix=refusal.fix, code=refusal.code)
    return Unavailable(
        "The control plane could not start.",
        why=_signal(status) or (_ERROR.findall(said) or said.splitlines() or ["It ended without a word."])[-1],
        fix=f"{_LOG} in the folder of the platform has the whole story; lamp doctor looks deeper.",
        code="E1711",
    )


def _signal(status: int) -> str:
    return f"{signal.Signals(-status).name} ended it." if status < 0 else ""


def _answers(settings: Settings) -> bool:
    try:
        return httpx2.get(f"{settings.url}/livez", timeout=1.0, trust_env=False).is_success
    except httpx2.HTTPError:
        return False
