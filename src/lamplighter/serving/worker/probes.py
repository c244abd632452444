"""Ways out of a worker, one function each. A probe that gets out does no harm: it touches only what was laid out for it, gives
another process what that has already, and removes what it made.

A probe that is stopped raises; whatever else happens means that it got out.
"""

import ctypes
import errno
import mmap
import os
import resource
import socket
import subprocess
from collections.abc import Callable, Mapping

from lamplighter.serving.worker.wire import Ground

Probe = Callable[[Ground], object]
_LARGE, _LARGER, _NO_RESERVE = 6 << 30, 8 << 30, 0x4000
_SEIZE, _CREATE, _REMOVE, _USER_NAMESPACE = 0x4206, 0o1600, 0, 0x10000000
_library = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> int:
    result = int(getattr(_library, name)(*arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result


def read_secret(ground: Ground) -> None:
    """A file of the same user."""
    with open(f"{ground.folder}/secret", "rb") as file:  # noqa: PTH123
        file.read()


def read_environment(_: Ground) -> None:
    """The parent's variables."""
    with open(f"/proc/{os.getppid()}/environ", "rb") as file:  # noqa: PTH123
        file.read()


def list_system(_: Ground) -> None:
    """The names below `/etc`."""
    os.listdir("/etc")  # noqa: PTH208


def write_outside(ground: Ground) -> None:
    """A new file."""
    with open(f"{ground.folder}/written", "wb"):  # noqa: PTH123
        pass


def change_mode(ground: Ground) -> None:
    """Who may read a file."""
    os.chmod(f"{ground.folder}/secret", 0o600)  # noqa: PTH101


def change_time(ground: Ground) -> None:
    """When a file was written."""
    os.utime(f"{ground.folder}/secret")


def link_outside(ground: Ground) -> None:
    """A symbolic link."""
    os.symlink("secret", f"{ground.folder}/link")  # noqa: PTH211


def tcp(ground: Ground) -> None:
    """A connection on loopback."""
    socket.create_connection(("127.0.0.1", ground.port), 1).close()


def udp(ground: Ground) -> None:
    """A datagram on loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"", ("127.0.0.1", ground.port))


def _unix(address: str) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(address)


def unix_by_path(ground: Ground) -> None:
    """A local socket in a shared folder."""
    _unix(f"{ground.folder}/socket")


def unix_abstract(ground: Ground) -> None:
    """A local socket without a path."""
    _unix(f"\0{ground.name}")


def fork(_: Ground) -> None:
    """A process of its own."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def start_program(_: Ground) -> None:
    """Another program."""
    subprocess.run(["/bin/true"], check=True)


def signal_parent(_: Ground) -> None:
    """Signal 0, which only asks whether it is allowed; so do the next two."""
    os.kill(os.getppid(), 0)


def signal_thread(_: Ground) -> None:
    """By the thread."""
    _call("tgkill", os.getppid(), os.getppid(), 0)


def queue_signal(_: Ground) -> None:
    """With a value."""
    _call("sigqueue", os.getppid(), 0, None)


def change_limits(_: Ground) -> None:
    """The parent's number of open files, to what it is."""
    present = resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)
    resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, present)


def change_priority(_: Ground) -> None:
    """The parent's, to what we have from it."""
    os.setpriority(os.PRIO_PROCESS, os.getppid(), os.getpriority(os.PRIO_PROCESS, 0))


def change_processors(_: Ground) -> None:
    """The parent's, to those we have from it."""
    os.sched_setaffinity(os.getppid(), os.sched_getaffinity(0))


def change_scheduling(_: Ground) -> None:
    """The parent's, to what we have from it."""
    os.sched_setscheduler(os.getppid(), os.sched_getscheduler(0), os.sched_getparam(0))


def trace_parent(_: Ground) -> None:
    """Without stopping it; it ends with us."""
    _call("ptrace", _SEIZE, os.getppid(), None, None)


def shared_memory(_: Ground) -> None:
    """System V."""
    _call("shmctl", _call("shmget", 0, 4096, _CREATE), _REMOVE, None)


def message_queue(_: Ground) -> None:
    """System V."""
    _call("msgctl", _call("msgget", 0, _CREATE), _REMOVE, None)


def semaphores(_: Ground) -> None:
    """System V."""
    _call("semctl", _call("semget", 0, 1, _CREATE), 0, _REMOVE)


def named_queue(ground: Ground) -> None:
    """POSIX."""
    name = f"/{ground.name}".encode()
    os.close(_call("mq_open", name, os.O_CREAT | os.O_RDWR, 0o600, None))
    _call("mq_unlink", name)


def anonymous_file(_: Ground) -> None:
    """Memory that a program could be started from."""
    os.close(os.memfd_create("probe"))


def allocate(_: Ground) -> None:
    """6 GB of address space; none of it is touched."""
    mmap.mmap(-1, _LARGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE).close()


def raise_limit(_: Ground) -> None:
    """Its own, of memory."""
    try:
        resource.setrlimit(resource.RLIMIT_AS, (_LARGER, _LARGER))
    except ValueError as error:
        raise PermissionError(errno.EPERM, "setrlimit") from error


def new_namespace(_: Ground) -> None:
    """In which it would be root. It loses its rights over other processes by that, so it is the last."""
    _call("unshare", _USER_NAMESPACE)


#: In the order they are tried.
PROBES: Mapping[str, Probe] = {
    "read a secret": read_secret,
    "read the parent's environment": read_environment,
    "list /etc": list_system,
    "write outside": write_outside,
    "change a mode": change_mode,
    "change a time": change_time,
    "link outside": link_outside,
    "tcp": tcp,
    "udp": udp,
    "unix by path": unix_by_path,
    "unix abstract": unix_abstract,
    "fork": fork,
    "start a program": start_program,
    "signal the parent": signal_parent,
    "signal a thread of the parent": signal_thread,
    "queue a signal to the parent": queue_signal,
    "change the parent's limits": change_limits,
    "change the parent's priority": change_priority,
    "change the parent's processors": change_processors,
    "change the parent's scheduling": change_scheduling,
    "trace the parent": trace_parent,
    "shared memory": shared_memory,
    "message queue": message_queue,
    "semaphores": semaphores,
    "named queue": named_queue,
    "anonymous file": anonymous_file,
    "allocate 6 GB": allocate,
    "raise the limit": raise_limit,
    "new namespace": new_namespace,
}
