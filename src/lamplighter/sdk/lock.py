"""The lock of the control plane: one process of a folder holds it, for as long as it lives."""

import fcntl
import os

from lamplighter.domain.errors import Unavailable
from lamplighter.settings import Settings

_PID = "control.pid"


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
