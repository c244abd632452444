"""1,000,000 late labels joined to their scores by id, 30 days of figures for two classes with intervals, and the figures that
are expected before the labels come; against NannyML and Evidently on the same rows in memory.

Ours gives more figures than either, all that are for probabilities, each with its interval. Seconds are those of the processor,
of every thread, so that what else runs on the machine counts for nobody.
"""

import sys
import time
from collections.abc import Callable
from statistics import median

import msgspec
import numpy as np
from arro3.io import read_parquet
from contest import told
from lines import line
from million import CONTRACT, DAY, HOME, PRODUCTION, REFERENCE, files
from numpy.typing import NDArray

from lamplighter import plugins
from lamplighter.domain.contract import Meaning
from lamplighter.measures import measure
from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring.arrays import as_numbers
from lamplighter.monitoring.arrow import Stream
from lamplighter.monitoring.binning import NumericBins
from lamplighter.monitoring.counts import count, windows
from lamplighter.monitoring.estimated import CLASSES, Estimate, estimate
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.outcomes import outcomes
from lamplighter.monitoring.profile import PREDICTION, reference_profile
from lamplighter.monitoring.truth import truth

_RUNS = 5
#: How many times slower than ours a peer is to be.
_QUALITY, _ESTIMATED = {"nannyml": 10.0, "evidently": 30.0}, 10.0
MEASURES = [
    found
    for name in plugins.names("measures")
    if isinstance(found := measure(name), QualityMeasure) and found.meaning is Meaning.PROBABILITY
]
#: Only scores are looked at.
_SCORES = msgspec.structs.replace(CONTRACT, inputs=())
Columns = dict[str, NDArray[np.float64]]


def columns(path: str, rows: int, names: tuple[str, ...]) -> Columns:
    """Columns of a file in memory, as the peers have them."""
    batch = Stream(read_parquet(path, batch_size=rows)).next()
    assert batch is not None
    return {name: as_numbers(batch.column(name), name).copy() for name in names}


def seconds(work: Callable[[], object]) -> float:
    """Median of some runs."""
    found = []
    for _ in range(_RUNS):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return median(found)


def by_day(moments: NDArray[np.float64], *values: NDArray[np.float64]) -> list[tuple[NDArray[np.float64], ...]]:
    """The values of each day."""
    days = (moments // DAY).astype(np.int16)
    order = np.argsort(days, kind="stable")
    cuts = np.flatnonzero(np.diff(days[order])) + 1
    return list(zip(*(np.split(each[order], cuts) for each in values), strict=True))


def quality(rows: Columns, ids: NDArray[np.float64], labels: NDArray[np.float64]) -> int:
    """How many figures there are of all days."""
    order = np.argsort(ids)
    known = labels[order][np.searchsorted(ids[order], rows["id"])]
    days = [outcomes(truth, scores) for truth, scores in by_day(rows["at"], known, rows["score"])]
    return sum(not isinstance(each.measure(day), Missing) for day in days for each in MEASURES)


def estimated(past: Columns, rows: Columns) -> int:
    """How many figures are expected: from the rows of the reference on, and those of each day."""
    profile = reference_profile(_SCORES, {}, past["score"], edges=(0.5,))
    bins = profile.columns[PREDICTION].bins
    assert isinstance(bins, NumericBins)
    known = truth(bins, Meaning.PROBABILITY, past["label"], past["score"], 0.5, held_out=True)
    assert known is not None
    days = (count(profile, {}, scores) for (scores,) in by_day(rows["at"], rows["score"]))
    found = [estimate(known, windows(profile, counts)[PREDICTION]) for counts in days]
    return sum(len(each.figures) for each in found if isinstance(each, Estimate))


def main() -> int:
    """Print a line for each figure and peer; 1 if a peer that took part is too near."""
    paths = [str(path) for path in files()]
    rows = columns(paths[1], PRODUCTION, ("id", "at", "score", "label"))
    late = np.random.default_rng(0).permutation(PRODUCTION)
    ids, labels = rows["id"][late], rows["label"][late]
    past = columns(paths[0], REFERENCE, ("score", "label"))
    assert quality(rows, ids, labels) == 30 * len(MEASURES)
    assert estimated(past, rows) == 30 * len(CLASSES)
    ours, expected = seconds(lambda: quality(rows, ids, labels)), seconds(lambda: estimated(past, rows))
    far = []
    for peer, times in _QUALITY.items():
        theirs = told(peer, "quality", HOME)
        if theirs is not None:
            name = f"quality_1m_labels_30_days_{len(MEASURES)}_figures"
            far.append(line(name, ours, peer, theirs["quality"][0], "s", lower_is_better=True) >= times)
        if theirs is not None and "estimate" in theirs:
            ratio = line("estimated_quality_1m_30_days", expected, peer, theirs["estimate"][0], "s", lower_is_better=True)
            far.append(ratio >= _ESTIMATED)
    return int(not all(far))


if __name__ == "__main__":
    sys.exit(main())
