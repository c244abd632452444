"""How far the measures of binned counts are from exact ones on the raw values: the largest gap over 35 columns of numbers."""

import numpy as np
from arro3.io import read_parquet
from lines import line
from million import DAYS, NUMBERS, PRODUCTION, files, reference
from numpy.typing import NDArray
from scipy.stats import ks_2samp, wasserstein_distance  # type: ignore[import-untyped]

from lamplighter.measures import drift_measure
from lamplighter.monitoring.arrays import as_numbers
from lamplighter.monitoring.arrow import Stream
from lamplighter.monitoring.counts import count, windows

#: What a day and what everything may differ by, by measure: twice what 512 quantiles gave on such a table.
_LIMITS = {
    ("kolmogorov_smirnov", "day"): 6.6e-4,
    ("kolmogorov_smirnov", "whole"): 2.6e-4,
    ("wasserstein", "day"): 1.16e-3,
    ("wasserstein", "whole"): 5.2e-4,
}


def values(path: str, rows: int) -> dict[str, NDArray[np.float64]]:
    """The first rows of the columns of numbers."""
    batch = Stream(read_parquet(path, batch_size=rows)).next()
    assert batch is not None
    return {name: as_numbers(batch.column(name), name).copy() for name in NUMBERS}


def exact(name: str, before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    """The measure by scipy."""
    before, after = before[np.isfinite(before)], after[np.isfinite(after)]
    if name == "wasserstein":
        return float(wasserstein_distance(before, after) / max(float(np.std(before)), 0.001))
    return float(ks_2samp(before, after).statistic)


def main() -> None:
    """Print a line for each measure and window."""
    paths, profile = [str(path) for path in files()], reference()
    known = values(paths[0], 200_000)
    for window, rows in (("day", PRODUCTION // DAYS), ("whole", PRODUCTION)):
        raw = values(paths[1], rows)
        binned = windows(profile, count(profile, raw))
        for name in ("kolmogorov_smirnov", "wasserstein"):
            measure = drift_measure(name)
            gaps = [
                abs(float(measure.distance(profile.columns[column], binned[column])) - exact(name, known[column], raw[column]))
                for column in NUMBERS
            ]
            line(f"largest_error_{name}_{window}", max(gaps), "limit", _LIMITS[name, window], "1", lower_is_better=True)


if __name__ == "__main__":
    main()
