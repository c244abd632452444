"""A job on a Ray cluster, by the interface that Ray has for jobs; nothing of Ray is installed here.

The folder of the job goes to the cluster as a package. The command runs there with the Python that the cluster has, finds its
variables as on this machine, and leaves its result and its failure in files that the log of the job brings back. The cluster
has to ask for a token, which is found where Ray's own programs find it.
"""

import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from lamplighter.domain.errors import Invalid
from lamplighter.domain.job import Cause
from lamplighter.trainers.base import Failed, Job, Outcome, Running
from lamplighter.trainers.ray import watching
from lamplighter.trainers.ray.cluster import Cluster
from lamplighter.trainers.ray.order import Order, Started, ended_in, name_of, put, started_in

__all__ = ["outcome", "start"]


def start(job: Job, place: Path, environ: Mapping[str, str]) -> str:
    """Send the job, unless this place says that it was sent; raises `Invalid` for a cluster that no token should go to."""
    cluster = Cluster.at(job.cluster)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = name_of(place)
    try:
        # Claimed before it is sent: after a crash in between, what the cluster does not know has failed and never runs.
        (place / "started.json").open("x").close()
    except FileExistsError:
        return name
    put(place / "started.json", msgspec.json.encode(Started(job.cluster, name, time.time() + job.seconds)))
    watching.watch(cluster, place, Order(job, dict(environ)))
    return name


def outcome(name: str, place: Path) -> Outcome:  # noqa: ARG001  the promise names both
    """How the job stands, by what a thread beside the loops has seen; the cluster may be slow, or away."""
    found = ended_in(place)
    if found is not None:
        return found
    started = started_in(place)
    if not started.address:
        return Failed(why="It was never sent.", cause=Cause.INFRASTRUCTURE)
    if not watching.is_watched(place):
        try:
            watching.watch(Cluster.at(started.address), place)
        except Invalid as error:
            # The platform was started again without what it had.
            return Failed(f"{error.what} {error.why}", Cause.CREDENTIALS)
    return Running()
