"""An even sample of the rows in the prediction log that fit: the same ones each time, however the log is cut into files."""

import hashlib
import heapq
from collections.abc import Collection, Sequence
from typing import NamedTuple

import msgspec

from lamplighter.domain.outage import DRILL
from lamplighter.domain.prediction import Scored
from lamplighter.domain.route import Arm
from lamplighter.domain.rows import Window
from lamplighter.lifecycle import intake, recordings
from lamplighter.lifecycle.choosing import Fits
from lamplighter.lifecycle.kit import Kit

#: Seconds after which no further file is begun: whoever asked would have gone.
LONGEST = 15.0


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
        self._limit, self._fits, self._digests = limit, fits, digests
        self._heap: list[Drawn] = []
        self._seen: set[tuple[str, int]] = set()
        #: Rows that fit, and requests whose inputs were not kept.
        self.found = self.without_inputs = 0
        #: Share of the bytes of the log that there was time to look through.
        self.looked_through = 1.0

    @property
    def chosen(self) -> Sequence[Drawn]:
        """The rows of the sample, oldest first."""
        return sorted(self._heap, key=lambda one: (one.record.event_at, one.record.request, one.row))

    def look_through(self, kit: Kit, model: str, environment: str, window: Window) -> None:
        """Draw from what was recorded of a model in a window."""
        end = kit.clock.elapsed() + LONGEST
        with recordings.newest_first(kit, model, environment, window) as files:
            whole = left = sum(file.size for file in files)
            for file in files:
                if kit.clock.elapsed() > end:
                    self.looked_through = 1.0 - left / whole if whole else 0.0
                    break
                left -= file.size
                for record in file.records(model, window):
                    if record.digest in self._digests and self._counts(record):
                        self._take(record)

    def _counts(self, record: Scored) -> bool:
        """Whether it is a request of its own that a version answered or failed to answer."""
        if record.arm in (Arm.SHADOW, Arm.FALLBACK) or record.consumer.startswith(DRILL):
            return False
        if not intake.is_named_by_caller(record.request):
            return True
        key = (record.row_id(0), record.number)
        is_new = key not in self._seen
        self._seen.add(key)
        return is_new

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
