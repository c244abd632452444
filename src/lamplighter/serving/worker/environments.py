"""A Python environment for each lock that the packages here do not fit: made once by uv, shared by the processes of a group.

Nothing is built and no interpreter is fetched: only wheels are installed, exactly those of the lock, and if the lock holds
hashes no others than those. Files are hard links into uv's cache beside the environments.
"""

import contextlib
import fcntl
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

import lamplighter
from lamplighter.domain.record import canonical, digest_of
from lamplighter.domain.version import Lock
from lamplighter.serving.runtimes.base import Unloadable
from lamplighter.serving.worker import environment, installer

#: What a worker itself imports, beside what the model needs.
_OURS = ("msgspec", "numpy")
#: An environment that nobody has used for so many seconds makes room when another one is made.
_UNUSED = 24 * 3600.0


class Held:
    """An environment that is in use; nobody removes it until it is let go."""

    def __init__(self, interpreter: Path, shelf: Path, descriptor: int) -> None:
        #: The Python of the environment.
        self.interpreter = interpreter
        #: A folder that holds our own package and nothing else.
        self.shelf = shelf
        self._descriptor = descriptor

    def let_go(self) -> None:
        """Not used any more; idempotent."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def digest(lock: Lock) -> str:
    """The name of a lock's environment: its packages and what a worker needs of ours."""
    return digest_of(canonical([lock, sys.version, _wanted(lock)]))[:32]


def fitting(lock: Lock, folder: Path | None) -> Held | None:
    """An environment of a lock's own, made if need be; nothing if the packages here are those of the lock. Takes seconds.

    Raises `Unloadable`, also where the packages here are others and no folder is given.
    """
    if folder is None:
        environment.check(lock)
        return None
    return None if environment.fits(lock) else hold(lock, folder)


def hold(lock: Lock, folder: Path) -> Held:
    """The environment of a lock below the folder, made if it is not there; raises `Unloadable`. Takes seconds."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    if lock.python not in ("", here):
        raise Unloadable(f"It was made with Python {lock.python}, and here is Python {here}. Serve it where that one is.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / digest(lock)
    descriptor = os.open(place.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        os.utime(descriptor)
        with _alone(place.with_suffix(".making")):
            if not place.exists():
                _collect(folder)
                _make(lock, folder, place)
        return Held(place / "bin/python", _shelf(folder), descriptor)
    except BaseException:
        os.close(descriptor)
        raise


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[None]:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make(lock: Lock, folder: Path, place: Path) -> None:
    with _unfinished(place) as new:
        new.mkdir(mode=0o700)
        wanted = new / "requirements.txt"
        wanted.write_text(_requirements(lock))
        lines = _requirements(lock).splitlines()
        _run(folder, lines, "venv", "--allow-existing", "--no-project", "--python", sys.executable, str(new))
        options = ["--python", str(new / "bin/python"), "--no-deps", "--no-build", "--link-mode", "hardlink"]
        hashes = ["--require-hashes"] if lock.hashes else []
        _run(folder, lines, "pip", "install", *options, *hashes, "--requirement", str(wanted))
        # Without this a power loss could leave an environment under its final name whose files are empty.
        os.sync()
        new.rename(place)


def _run(folder: Path, lines: Sequence[str], *arguments: str) -> None:
    try:
        installer.run("make its environment", folder, *arguments, lines=[line.partition(" ")[0] for line in lines])
    except installer.NotInstalled as error:
        raise Unloadable(f"{error}. {error.fix} Or serve it where its packages are.") from None


@contextlib.contextmanager
def _unfinished(place: Path) -> Iterator[Path]:
    new = place.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    try:
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _wanted(lock: Lock) -> dict[str, str]:
    """Name and version of every distribution of the environment."""
    return {name: metadata.version(name) for name in _OURS if name not in lock.packages} | dict(lock.packages)


def _requirements(lock: Lock) -> str:
    lines = []
    for name, version in sorted(_wanted(lock).items()):
        hashes = "".join(f" --hash=sha256:{value}" for value in lock.hashes.get(name, ()))
        lines.append(f"{name}=={version}{hashes}\n")
    return "".join(lines)


def _shelf(folder: Path) -> Path:
    """A folder with a link to our package alone, so that the environment sees none of the packages beside it."""
    package = Path(lamplighter.__file__).parent
    shelf = folder / f"shelf-{digest_of(str(package).encode())[:12]}"
    shelf.mkdir(mode=0o700, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        (shelf / "lamplighter").symlink_to(package)
    return shelf


def _collect(folder: Path) -> None:
    """Remove what no process holds and nobody has used for a while."""
    for lock in folder.glob("*.lock"):
        if time.time() - lock.stat().st_mtime < _UNUSED:
            continue
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)
