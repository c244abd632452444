"""Rows whose truth is known, as arrays, with the slices that they lie in.

Reading a million rows from a database takes seconds, and from these bytes milliseconds. There rows are in an order of their
own, so equal rows give equal bytes, in whatever order rows and labels came.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from lamplighter.domain.record import Record
from lamplighter.domain.slices import Slice, slices_in
from lamplighter.monitoring import encoding
from lamplighter.monitoring.arrays import FloatArray, IntArray

_HEADER = b"lamplighter labelled 1\n"


class Labelled(Record, frozen=True, eq=False):
    """Parallel arrays, one entry a row.

    Law of change of the bytes: the first line names the format; fields may be added with a default.
    """

    labels: FloatArray
    scores: FloatArray
    #: Positions in `keys`.
    cells: IntArray
    #: The slices of a row, as they are kept beside it.
    keys: tuple[str, ...]

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.labels.size)

    def at(self, places: IntArray) -> "Labelled":
        """The rows at these positions."""
        cells = self.cells[places]
        return Labelled(labels=self.labels[places], scores=self.scores[places], cells=cells, keys=self.keys)


def labelled(labels: Sequence[float], scores: Sequence[float], keys: Sequence[str]) -> Labelled:
    """Rows that have a score and a label each, and the key of their slices."""
    names = tuple(sorted(set(keys)))
    places = {name: place for place, name in enumerate(names)}
    cells = np.fromiter((places[key] for key in keys), dtype=np.int64, count=len(keys))
    truth, given = np.asarray(labels, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    return Labelled(labels=truth, scores=given, cells=cells, keys=names)


def together(parts: Iterable[Labelled]) -> Labelled:
    """The rows of all parts: a window of days."""
    found = list(parts)
    names = tuple(sorted({key for part in found for key in part.keys}))
    places = {name: place for place, name in enumerate(names)}
    cells = [np.array([places[key] for key in part.keys], dtype=np.int64)[part.cells] for part in found]
    return Labelled(
        labels=_joined([part.labels for part in found]),
        scores=_joined([part.scores for part in found]),
        cells=np.concatenate(cells) if cells else np.empty(0, dtype=np.int64),
        keys=names,
    )


def _joined(arrays: Sequence[FloatArray]) -> FloatArray:
    return np.concatenate(arrays) if arrays else np.empty(0)


def by_slice(rows: Labelled) -> dict[Slice, IntArray]:
    """Positions of the rows of each slice, in the order of their names."""
    order = np.argsort(rows.cells, kind="stable").astype(np.int64)
    ends = np.cumsum(np.bincount(rows.cells, minlength=len(rows.keys)))
    groups = np.split(order, ends[:-1])
    return {
        one: np.concatenate([groups[cell] for cell in cells]) for one, cells in sorted(_cells(rows.keys).items(), key=_name)
    }


def _cells(keys: Sequence[str]) -> Mapping[Slice, list[int]]:
    found: dict[Slice, list[int]] = {}
    for cell, key in enumerate(keys):
        for one in slices_in(key):
            found.setdefault(one, []).append(cell)
    return found


def _name(entry: tuple[Slice, list[int]]) -> str:
    return str(entry[0])


def labelled_bytes(rows: Labelled) -> bytes:
    """The database value: a header line and compressed MessagePack. Equal rows give equal bytes."""
    order = np.lexsort((rows.scores, rows.labels, rows.cells)).astype(np.int64)
    return _HEADER + zlib.compress(encoding.body(rows.at(order)), 1)


def labelled_from(content: bytes) -> Labelled:
    """The rows in a database value; raises `UnreadableBytes`."""
    return encoding.unpacked(_HEADER, content, Labelled, "labelled rows")
