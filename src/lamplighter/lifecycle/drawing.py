"""An even sample of the rows in the prediction log that fit: the same ones each time, however the log is cut into files."""

import hashlib
import heapq
from collections.abc import Collection, Sequence
from typing import NamedTuple

import msgspec

from lamplighter.domain.prediction import Scored
from lamplighter.domain.rows import Window
from lamplighter.lifecycle.choosing import Fits
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.looking import Look


class Drawn(NamedTuple):
    """One row of a request."""

    #: Decides whether it is in the sample: the larger, the sooner.
    chance: int
    #: Its place among those that fit; no two are alike.
    place: int
    #: The request with this row alone: rows of a sample must not hold the whole requests that they are from.
    record: Scored
    #: Its number in the request.
    row: int
    #: The id under which its label is kept.
    id: str


class Draw:
    """Rows whose ids have the smallest digests, at most so many."""

    def __init__(self, limit: int, fits: Fits, digests: Collection[str]) -> None:
        self._limit, self._fits, self._look = limit, fits, Look(digests)
        self._heap: list[Drawn] = []
        #: Rows that fit, and requests whose inputs were not kept.
        self.found = self.without_inputs = 0

    @property
    def chosen(self) -> Sequence[Drawn]:
        """The rows of the sample, oldest first."""
        return sorted(self._heap, key=lambda one: (one.record.event_at, one.record.request, one.row))

    @property
    def looked_through(self) -> float:
        """Share of the bytes of the log that there was time to look through."""
        return self._look.looked_through

    def look_through(self, kit: Kit, model: str, environment: str, window: Window) -> None:
        """Draw from what was recorded of a model in a window."""
        for record in self._look.records(kit, model, environment, window):
            self._take(record)

    def _take(self, record: Scored) -> None:
        self.without_inputs += not record.columns
        for row, fits in enumerate(self._fits(record)):
            if fits:
                self.found += 1
                identity = record.row_id(row)
                chance = -_chance(identity)
                if len(self._heap) < self._limit:
                    heapq.heappush(self._heap, Drawn(chance, self.found, _alone(record, row), row, identity))
                elif chance > self._heap[0].chance:
                    heapq.heapreplace(self._heap, Drawn(chance, self.found, _alone(record, row), row, identity))


def _alone(record: Scored, row: int) -> Scored:
    columns = {name: (values[row],) for name, values in record.columns.items()}
    ids = record.ids[row : row + 1]
    return msgspec.structs.replace(record, columns=columns, scores=tuple(record.scores[row : row + 1]), ids=ids)


def _chance(identity: str) -> int:
    return int.from_bytes(hashlib.blake2b(identity.encode(), digest_size=8).digest(), "big")
