"""What goes to the cluster, and what the folder of a job keeps of it."""

import hashlib
import shlex
from collections.abc import Mapping
from pathlib import Path

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.job import Cause
from lamplighter.domain.record import Record
from lamplighter.trainers.base import Failed, Finished, Job

#: What stands in front of a result and of a failure in the log.
RESULT, FAILURE = "lamp-result ", "lamp-failure "
#: Folder of the package in which the job finds what this machine gives it as a file.
GIVEN = ".lamp"
_INPUT = "LAMP_INPUT"
#: The command runs with files of its own, in a folder that no other job has; its exit status is that of the job.
_FRAME = (
    'lamp_place=$(mktemp -d); export LAMP_RESULT="$lamp_place/result.json" LAMP_FAILURE="$lamp_place/failure.json"; {given}'
    "{command}; lamp_status=$?; "
    "for lamp_file in result failure; do "
    'if test -s "$lamp_place/$lamp_file.json"; then '
    'echo; printf "lamp-%s " "$lamp_file"; tr -d "\\n" < "$lamp_place/$lamp_file.json"; echo; fi; done; '
    'rm -rf "$lamp_place"; exit $lamp_status'
)


class Order(Record, frozen=True):
    """A job that is to be sent."""

    job: Job
    environ: Mapping[str, str]

    @property
    def entrypoint(self) -> str:
        """One line for the shell of the cluster."""
        given = f'export {_INPUT}="$PWD/{GIVEN}/input.json"; ' if _INPUT in self.environ else ""
        return _FRAME.format(given=given, command=shlex.join(self.job.command))

    @property
    def variables(self) -> dict[str, str]:
        """Those that mean something on another machine."""
        return {name: value for name, value in self.environ.items() if name != _INPUT}

    def files(self, name: str) -> dict[str, bytes]:
        """What lies in the package beside the folder; the name makes it a package of this job alone."""
        given = {f"{GIVEN}/job": name.encode()}
        if _INPUT in self.environ:
            given[f"{GIVEN}/input.json"] = Path(self.environ[_INPUT]).read_bytes()
        return given


class Started(Record, frozen=True):
    """A job that was sent, or was about to be."""

    address: str = ""
    name: str = ""
    #: Seconds since the epoch after which it is given up.
    until: float = 0.0


class Ended(Record, frozen=True):
    """How a job ended: the number of a version, or why there is none."""

    number: int = 0
    why: str = ""
    cause: Cause = Cause.CODE
    passing: bool = False


def name_of(place: Path) -> str:
    """The name of a job on the cluster, which other platforms may use too."""
    return f"lamp-{place.name}-{hashlib.sha256(str(place.absolute()).encode()).hexdigest()[:12]}"


def put(file: Path, content: bytes) -> None:
    """Whole or not at all."""
    temporary = file.with_name(f".{file.name}")
    temporary.write_bytes(content)
    temporary.replace(file)


def started_in(place: Path) -> Started:
    """What was sent from a folder; nothing where none was."""
    try:
        return from_json((place / "started.json").read_bytes(), Started)
    except (OSError, msgspec.MsgspecError):
        return Started()


def ended_in(place: Path) -> Finished | Failed | None:
    """How the job of a folder ended, if it has."""
    try:
        found = from_json((place / "ended.json").read_bytes(), Ended)
    except (OSError, msgspec.MsgspecError):
        return None
    return Finished(found.number) if found.number else Failed(found.why, found.cause, found.passing)


def keep(place: Path, ended: Finished | Failed) -> None:
    """Leave how it ended for whoever asks later."""
    found = Ended(ended.number) if isinstance(ended, Finished) else Ended(0, ended.why, ended.cause, ended.passing)
    put(place / "ended.json", msgspec.json.encode(found))
