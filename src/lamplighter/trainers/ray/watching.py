"""A thread for each job that is on a cluster: it sends the job, looks until it has ended, and leaves how in its folder."""

import threading
import time
from pathlib import Path
from typing import TypeVar

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import LampError, Unavailable
from lamplighter.domain.job import Cause, Failure
from lamplighter.trainers.base import Failed, Finished
from lamplighter.trainers.ray.cluster import Cluster, Found
from lamplighter.trainers.ray.order import FAILURE, RESULT, Order, Started, keep, put, started_in
from lamplighter.trainers.ray.package import package

Value = TypeVar("Value")

#: Seconds between two looks at a job.
_PAUSE = 2.0
#: Seconds after its time is over until a job is given up on a cluster that does not answer.
_GRACE = 300.0
#: Characters of a log that are kept.
_LOG = 10_000_000
_threads: dict[Path, threading.Thread] = {}


def watch(cluster: Cluster, place: Path, order: Order | None = None) -> None:
    """Begin to look; an order is sent first."""
    _threads[place] = threading.Thread(target=_see, args=(cluster, place, order), name=f"job {place.name}", daemon=True)
    _threads[place].start()


def is_watched(place: Path) -> bool:
    """Whether a thread of this process looks."""
    thread = _threads.get(place)
    return thread is not None and thread.is_alive()


def _see(cluster: Cluster, place: Path, order: Order | None) -> None:
    started = started_in(place)
    try:
        if order is not None:
            _send(cluster, started, order)
        ended = _end(cluster, place, started)
    except (LampError, OSError) as error:
        why = f"{error.what} {error.why}" if isinstance(error, LampError) else f"{type(error).__name__}."
        passing = isinstance(error, Unavailable)
        ended = Failed(f"It could not be sent: {why}", Cause.INFRASTRUCTURE if passing else Cause.CODE, passing)
    keep(place, ended)
    _threads.pop(place, None)


def _send(cluster: Cluster, started: Started, order: Order) -> None:
    cluster.check()
    name, content = package(Path(order.job.folder), order.files(started.name))
    cluster.submit(started.name, order.entrypoint, cluster.upload(name, content), order.variables)


def _end(cluster: Cluster, place: Path, started: Started) -> Finished | Failed:
    while True:
        over = time.time() - started.until
        try:
            found = cluster.job(started.name)
            if found is None:
                return Failed("The cluster does not know it.", Cause.INFRASTRUCTURE, passing=True)
            if found.status in ("SUCCEEDED", "FAILED", "STOPPED"):
                return _ended(cluster, place, started.name, found)
            if over > 0.0:
                cluster.stop(started.name)
                return Failed("It took longer than it may.")
        except Unavailable as error:
            if over > _GRACE:
                return Failed(f"It took longer than it may, and {error.what[0].lower()}{error.what[1:]}", Cause.INFRASTRUCTURE)
        time.sleep(_PAUSE)


def _ended(cluster: Cluster, place: Path, name: str, found: Found) -> Finished | Failed:
    log = cluster.log(name)[-_LOG:]
    put(place / "output.log", log.encode(errors="replace"))
    if found.status == "SUCCEEDED" and RESULT in log:
        return _finished(log) or Failed("What it left as its result cannot be read.")
    said = _last(log, FAILURE, Failure)
    if said is not None:
        return Failed(said.why, said.cause, said.cause is Cause.INFRASTRUCTURE)
    if found.status == "STOPPED":
        return Failed("It was stopped on the cluster.", Cause.INFRASTRUCTURE)
    if found.status == "FAILED" and (found.driver_exit_code is None or not 0 <= found.driver_exit_code < 128):
        why = f"Its process was ended from outside, or never began; see output.log of {place.name}."
        return Failed(why, Cause.INFRASTRUCTURE, passing=True)
    return Failed(f"It ended without a version; see output.log of {place.name}.")


def _finished(log: str) -> Finished | None:
    found = _last(log, RESULT, Finished)
    return found if found is not None and found.number > 0 else None


def _last(log: str, mark: str, kind: type[Value]) -> Value | None:
    """What the last line with this mark in front says."""
    lines = [line for line in log.splitlines() if line.startswith(mark)]
    try:
        return from_json(lines[-1].removeprefix(mark), kind) if lines else None
    except msgspec.MsgspecError:
        return None
