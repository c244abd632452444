"""The platform on this machine as processes: start it, find it again, stop it."""

import fcntl
import ipaddress
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from urllib.parse import quote

import httpx2

from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Invalid, LampError, NotFound, TimedOut, Unavailable
from lamplighter.lifecycle import configuration, identity
from lamplighter.lifecycle.kit import Kit, target_of
from lamplighter.settings import Settings
from lamplighter.store.transaction import Store

_PID, _LOG = "control.pid", "control.log"
#: How a traceback names what it is of.
_ERROR = re.compile(r"^[\w.]+(?:Error|Exception): .*$", re.MULTILINE)


def start(settings: Settings, *, wait: float = 30.0) -> str:
    """Start the control plane in a session of its own, if it does not run, and wait until it answers; gives its address.

    Raises `Invalid` for settings that no control plane can have, `Unavailable` if its port is taken or it ends at once, and
    `TimedOut` if it does not answer in time.
    """
    if not running(settings):
        check(settings)
        _refuse_taken(settings)
        begun = _length(settings)
        _until_ready(settings, _spawn(settings), wait, begun)
    return settings.url


def check(settings: Settings) -> None:
    """Raise `Invalid` for settings that no control plane can have."""
    configuration.check(settings)
    try:
        loopback = settings.host == "localhost" or ipaddress.ip_address(settings.host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        # Sessions and tokens must not cross a network in the clear.
        raise Invalid(
            "The control plane listens on this machine only.",
            why="The host that is configured is not a loopback address.",
            fix="Set LAMP_HOST to 127.0.0.1 and put a proxy with TLS in front.",
            code="E1121",
        )


def _refuse_taken(settings: Settings) -> None:
    """Raise `Unavailable` where somebody else listens: another platform there would answer in the name of this one."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Unavailable(
            "The control plane could not start.",
            why=f"It cannot listen at {settings.host} port {settings.port}: {error.strerror}.",
            fix=f"Free the port {settings.port}, or set LAMP_PORT to another one.",
            code="E1711",
        ) from None


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


def _until_ready(settings: Settings, pid: int, wait: float, begun: int) -> None:
    """Wait until the process answers; `begun` is where its words begin in the log."""
    end = time.monotonic() + wait
    while time.monotonic() < end:
        if _ended(pid):
            raise _not_started(_said(settings, begun))
        if _answers(settings):
            return
        time.sleep(0.02)
    raise TimedOut(
        "The control plane does not answer yet.",
        why=f"It was started {wait:g} s ago.",
        fix=f"Look into {_LOG} in the folder of the platform.",
        code="E1611",
    )


def _ended(pid: int) -> bool:
    """Whether a child of this process has ended; it leaves no zombie then. A process of somebody else has not."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


def _length(settings: Settings) -> int:
    log = settings.folder / _LOG
    return log.stat().st_size if log.exists() else 0


def _said(settings: Settings, begun: int) -> str:
    """What the log holds from there on."""
    return (settings.folder / _LOG).read_bytes()[begun:].decode(errors="replace").strip()


def _not_started(said: str) -> Unavailable:
    """Why a process ended that has said this: its own refusal with its own way on, or else its last error or line."""
    refusal = LampError.last_in(said)
    if refusal is not None:
        why = f"{refusal.what} {refusal.why}"
        return Unavailable("The control plane could not start.", why=why, fix=refusal.fix, code=refusal.code)
    return Unavailable(
        "The control plane could not start.",
        why=(_ERROR.findall(said) or said.splitlines() or ["It ended without a word."])[-1],
        fix=f"{_LOG} in the folder of the platform has the whole story; lamp doctor looks deeper.",
        code="E1711",
    )


def _answers(settings: Settings) -> bool:
    try:
        return httpx2.get(f"{settings.url}/livez", timeout=1.0, trust_env=False).is_success
    except httpx2.HTTPError:
        return False


def claim(settings: Settings) -> int:
    """Take the lock of the control plane for as long as this process lives; raises `Unavailable` if it is taken."""
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(settings.folder / _PID, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Unavailable(
            "The control plane runs already.", why="Another process holds its lock.", fix="Use it, or stop it with lamp down."
        ) from None
    os.truncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def running(settings: Settings) -> int:
    """Process id of the control plane of this folder; 0 if none runs."""
    try:
        descriptor = os.open(settings.folder / _PID, os.O_RDONLY)
    except FileNotFoundError:
        return 0
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.read(descriptor, 32).decode().strip()
        return int(text) if text.isdecimal() else 0
    finally:
        os.close(descriptor)
    return 0


def stop(settings: Settings) -> list[str]:
    """Stop the control plane and every serving process group of this folder; gives the names of what ran."""
    stopped = []
    pid = running(settings)
    if pid:
        os.kill(pid, signal.SIGTERM)
        if not _until(lambda: not running(settings), 12.0):
            os.kill(pid, signal.SIGKILL)
            _until(lambda: not running(settings), 5.0)
        _ended(pid)
        stopped.append("control plane")
    return stopped + _stop_serving(settings)


def _stop_serving(settings: Settings) -> list[str]:
    if not settings.folder.exists() or not any(settings.serving.glob("*/route.json")):
        return []
    stopped = []
    for environment in _environments(settings):
        try:
            target = target_of(settings, environment)
        except NotFound:
            # A target that is not installed any more runs nothing here, and keeps no other from being stopped.
            continue
        if target.observe(environment).alive:
            target.remove(environment)
            stopped.append(f"serving of {environment.name}")
    return stopped


def _environments(settings: Settings) -> Sequence[Environment]:
    """Read without a kit: a configuration that names what is gone must not keep anything running."""
    store = Store(settings.database_url)
    try:
        with store.reading() as look:
            return look.environments.all()
    finally:
        store.close()


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def sign_in_url(settings: Settings, page: str = "/") -> str:
    """A one-time link for the owner of this machine's platform, on to a page of ours.

    The secret stands behind #, so that no server ever logs it.
    """
    kit = Kit.open(settings)
    try:
        secret = identity.issue_sign_in(kit, identity.owner_address()).secret
    finally:
        kit.close()
    return f"{settings.url}/sign-in{'' if page == '/' else '?to=' + quote(page)}#{secret}"
