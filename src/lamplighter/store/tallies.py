"""What both versions of a rollout did at each step. A request counts for the step that was on when it was answered."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, select

from lamplighter.domain.route import LATENCY_BOUNDS
from lamplighter.store import schema
from lamplighter.store.collection import upsert


class StepTally(msgspec.Struct, frozen=True):
    """What one version did at one step."""

    rollout: str
    #: Index of the step.
    step: int
    #: Number of the version.
    number: int
    requests: int = 0
    failures: int = 0
    #: Requests by latency bucket; bounds are `LATENCY_BOUNDS`, the last is open.
    latencies: tuple[int, ...] = (0,) * (len(LATENCY_BOUNDS) + 1)
    #: Counts of one score a request, in the bins of the version that was live; empty if there are none.
    scores: bytes = b""


class Tallies:
    """Tallies within one transaction."""

    _keys = ("rollout", "step", "number")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def of(self, rollout: str, step: int, number: int) -> StepTally:
        """What is known; empty if nothing is."""
        query = select(schema.tallies).filter_by(rollout=rollout, step=step, number=number)
        row = self.connection.execute(query).first()
        if row is None:
            return StepTally(rollout=rollout, step=step, number=number)
        values = dict(row._mapping)
        return StepTally(**{**values, "latencies": tuple(msgspec.json.decode(values["latencies"]))})

    def put(self, tallies: Sequence[StepTally]) -> None:
        """Set what is known."""
        rows = [{**msgspec.structs.asdict(t), "latencies": msgspec.json.encode(t.latencies).decode()} for t in tallies]
        set_ = ["requests", "failures", "latencies", "scores"]
        upsert(self.connection, schema.tallies, rows, keys=list(self._keys), set_=set_)
