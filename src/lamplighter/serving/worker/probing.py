"""A worker that opens no model: it closes itself as every worker does, then tries every way out."""

import errno
import threading
import time
from collections.abc import Callable

from lamplighter.domain.sandbox import Level, Sandbox
from lamplighter.serving.worker import sandbox
from lamplighter.serving.worker.probes import PROBES, Probe, read_secret
from lamplighter.serving.worker.wire import Ground

#: What a closed way answers: a refusal, a call that is not there, no memory.
_STOPPED = frozenset({errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOMEM})
#: The probe that begins before the worker is closed.
EARLY_THREAD = "read from an earlier thread"
#: Seconds for the system to forget a thread that has ended.
_PATIENCE = 5.0


def is_open(probe: Probe, ground: Ground) -> bool:
    """Whether it gets out. An error that does not say that it was stopped counts as out."""
    try:
        probe(ground)
    except MemoryError:
        return False
    except OSError as error:
        return error.errno not in _STOPPED
    except Exception:
        return True
    return True


def open_probes(ground: Ground) -> tuple[str, ...]:
    """Names of the probes that get out of this process as it is."""
    return tuple(name for name, probe in PROBES.items() if is_open(probe, ground))


def tested(ground: Ground, enter: Callable[[], Level]) -> Sandbox:
    """Close this process and try everything; raises what `enter` raises."""
    level, early = _enter_beside_a_thread(ground, enter)
    if level is None:
        _wait_for_one_thread()
        level = enter()
    found = (*([EARLY_THREAD] if early else []), *open_probes(ground))
    if level is not Level.NONE:
        level = Level.PARTIAL if found else Level.FULL
    return Sandbox(level=level, open=found)


def _enter_beside_a_thread(ground: Ground, enter: Callable[[], Level]) -> tuple[Level | None, bool]:
    """To close a process in which a thread runs has to be refused. If it is not: the level, and whether the thread reads on."""
    closed, found = threading.Event(), list[bool]()

    def read_later() -> None:
        closed.wait()
        found.append(is_open(read_secret, ground))

    thread = threading.Thread(target=read_later)
    thread.start()
    try:
        level = enter()
    except RuntimeError:
        level = None
    finally:
        closed.set()
        thread.join()
    return level, level is not None and found[0]


def _wait_for_one_thread() -> None:
    end = time.monotonic() + _PATIENCE
    while sandbox.threads() != 1 and time.monotonic() < end:
        time.sleep(0.001)
