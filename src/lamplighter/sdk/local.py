"""The platform on this machine: start it, stop it, sign in to it."""

import os
import signal
import socket
import time
from collections.abc import Callable
from urllib.parse import quote

from lamplighter.domain.addresses import is_loopback
from lamplighter.domain.errors import Invalid, Unavailable
from lamplighter.lifecycle import configuration
from lamplighter.sdk import control_process, serving_groups
from lamplighter.sdk.lock import running
from lamplighter.settings import Settings


def start(settings: Settings, *, wait: float = 30.0) -> str:
    """Start the control plane in a session of its own, if it does not run, and wait until it answers; gives its address.

    Raises `Invalid` for settings that no control plane can have, `Unavailable` if its port is taken or it ends at once, and
    `TimedOut` if it does not answer in time.
    """
    if not running(settings):
        check(settings)
        _refuse_taken(settings)
        control_process.spawn(settings, wait)
    return settings.url


def check(settings: Settings) -> None:
    """Raise `Invalid` for settings that no control plane can have."""
    configuration.check(settings)
    if not is_loopback(settings.host):
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


def stop(settings: Settings) -> list[str]:
    """Stop the control plane and every serving process group of this folder; gives the names of what ran."""
    stopped = []
    pid = running(settings)
    if pid:
        os.kill(pid, signal.SIGTERM)
        if not _until(lambda: not running(settings), 12.0):
            os.kill(pid, signal.SIGKILL)
            _until(lambda: not running(settings), 5.0)
        control_process.ended(pid)
        stopped.append("control plane")
    return stopped + serving_groups.stop(settings)


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
    # Whoever starts or stops a platform from a program waits for no database of its own.
    from lamplighter.lifecycle import people, tokens
    from lamplighter.lifecycle.kit import Kit

    kit = Kit.open(settings)
    try:
        secret = tokens.issue_sign_in(kit, people.owner_address()).secret
    finally:
        kit.close()
    return f"{settings.opened_at}/sign-in{'' if page == '/' else '?to=' + quote(page)}#{secret}"
