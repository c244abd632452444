"""A command on this machine, in a session of its own, so that it outlives the control plane.

The command finds the address of the platform in `LAMP_URL`, a token in `LAMP_TOKEN` and, in `LAMP_RESULT`, the file in which
it leaves `{"number": 7}` once it has registered a version.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from lamplighter.domain.record import Record
from lamplighter.trainers.base import Failed, Finished, Job, Outcome, Running

_RESULT, _STARTED, _LOG = "result.json", "started.json", "output.log"


class _Started(Record, frozen=True):
    pid: int
    #: Seconds since the epoch after which the job is given up.
    until: float


def start(job: Job, place: Path, environ: Mapping[str, str]) -> str:
    """Begin the command, unless this place says that it was begun."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    record = place / _STARTED
    if record.exists():
        return place.name
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ", "TMPDIR") if name in os.environ}
    variables = {**inherited, **environ, "LAMP_RESULT": str(place / _RESULT)}
    with (place / _LOG).open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  the command comes from the configuration of the platform
            _program(job.command), cwd=job.folder, env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    record.write_bytes(msgspec.json.encode(_Started(pid=process.pid, until=time.time() + job.seconds)))
    return place.name


def _program(command: tuple[str, ...]) -> list[str]:
    """`python` means the interpreter that runs the platform."""
    program = sys.executable if command[0] == "python" else shutil.which(command[0]) or command[0]
    return [program, *command[1:]]


def outcome(name: str, place: Path) -> Outcome:  # noqa: ARG001  the promise names both
    """How the command stands, by its files and its process."""
    result = place / _RESULT
    if result.exists():
        return _finished(result)
    if not (place / _STARTED).exists():
        return Failed(why="It was never started.")
    started = msgspec.json.decode((place / _STARTED).read_bytes(), type=_Started)
    if _runs(started.pid):
        if time.time() < started.until:
            return Running()
        os.killpg(started.pid, 9)
        return Failed(why="It took longer than it may.")
    # The command may have left its result between the two looks.
    return _finished(result) if result.exists() else Failed(why=f"It ended without a version; see {_LOG} of {place.name}.")


def _finished(result: Path) -> Outcome:
    try:
        return msgspec.json.decode(result.read_bytes(), type=Finished)
    except msgspec.MsgspecError:
        return Failed(why="What it left as its result cannot be read.")


def _runs(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True
