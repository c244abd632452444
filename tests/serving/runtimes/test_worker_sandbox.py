"""A model that turns hostile finds every way closed that the sandbox promises to close, and can still work."""

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.serving.runtimes.conftest import AUTHOR

from lamplighter.domain.version import Badge
from lamplighter.serving.runtimes.python import load
from lamplighter.serving.worker import landlock, seccomp

needs_sandbox = pytest.mark.skipif(
    not seccomp.available() or landlock.edition() < 6, reason="this kernel has no Landlock with network and signal rules"
)

#: Row i tries probe i and answers 1 if it is still possible.
MODEL = """
import ctypes, os, resource, signal, socket, subprocess, threading

PARENT, FOLDER, PORT = os.getppid(), {folder!r}, {port}

def started_thread():
    done = []
    thread = threading.Thread(target=lambda: done.append(open("own").read()))
    open("own", "w").write("scratch")
    thread.start()
    thread.join()
    assert done == ["scratch"]

def library_call(name, *arguments):
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) < 0:
        raise OSError(ctypes.get_errno())

def unix(kind, address):
    with socket.socket(socket.AF_UNIX, kind) as client:
        client.connect(address)

def allocate():
    bytearray(6 << 30)

PROBES = {{
    "work in threads and scratch": started_thread,
    "read a secret": lambda: open(FOLDER + "/secret").read(),
    "read the parent's environment": lambda: open(f"/proc/{{PARENT}}/environ", "rb").read(),
    "list /etc": lambda: os.listdir("/etc"),
    "write outside": lambda: open(FOLDER + "/written", "w"),
    "change a mode": lambda: os.chmod(FOLDER + "/secret", 0o777),
    "change a time": lambda: os.utime(FOLDER + "/secret"),
    "link outside": lambda: os.symlink("/etc/passwd", FOLDER + "/link"),
    "tcp": lambda: socket.create_connection(("127.0.0.1", PORT), 1),
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", PORT)),
    "unix by path": lambda: unix(socket.SOCK_STREAM, FOLDER + "/socket"),
    "unix abstract": lambda: unix(socket.SOCK_STREAM, "\\0lamplighter-probe"),
    "fork": os.fork,
    "start a program": lambda: subprocess.run(["/bin/true"], check=True),
    "signal the parent": lambda: os.kill(PARENT, 0),
    "change the parent's limits": lambda: resource.prlimit(PARENT, resource.RLIMIT_NOFILE),
    "change the parent's priority": lambda: os.setpriority(os.PRIO_PROCESS, PARENT, 10),
    "change the parent's processors": lambda: os.sched_setaffinity(PARENT, {{0}}),
    "trace the parent": lambda: library_call("ptrace", 16, PARENT, None, None),
    "shared memory": lambda: library_call("shmget", 0, 4096, 0o1600),
    "message queue": lambda: library_call("msgget", 0, 0o1600),
    "anonymous file": lambda: os.memfd_create("x"),
    "new namespace": lambda: library_call("unshare", 0x10000000),
    "allocate 6 GB": allocate,
    "raise the limit": lambda: resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30)),
}}

def predict(table):
    answers = []
    for probe in list(PROBES.values())[: len(table)]:
        try:
            probe()
            answers.append(1.0)
        except (OSError, MemoryError, ValueError, RuntimeError):
            answers.append(0.0)
    return answers + [2.0] * (len(table) - len(answers))

predict.__lamplighter_predictor__ = ()
"""


@pytest.fixture
def listeners(tmp_path: Path) -> Iterator[int]:
    """A secret file, a TCP port, and UNIX sockets by path and by abstract name."""
    (tmp_path / "secret").write_text("secret")
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as path,
        socket.socket(socket.AF_UNIX) as name,
    ):
        path.bind(str(tmp_path / "socket"))
        path.listen()
        name.bind("\0lamplighter-probe")
        name.listen()
        yield tcp.getsockname()[1]


@needs_sandbox
def test_every_probe_is_closed(tmp_path: Path, store: Any, listeners: int) -> None:
    source = MODEL.format(folder=str(tmp_path), port=listeners).encode()
    names: dict[str, Any] = {}
    exec(compile(source, "probes", "exec"), names)
    manifest = store({"model": ("python-source", Badge.CODE, source)}, "python")

    async def main() -> tuple[str, list[float]]:
        runtime = await load(manifest, tmp_path, AUTHOR)
        try:
            return runtime.sandbox, await runtime.score({"x": [0.0] * 30}, 30)
        finally:
            await runtime.close()

    level, answers = asyncio.run(main())
    found = dict(zip(names["PROBES"], answers, strict=False))
    assert level == "full"
    assert found == {name: float(name == "work in threads and scratch") for name in names["PROBES"]}
    assert not (tmp_path / "written").exists()
    assert (tmp_path / "secret").stat().st_mode & 0o777 != 0o777


@needs_sandbox
def test_a_worker_inherits_nothing(tmp_path: Path, store: Any) -> None:
    os.environ["LAMPLIGHTER_SECRET_PROBE"] = "secret"
    source = b"""
import os, resource

def predict(table):
    names = set(os.environ) - {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "MALLOC_ARENA_MAX", "LANG"}
    names -= {"PYTHONHASHSEED", "LC_CTYPE", "KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK"}
    descriptors = 0
    for number in range(3, 200):
        try:
            os.fstat(number)
            descriptors += 1
        except OSError:
            pass
    return [len(names), descriptors, resource.getrlimit(resource.RLIMIT_CORE)[1], len(os.listdir("."))][: len(table)]

predict.__lamplighter_predictor__ = ()
"""
    manifest = store({"model": ("python-source", Badge.CODE, source)}, "python")

    async def main() -> list[float]:
        runtime = await load(manifest, tmp_path, AUTHOR)
        try:
            return await runtime.score({"x": [0.0] * 4}, 4)
        finally:
            await runtime.close()

    with (tmp_path / "open").open("w") as kept:
        os.set_inheritable(kept.fileno(), True)
        assert asyncio.run(main()) == [0.0, 1.0, 0.0, 0.0]
