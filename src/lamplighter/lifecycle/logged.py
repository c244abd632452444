"""Which rows of the prediction log count: those that the collector counted when they came in.

An answer in place of a version, a drill and a version that failed count for nothing, and whoever asks again under an id of
their own has asked once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lamplighter.domain.contract import Kind
from lamplighter.domain.outage import DRILL
from lamplighter.domain.prediction import Scored, prediction_id
from lamplighter.domain.route import Arm
from lamplighter.lifecycle.intake import is_named_by_caller
from lamplighter.monitoring.arrays import FloatArray, IntArray, as_numbers
from lamplighter.monitoring.arrow import Batch
from lamplighter.monitoring.binning import CategoryBins
from lamplighter.monitoring.counter import ColumnCounter
from lamplighter.monitoring.form import listed
from lamplighter.monitoring.table import Naming, Part
from lamplighter.monitoring.texts import Texts
from lamplighter.store import recorded

#: Rows that are read at once.
_BATCH = 65_536


class Question(NamedTuple):
    """What tells a record from another one of the same version under the same id."""

    request: str
    event_at: int
    #: Score of its first row.
    score: float


class Asked:
    """Which records of a version came first under their id.

    What is kept of the rows tells, as far as it is kept; of records that are the same in this too, only one counts. Ids of
    callers are remembered in eight bytes each: the chance that any two of a million are taken for one is 1 in 30 million.
    """

    def __init__(self, kept: Callable[[Sequence[str]], Mapping[str, tuple[int, float]]]) -> None:
        """`kept` gives event time and score of rows by their id."""
        self._kept = kept
        self._known: IntArray = np.empty(0, dtype=np.int64)

    def first(self, questions: Sequence[Question]) -> NDArray[np.bool_]:
        """Whether each record counts, of those whose id a caller has chosen."""
        found = np.array(self._same(questions), dtype=np.bool_)
        same = np.flatnonzero(found)
        found[same] = self._fresh(np.array([hash(questions[place].request) for place in same.tolist()], dtype=np.int64))
        return found

    def _same(self, questions: Sequence[Question]) -> list[bool]:
        ids = [prediction_id(one.request, 0) for one in questions]
        kept = self._kept(ids)
        return [
            kept.get(identity, (one.event_at, one.score)) == (one.event_at, one.score)
            for identity, one in zip(ids, questions, strict=True)
        ]

    def _fresh(self, ids: IntArray) -> NDArray[np.bool_]:
        unique, firsts = np.unique(ids, return_index=True)
        places = np.searchsorted(self._known, unique)
        new = np.append(self._known, 0)[places] != unique
        new |= places == self._known.size
        self._known = np.insert(self._known, places[new], unique[new])
        found = np.zeros(ids.size, dtype=np.bool_)
        found[firsts[new]] = True
        return found


def counted(records: Iterable[Scored], asked: Asked) -> list[Scored]:
    """Records of one version that count."""
    found = [one for one in records if one.scores and one.arm is not Arm.FALLBACK and not one.consumer.startswith(DRILL)]
    # What was pushed is in the log only if its id was new.
    given = [one for one in found if not one.ids and is_named_by_caller(one.request)]
    first = asked.first([Question(one.request, one.event_at, one.scores[0]) for one in given])
    again = {id(one) for one, is_first in zip(given, first, strict=True) if not is_first}
    return [one for one in found if id(one) not in again]


def naming(hidden: Sequence[str]) -> Naming:
    """How the columns of a file are called, of which some do not hold their values as they came."""
    return Naming(time="event_at", scores="score", inputs=recorded.INPUT, left_out=frozenset(hidden))


def parts(files: Iterable[Path], since: int, asked: Asked) -> Iterator[Part]:
    """Files of one version and one redaction, with the rows from a moment of event time on."""
    for file in files:
        yield Part(recorded.batches(file, _BATCH), _Rows(since, asked))


class _Rows:
    """The rows of one file, batch by batch in their order: those of a record may stand in two."""

    def __init__(self, since: int, asked: Asked) -> None:
        self._since, self._asked = since, asked
        self._record, self._counts = -1.0, False

    def __call__(self, batch: Batch) -> NDArray[np.bool_] | None:
        """Which rows count; nothing where all do."""
        if not batch.rows:
            return None
        scores, records = (as_numbers(batch.column(name), name) for name in ("score", "record"))
        times, kept = (as_numbers(batch.column(name), name) for name in ("event_at", "kept"))
        begins = np.diff(records, prepend=self._record) != 0.0
        counts = np.append(self._begun(batch, np.flatnonzero(begins), times, scores), self._counts)
        # The row before the first that begins a record belongs to the record of the batch before, whose answer stands last.
        of_rows = counts[np.cumsum(begins) - 1]
        self._record, self._counts = float(records[-1]), bool(of_rows[-1])
        chosen = of_rows & ~np.isnan(scores) & (kept == 1.0) & (times >= self._since)
        return None if chosen.all() else chosen

    def _begun(self, batch: Batch, places: NDArray[np.intp], times: FloatArray, scores: FloatArray) -> NDArray[np.bool_]:
        """Whether each record counts that begins in the batch."""
        drills = [consumer.startswith(DRILL) for consumer in _listed(batch, "consumer")]
        counts = (_ARMS.read(batch.column("arm")) != 0) & ~np.isnan(scores) & ~np.array(drills, dtype=np.bool_)
        requests, own = _listed(batch, "request"), ~_there(batch, "id")
        begun = places[counts[places] & own[places]].tolist()
        given = [place for place in begun if is_named_by_caller(requests[place])]
        counts[given] = self._asked.first([Question(requests[one], int(times[one]), float(scores[one])) for one in given])
        return np.asarray(counts[places])


#: Tells the answers in place of a version apart, which have the place 0.
_ARMS = ColumnCounter("arm", CategoryBins(kind=Kind.TEXT, categories=(Arm.FALLBACK.value,)))


def _listed(batch: Batch, name: str) -> Sequence[str]:
    return listed(batch.column(name))


def _there(batch: Batch, name: str) -> NDArray[np.bool_]:
    values = batch.column(name)
    return values.there() if isinstance(values, Texts) else np.zeros(batch.rows, dtype=np.bool_)
