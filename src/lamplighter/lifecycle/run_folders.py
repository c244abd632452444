"""What a run of a scheduled job leaves in its folder: its log, what ended it, and the rows that it failed on."""

from pathlib import Path

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.job import Cause, Failure, Run
from lamplighter.lifecycle.kit import Kit

_RUNS, _LOG = "jobs", "output.log"
#: File with what ended a run.
FAILURE = "failure.json"
#: File with the rows that a run failed on.
KEPT_ROWS = "rows.arrow"
#: Bytes of a log that are told.
_LONGEST_LOG = 100_000


def place_of(kit: Kit, run: Run) -> Path:
    """The folder of the try that runs."""
    return kit.settings.folder / _RUNS / run.id / f"try-{run.tries}"


def log_of(kit: Kit, run: Run) -> str:
    """The end of what the last try wrote; empty where it wrote nothing."""
    try:
        return (place_of(kit, run) / _LOG).read_bytes()[-_LONGEST_LOG:].decode(errors="replace")
    except OSError:
        return ""


def rows_of(kit: Kit, run: Run) -> bytes:
    """The rows that the last try failed on, as an Arrow stream; nothing where none are kept."""
    try:
        return (place_of(kit, run) / KEPT_ROWS).read_bytes()
    except OSError:
        return b""


def failure_in(place: Path, why: str) -> Failure:
    """What the process said of its end; one that said nothing was ended from outside."""
    try:
        return from_json((place / FAILURE).read_bytes(), Failure)
    except (OSError, msgspec.MsgspecError):
        return Failure(cause=Cause.INFRASTRUCTURE, why=f"The process ended without a word. {why}")
