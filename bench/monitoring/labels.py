"""1,000,000 late labels joined to their scores by id, 30 days of figures for two classes with intervals, and the figures that
are expected before the labels come; against NannyML and Evidently on the same rows.

Ours gives more figures than either: all that are for probabilities, each with its interval.
"""

import time
from collections.abc import Callable
from statistics import median

import numpy as np
from arro3.io import read_parquet
from contest import told
from lines import line
from million import DAY, HOME, PRODUCTION, REFERENCE, files, reference
from numpy.typing import NDArray

from lamplighter import plugins
from lamplighter.domain.contract import Meaning
from lamplighter.measures import measure
from lamplighter.measures.base import QualityMeasure
from lamplighter.monitoring.arrow import Stream
from lamplighter.monitoring.binning import NumericBins
from lamplighter.monitoring.counts import Counts, windows
from lamplighter.monitoring.estimated import Estimate, estimate
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.outcomes import outcomes
from lamplighter.monitoring.profile import PREDICTION, Profile
from lamplighter.monitoring.table import count_table
from lamplighter.monitoring.truth import truth

_RUNS = 3
MEASURES = [
    found
    for name in plugins.names("measures")
    if isinstance(found := measure(name), QualityMeasure) and found.meaning is Meaning.PROBABILITY
]


def columns(path: str, rows: int, names: tuple[str, ...]) -> dict[str, NDArray[np.float64]]:
    """Columns of a file in memory, as the peers have them."""
    batch = Stream(read_parquet(path, batch_size=rows)).next()
    assert batch is not None
    return {name: np.array(batch.column(name)) for name in names}


def seconds(work: Callable[[], object]) -> float:
    """Median of some runs."""
    found = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return median(found)


def quality(rows: dict[str, NDArray[np.float64]], ids: NDArray[np.float64], labels: NDArray[np.float64]) -> int:
    """How many figures there are of all days."""
    order = np.argsort(ids)
    at = np.searchsorted(ids, rows["id"], sorter=order)
    known = labels[order[at]]
    days = rows["at"] // DAY
    made = 0
    for day in np.unique(days):
        chosen = days == day
        found = outcomes(known[chosen], rows["score"][chosen])
        made += sum(not isinstance(each.measure(found), Missing) for each in MEASURES)
    return made


def estimated(profile: Profile, days: list[Counts], labels: NDArray[np.float64], scores: NDArray[np.float64]) -> int:
    """How many figures are expected, from the truth of the reference on."""
    bins = profile.columns[PREDICTION].bins
    assert isinstance(bins, NumericBins)
    known = truth(bins, Meaning.PROBABILITY, labels, scores, 0.5, held_out=True)
    assert known is not None
    found = [estimate(known, windows(profile, counts)[PREDICTION]) for counts in days]
    return sum(len(each.figures) for each in found if isinstance(each, Estimate))


def main() -> None:
    """Print a line for each figure and peer."""
    paths, profile = [str(path) for path in files()], reference()
    rows = columns(paths[1], PRODUCTION, ("id", "at", "score", "label"))
    late = np.random.default_rng(0).permutation(PRODUCTION)
    ids, labels = rows["id"][late], rows["label"][late]
    past = columns(paths[0], REFERENCE, ("score", "label"))
    table = count_table(profile, read_parquet(paths[1], batch_size=65_536), time="at", scores="score")
    ours = seconds(lambda: quality(rows, ids, labels))
    expected = seconds(lambda: estimated(profile, list(table.values()), past["label"], past["score"]))
    for peer in ("nannyml", "evidently"):
        theirs = told(peer, "quality", HOME)
        if theirs is not None:
            line(f"quality_1m_labels_30_days_{len(MEASURES)}_figures", ours, peer, theirs["quality"], "s", lower_is_better=True)
        if theirs is not None and "estimate" in theirs:
            line("estimated_quality_30_days", expected, peer, theirs["estimate"], "s", lower_is_better=True)


if __name__ == "__main__":
    main()
