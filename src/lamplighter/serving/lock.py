"""One process group per directory: a lock on the file that names the parent. It ends with the last process that holds it."""

import errno
import fcntl
import os
import time
from pathlib import Path


def acquire(path: Path, seconds: float) -> int | None:
    """Hold the lock on an emptied file; nothing if another group keeps it for that long.

    The descriptor stays open in the processes that are forked, so a group that is still ending keeps its successor waiting.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    end = time.monotonic() + seconds
    while not _taken(descriptor):
        if time.monotonic() > end:
            os.close(descriptor)
            return None
        time.sleep(0.05)
    os.ftruncate(descriptor, 0)
    return descriptor


def sign(descriptor: int) -> None:
    """Write this process into the file: from now on the group takes connections."""
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise
        return False
    return True
