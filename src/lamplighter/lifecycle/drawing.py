"""An even sample of the rows in the prediction log that fit: the same ones each time, however the log is cut into files."""

import hashlib
import heapq
from collections.abc import Collection, Sequence
from typing import NamedTuple

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
    record: Scored
    row: int

    @property
    def id(self) -> str:
        """The id under which its label is kept."""
        return self.record.row_id(self.row)


class Draw:
    """Rows whose ids have the smallest digests, at most so many."""

    def __init__(self, limit: int, fits: Fits, digests: Collection[str]) -> None:
        self._limit, self._fits, self._digests = limit, fits, digests
        self._heap: list[Drawn] = []
        self._seen: set[tuple[str, int]] = set()
        #: Rows that fit, requests whose inputs were not kept, and whether there was time to look through all of the log.
        self.found = self.without_inputs = 0
        self.is_whole = True

    @property
    def chosen(self) -> Sequence[Drawn]:
        """The rows of the sample, oldest first."""
        return sorted(self._heap, key=lambda one: (one.record.event_at, one.record.request, one.row))

    def look_through(self, kit: Kit, model: str, environment: str, window: Window) -> None:
        """Draw from what was recorded of a model in a window."""
        end = kit.clock.elapsed() + LONGEST
        with recordings.newest_first(kit, model, environment, window) as files:
            for file in files:
                if kit.clock.elapsed() > end:
                    self.is_whole = False
                    break
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
                one = Drawn(-_chance(record.row_id(row)), self.found, record, row)
                if len(self._heap) < self._limit:
                    heapq.heappush(self._heap, one)
                else:
                    heapq.heappushpop(self._heap, one)


def _chance(identity: str) -> int:
    return int.from_bytes(hashlib.blake2b(identity.encode(), digest_size=8).digest(), "big")
