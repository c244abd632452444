"""What serves an environment, machine by machine, as somebody wants it who looks after machines: how it is, and what to do.

The processes beside the control plane are one machine among the others.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from lamplighter.domain.environment import Environment
from lamplighter.domain.node import Hearing
from lamplighter.domain.record import Record
from lamplighter.domain.stage import Status

#: Bytes of a disk below which somebody should make room, and bytes of a log on their way above which it comes late.
LEAST_FREE, LATE = 1_000_000_000, 64 * 1024 * 1024
#: A number of bytes that is not known.
UNKNOWN = -1
_COMING = "Wait until they are there; what it answers by goes on meanwhile."
#: Which of several things counts first.
_ORDER = (Status.FAILING, Status.WATCH, Status.UNKNOWN, Status.HEALTHY)


class Machine(Record, frozen=True):
    """One machine that serves an environment."""

    environment: str
    name: str
    #: Whether it is the one on which the control plane runs.
    here: bool
    #: How it was heard, and when last, microseconds since the epoch, UTC.
    hearing: Hearing
    seen_at: int
    #: How many models it has to answer.
    models: int
    #: Whether its process group runs, and the process id of its parent; 0 where that is not known.
    alive: bool = False
    parent: int = 0
    #: Process ids of what runs, and how many should.
    pids: tuple[int, ...] = ()
    processes: int = 0
    #: Revision that all of its processes answer by, -1 for none, and how many changes came after that.
    revision: int = -1
    behind: int = 0
    #: Versions that are loaded, and those whose bytes are on their way to it.
    loaded: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    #: Why a version is not loaded, or is in quarantine, by its name.
    refused: Mapping[str, str] = {}
    quarantined: Mapping[str, str] = {}
    #: Bytes of its prediction log that are still to be brought, as of its last word; `UNKNOWN` for what stays here.
    to_bring: int = UNKNOWN
    #: Bytes that are free on its disk; `UNKNOWN` where it does not say.
    free: int = UNKNOWN
    #: How it is, why, and what to do about it; nothing to do is empty.
    status: Status = Status.UNKNOWN
    why: str = ""
    fix: str = ""


class Place(Record, frozen=True):
    """An environment with what serves it, those that need somebody first."""

    environment: Environment
    #: Revision that everything should answer by.
    revision: int
    #: How many models are live there.
    models: int
    machines: tuple[Machine, ...] = ()


class _Found(NamedTuple):
    status: Status
    why: str
    fix: str = ""


def judged(machine: Machine) -> Machine:
    """The same with how it is: what weighs most, and of equal weight what comes first."""
    found = min(_findings(machine), key=lambda one: _ORDER.index(one.status))
    return msgspec.structs.replace(machine, status=found.status, why=found.why, fix=found.fix)


def in_order(machines: list[Machine]) -> tuple[Machine, ...]:
    """Those that need somebody first, each kind by name."""
    return tuple(sorted(machines, key=lambda one: (_ORDER.index(one.status), one.name)))


def _findings(one: Machine) -> Iterator[_Found]:
    if one.hearing is not Hearing.HEARD:
        yield _unheard(one)
    elif not one.alive:
        yield _ended(one)
    else:
        yield from _running(one)
    if 0 <= one.free < LEAST_FREE:
        yield _Found(
            Status.WATCH,
            f"{one.free / 1e9:.1f} GB are free on its disk.",
            "Make room: where its log finds none, requests are refused.",
        )


def _unheard(one: Machine) -> _Found:
    lost = f" {one.to_bring / 1e6:,.1f} MB of its log had not come." if one.to_bring > 0 else ""
    if one.hearing is Hearing.SILENT:
        fix = "Wait a minute: rollouts wait for it. If it stays silent, look at lamp nodes run there."
        return _Found(Status.WATCH, f"It says nothing; its processes may answer on.{lost}", fix)
    fix = f"Start it again: lamp nodes run {one.environment} --name {one.name}. If it is gone for good, forget it."
    return _Found(Status.FAILING, f"It is lost: nothing waits for it any more, and it is missed.{lost}", fix)


def _ended(one: Machine) -> _Found:
    if one.lacking:
        return _Found(Status.WATCH, f"It has not begun: bytes of {', '.join(one.lacking[:3])} are on their way to it.", _COMING)
    if not one.models:
        return _Found(Status.UNKNOWN, "No model is live there, so that nothing has to run.")
    starter = "the control plane" if one.here else "lamp nodes run"
    fix = f"Within seconds {starter} starts them again. If not, {_log(one)} says why they end."
    return _Found(Status.FAILING, "Its processes do not run: it answers nobody.", fix)


def _running(one: Machine) -> Iterator[_Found]:
    for name, why in one.refused.items():
        yield _Found(Status.FAILING, f"It does not load {name}: {why}", _instead(name))
    for name, why in one.quarantined.items():
        yield _Found(Status.FAILING, f"{name} is in quarantine: {why}", _instead(name))
    if len(one.pids) < one.processes:
        yield _Found(
            Status.WATCH,
            f"{len(one.pids)} of {one.processes} processes run.",
            f"The others are started again. If they do not stay up, see {_log(one)}.",
        )
    if one.lacking:
        yield _Found(Status.WATCH, f"Bytes of {', '.join(one.lacking[:3])} are on their way to it.", _COMING)
    if one.revision < 0:
        yield _Found(Status.WATCH, "Its processes have taken up no route yet.", "Wait some seconds: they load what is live.")
    if one.behind:
        changes = f"{one.behind} change{'' if one.behind == 1 else 's'}"
        fix = f"Wait some seconds. If it stays, see {_log(one)}."
        yield _Found(Status.WATCH, f"It answers by an older route, {changes} behind.", fix)
    if one.to_bring > LATE:
        yield _Found(
            Status.WATCH,
            f"{one.to_bring / 1e6:,.0f} MB of its log are still to come, so that figures are late.",
            "Look at its way to the control plane. Nothing is lost meanwhile.",
        )
    yield _Found(Status.HEALTHY, "It answers by the newest route.")


def _log(one: Machine) -> str:
    return f"serving/{one.environment}/serving.log in its home folder"


def _instead(name: str) -> str:
    return f"Roll back: lamp rollback {name.partition('@')[0]}; or bring a version that loads."
