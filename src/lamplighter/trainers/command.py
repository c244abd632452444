"""A command on this machine, in a session of its own, so that it outlives the control plane.

The command finds the address of the platform in `LAMP_URL`, a token in `LAMP_TOKEN` and, in `LAMP_RESULT`, the file in which
it leaves `{"number": 7}` once it has registered a version.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.job import Cause, Failure
from lamplighter.domain.record import Record
from lamplighter.trainers.base import Failed, Finished, Job, Outcome, Running

_RESULT, _STARTED, _LOG, _STATUS = "result.json", "started.json", "output.log", "status.json"
#: What the command itself says of its end, where it does.
FAILURE = "failure.json"
_PROCESSES = Path("/proc")


class _Started(Record, frozen=True):
    #: 0 until the process is there.
    pid: int = 0
    #: When the kernel began it; tells it from a later process that was given the same number.
    born: str = ""
    #: Seconds since the epoch after which the job is given up.
    until: float = 0.0
    #: Why it could not be started.
    why: str = ""


def start(job: Job, place: Path, environ: Mapping[str, str]) -> str:
    """Begin the command, unless this place says that it was begun."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        # Claimed before it is begun: after a crash in between it has failed, and never runs twice.
        (place / _STARTED).open("x").close()
    except FileExistsError:
        return place.name
    try:
        process = _process(job, place, environ)
    except OSError as error:
        _record(place, _Started(why=f"It could not be started ({type(error).__name__})."))
        return place.name
    _record(place, _Started(pid=process.pid, born=_born(process.pid), until=time.time() + job.seconds))
    _waited.add(place)
    threading.Thread(target=_wait, args=(process, place), name=f"training {place.name}", daemon=True).start()
    return place.name


#: Places of commands whose end this process waits for.
_waited: set[Path] = set()


def _wait(process: "subprocess.Popen[bytes]", place: Path) -> None:
    """Leave how it ended for whoever asks later; nobody can learn it once the process is gone."""
    status = process.wait()
    with suppress(OSError):
        temporary = place / f".{_STATUS}"
        temporary.write_bytes(msgspec.json.encode(status))
        temporary.replace(place / _STATUS)
    _waited.discard(place)


def _process(job: Job, place: Path, environ: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ", "TMPDIR") if name in os.environ}
    said = {"LAMP_FAILURE": str(place / FAILURE)}
    variables = {**inherited, **said, **environ, "LAMP_RESULT": str(place / _RESULT)}
    with (place / _LOG).open("wb") as log:
        return subprocess.Popen(  # noqa: S603  the command comes from the configuration of the platform
            _program(job.command), cwd=job.folder, env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip


def _program(command: tuple[str, ...]) -> list[str]:
    """`python` means the interpreter that runs the platform."""
    program = sys.executable if command[0] == "python" else shutil.which(command[0]) or command[0]
    return [program, *command[1:]]


def _record(place: Path, started: _Started) -> None:
    temporary = place / f".{_STARTED}"
    temporary.write_bytes(msgspec.json.encode(started))
    temporary.replace(place / _STARTED)


def outcome(name: str, place: Path) -> Outcome:  # noqa: ARG001  the promise names both
    """How the command stands, by its files and its process."""
    if finished := _finished(place):
        return finished
    started = _started(place)
    if not started.pid:
        return Failed(why=started.why, cause=Cause.INFRASTRUCTURE)
    if started.born and _born(started.pid) == started.born:
        if time.time() < started.until:
            return Running()
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        return Failed(why="It took longer than it may.")
    if place in _waited:
        # How it ended is about to be written.
        return Running()
    # The command may have left its result between the two looks.
    return _finished(place) or _failed(place)


def _failed(place: Path) -> Failed:
    """By what the command said, or else by how it ended: a signal comes from outside."""
    with suppress(OSError, msgspec.MsgspecError):
        said = from_json((place / FAILURE).read_bytes(), Failure)
        return Failed(why=said.why, cause=said.cause, passing=said.cause is Cause.INFRASTRUCTURE)
    status = 0
    with suppress(OSError, msgspec.MsgspecError):
        status = from_json((place / _STATUS).read_bytes(), int)
    if status < 0 and not (place / _RESULT).exists():
        return Failed(
            why=f"Its process was ended from outside; see {_LOG} of {place.name}.", cause=Cause.INFRASTRUCTURE, passing=True
        )
    return Failed(why=_without_version(place))


def _finished(place: Path) -> Finished | None:
    """The result, once it can be read whole: the command may be in the middle of writing it."""
    try:
        found = from_json((place / _RESULT).read_bytes(), Finished)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return found if found.number > 0 else None


def _without_version(place: Path) -> str:
    if (place / _RESULT).exists():
        return "What it left as its result cannot be read."
    return f"It ended without a version; see {_LOG} of {place.name}."


def _started(place: Path) -> _Started:
    try:
        return from_json((place / _STARTED).read_bytes(), _Started)
    except FileNotFoundError:
        return _Started(why="It was never started.")
    except msgspec.MsgspecError:
        return _Started(why="The platform ended while it was being started.")


def _born(pid: int) -> str:
    """When the kernel began the process; empty where it does not run any more."""
    if not _PROCESSES.is_dir():
        return "running" if _answers(pid) else ""
    try:
        # Behind the name, which may hold anything: the state, and as the twentieth the start (proc_pid_stat(5)).
        fields = (_PROCESSES / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in ("Z", "X") else fields[19]


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
