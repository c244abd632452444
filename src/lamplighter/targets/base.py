"""The promise of a target: run the serving of an environment, tell it what is live, and say what it does."""

from collections.abc import Iterable
from typing import Protocol

from lamplighter.domain.environment import Environment
from lamplighter.domain.paired import Paired
from lamplighter.domain.record import Record
from lamplighter.domain.route import Credentials, Route, WorkerReport
from lamplighter.domain.sandbox import Level, Sandbox


class Observation(Record, frozen=True):
    """What a serving process group is seen to do."""

    #: Whether the group runs.
    alive: bool
    #: Revision that every process answers by; -1 while a process is missing or has adopted none.
    revision: int = -1
    #: Digests of the versions that every process has loaded and verified.
    loaded: frozenset[str] = frozenset()
    #: Why a version could not be loaded, by digest; of whichever process refused it.
    refused: dict[str, str] = {}
    #: Why a version is in quarantine, by digest; of whichever process says so.
    quarantined: dict[str, str] = {}
    #: What each running process says of itself.
    reports: tuple[WorkerReport, ...] = ()
    #: What shadows have scored beside the versions that answered, of all processes that are and were.
    pairs: tuple[Paired, ...] = ()


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
