"""The promise of a target: run the serving of an environment, tell it what is live, and say what it does."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict
from lamplighter.domain.observation import Observation
from lamplighter.domain.record import canonical
from lamplighter.domain.route import Credentials, Route, WorkerReport
from lamplighter.domain.sandbox import Level, Sandbox

#: What a group answers with, and who may call it: files in its folder.
ROUTE, CREDENTIALS = "route.json", "credentials.json"


def quarantined_in(reports: Iterable[WorkerReport]) -> dict[str, str]:
    """Why a version is in quarantine, by digest, where one of the processes says so."""
    conditions = (condition for report in reports for condition in report.conditions)
    return {condition.digest: condition.quarantine for condition in conditions if condition.quarantine}


def least_closed(reports: Iterable[WorkerReport]) -> Sandbox | None:
    """The weakest of what the processes have found of the sandbox; nothing if none has tested it."""
    order = list(Level)
    found = (report.sandbox for report in reports if report.sandbox is not None)
    return max(found, key=lambda one: order.index(one.level), default=None)


class Target(Protocol):
    """A place that runs serving process groups. Every verb may be repeated; a repetition changes nothing."""

    def apply(self, environment: Environment) -> None:
        """Make the group run as the environment says, starting or restarting it if need be; raises `Unavailable`."""
        ...

    def route(self, environment: Environment, route: Route, credentials: Credentials) -> None:
        """Put in place what the group answers with, durably; raises `Conflict` for an older revision than is there."""
        ...

    def observe(self, environment: Environment) -> Observation:
        """What the group does now."""
        ...

    def sandbox(self, environment: Environment) -> Sandbox | None:
        """How closed processes of versions are, or would be, on the machine of the group; nothing if that is not tested."""
        ...

    def remove(self, environment: Environment) -> None:
        """End the group; requests in work are finished. What it has recorded stays."""
        ...


def keep_route(folder: Path, route: Route, credentials: Credentials) -> None:
    """Replace both files, credentials first: a new model is never callable by nobody. Raises `Conflict` for an older route."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    present = _read(folder / ROUTE)
    if present is not None and present.revision > route.revision:
        raise Conflict(
            f"The route of {route.environment} would go back.",
            why=f"Revision {present.revision} is in place, this is revision {route.revision}.",
            fix="Read the routing again. After restoring a database, remove the environment's route.json.",
            code="E1525",
        )
    put(folder / CREDENTIALS, canonical(credentials))
    put(folder / ROUTE, canonical(route))


def put(path: Path, content: bytes) -> None:
    """Replace a file as a whole and force it to the disk."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("wb") as out:
        temporary.chmod(0o600)
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)
    force(path.parent)


def force(directory: Path) -> None:
    """Force the names in a folder to the disk."""
    folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path) -> Route | None:
    try:
        return from_json(path.read_bytes(), Route)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
