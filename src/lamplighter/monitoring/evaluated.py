"""Scores of an evaluation set, row by row, in an order that is the same for every version that was evaluated on it.

Nothing of a row is kept but its label, its score and whether it lies in a slice that a requirement names.
"""

from collections.abc import Mapping

import numpy as np

from lamplighter.domain.evaluation import MOST_BYTES, MOST_KEPT
from lamplighter.domain.record import Record
from lamplighter.monitoring import encoding
from lamplighter.monitoring.arrays import FloatArray, IntArray
from lamplighter.monitoring.refusals import UnreadableBytes

_HEADER = b"lamplighter evaluated 1\n"
_WHAT = "kept scores"


class Evaluated(Record, frozen=True, eq=False):
    """Parallel arrays, one entry a row.

    Law of change of the bytes: the first line names the format; fields may be added with a default.
    """

    labels: FloatArray
    scores: FloatArray
    #: Positions of the rows of each slice, such as `origin=EWR`.
    slices: Mapping[str, IntArray] = {}

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.labels.size)


def evaluated_bytes(rows: Evaluated) -> bytes:
    """The bytes of an artifact: a header line and compressed MessagePack. Equal rows give equal bytes."""
    return encoding.packed(_HEADER, rows)


def evaluated_from(content: bytes) -> Evaluated:
    """The rows in an artifact that anybody may have written; raises `UnreadableBytes` or `TooManyBytes`."""
    if len(content) > MOST_BYTES:
        raise UnreadableBytes(_WHAT)
    found = encoding.unpacked_within(_HEADER, content, Evaluated, _WHAT, MOST_BYTES)
    if not _fits(found):
        raise UnreadableBytes(_WHAT)
    return found


def _fits(rows: Evaluated) -> bool:
    one_each = rows.labels.ndim == rows.scores.ndim == 1 and rows.labels.size == rows.scores.size
    known = one_each and 0 < rows.n <= MOST_KEPT and bool(np.isfinite(rows.labels).all() and np.isfinite(rows.scores).all())
    return known and all(_places(one, rows.n) for one in rows.slices.values())


def _places(places: IntArray, rows: int) -> bool:
    rising = places.ndim == 1 and places.dtype == np.int64 and bool(np.all(np.diff(places) > 0))
    return rising and (not places.size or (int(places[0]) >= 0 and int(places[-1]) < rows))
