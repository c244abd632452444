"""What a worker gives up before it opens a model: limits, Landlock, seccomp.

A layer that the system offers but that cannot be applied ends the worker.
"""

import ctypes
import resource
import signal
import sys
from pathlib import Path

from lamplighter.domain.sandbox import Level
from lamplighter.serving.worker import landlock, seccomp

_DIE_WITH_PARENT = 1
#: The Landlock ABI that covers TCP, abstract sockets and signals.
_COMPLETE_LANDLOCK = 6
_MOST_FILES, _LARGEST_FILE = 256, 64 * 1024 * 1024
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/etc/localtime")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/sys/devices/system/cpu", "/usr/share/zoneinfo")
_PROCESSORS = ("/sys/fs/cgroup/cpu.max", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us")


def tie_to_parent() -> None:
    """End this process when the one that started it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, ctypes.c_ulong(signal.SIGKILL))


def threads() -> int:
    """How many threads this process has; 1 where the system does not say."""
    tasks = Path("/proc/self/task")
    return sum(1 for _ in tasks.iterdir()) if tasks.is_dir() else 1


def enter(scratch: Path, memory: int) -> Level:
    """Close this process for good: at most `memory` bytes of address space, files only in `scratch`, no network, no programs.

    Raises `OSError` if a layer that the system offers cannot be applied, and `RuntimeError` if threads already run.
    """
    _limit(memory)
    if sys.platform != "linux":
        return Level.NONE
    landlock.no_new_privileges()
    edition = landlock.edition()
    if edition:
        if threads() != 1:
            raise RuntimeError("threads were started before the sandbox")
        landlock.restrict(_readable(), scratch)
    filtered = seccomp.available()
    if filtered:
        seccomp.restrict()
    if filtered and edition >= _COMPLETE_LANDLOCK:
        return Level.FULL
    return Level.PARTIAL if filtered or edition else Level.NONE


def _limit(memory: int) -> None:
    for which, amount in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _MOST_FILES),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_AS, memory),
    ):
        hard = resource.getrlimit(which)[1]
        allowed = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(which, (allowed, allowed))


def _readable() -> list[Path]:
    # Our own package may be reached by a link, and rights belong to where a file lies.
    ours = str(Path(__file__).resolve().parents[2])
    found = [Path(entry) for entry in (*sys.path, ours, *_SYSTEM, *_DEVICES, *_PROCESSORS) if entry]
    return [path for path in found if path.exists()]
