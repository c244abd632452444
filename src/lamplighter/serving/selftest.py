"""The self-test of the sandbox: once for each boot of the machine, kernel and release, a worker tries every way out."""

import asyncio
import fcntl
import os
import platform
import secrets
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import msgspec

from lamplighter import __version__
from lamplighter.domain.decoding import from_json
from lamplighter.domain.record import Record, canonical
from lamplighter.domain.sandbox import Level, Sandbox
from lamplighter.serving.files import SANDBOX, replace
from lamplighter.serving.worker.process import Died, Worker
from lamplighter.serving.worker.wire import Ground, Probed, Refused

_BOOT = Path("/proc/sys/kernel/random/boot_id")
#: Seconds between two looks whether another process of the group has done the test.
_LOOK = 0.05


class Machine(Record, frozen=True):
    """What a result holds for."""

    #: Release of the kernel.
    kernel: str
    #: Differs after every start of the machine; empty where the system does not say.
    boot: str
    #: Our own release.
    release: str


class Finding(Record, frozen=True):
    """A result as it is kept."""

    machine: Machine
    sandbox: Sandbox


def this_machine() -> Machine:
    """As it is now."""
    boot = _BOOT.read_text().strip() if _BOOT.exists() else ""
    return Machine(kernel=platform.release(), boot=boot, release=__version__)


async def fresh() -> Sandbox:
    """Try it out now."""
    if sys.platform != "linux":
        return Sandbox(level=Level.NONE, why="this system has neither Landlock nor seccomp.")
    try:
        with laid_out() as ground:
            answer = await Worker.probe(ground)
    except (Died, TimeoutError, OSError) as error:
        return Sandbox(level=Level.NONE, why=f"the process that tries it ended ({type(error).__name__}).")
    if isinstance(answer, Probed):
        return answer.sandbox
    return Sandbox(level=Level.NONE, why=answer.why if isinstance(answer, Refused) else "it answered out of turn.")


async def known(directory: Path) -> Sandbox:
    """The result for this machine, from the file of the environment or tried out now. A test that could not be made is not
    kept, so it is made again at the next start."""
    async with _alone(directory):
        machine, kept = this_machine(), _kept(directory / SANDBOX)
        if kept is not None and machine.boot and kept.machine == machine:
            return kept.sandbox
        found = await fresh()
        if not found.why:
            replace(directory / SANDBOX, canonical(Finding(machine, found)))
        return found


class SelfTest:
    """The test of one process of a group, which begins when its result is first wanted."""

    def __init__(self, directory: Path, changed: Callable[[], None]) -> None:
        self._directory = directory
        self._changed = changed
        self._task: asyncio.Task[Sandbox] | None = None
        #: What was found; nothing before.
        self.found: Sandbox | None = None

    def begin(self) -> asyncio.Task[Sandbox]:
        """Begin beside everything else; idempotent."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
        return self._task

    async def result(self) -> Sandbox:
        """Wait for what is found."""
        return await asyncio.shield(self.begin())

    async def close(self) -> None:
        """Break it off."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> Sandbox:
        try:
            self.found = await known(self._directory)
        except OSError as error:
            self.found = Sandbox(level=Level.NONE, why=f"the directory cannot be used, errno {error.errno}.")
        self._changed()
        return self.found


def _kept(path: Path) -> Finding | None:
    try:
        return from_json(path.read_bytes(), Finding)
    except (OSError, msgspec.MsgspecError):
        return None


@asynccontextmanager
async def _alone(directory: Path) -> AsyncIterator[None]:
    """One process of the group at a time."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(_LOOK)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def laid_out() -> Iterator[Ground]:
    """Something for every probe to find, while it lasts."""
    name = f"lamplighter-{secrets.token_hex(8)}"
    with (
        tempfile.TemporaryDirectory(prefix="lamplighter-") as folder,
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as by_path,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        (Path(folder) / "secret").write_text("secret")
        by_path.bind(f"{folder}/socket")
        by_path.listen()
        abstract.bind(f"\0{name}")
        abstract.listen()
        yield Ground(folder=folder, port=tcp.getsockname()[1], name=name)
