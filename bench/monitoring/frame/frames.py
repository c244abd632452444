"""What every peer starts from: the two files as frames of pandas, and its figure as a line of JSON.

Reading production is timed apart. Texts are as pandas reads them, and a peer works with its own defaults.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

#: What reading production took, as `timed` gives it.
_reading = np.zeros(2)


def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Reference, over six days before the first, and production."""
    home = Path(sys.argv[1])
    reference = pd.read_parquet(home / "reference.parquet")
    production = _production(home / "production.parquet")
    before = production["at"].min().floor("D")
    seconds = np.arange(len(reference)) * (6 * 86_400 / len(reference))
    reference["at"] = before - pd.Timedelta(days=6) + pd.to_timedelta(seconds, unit="s")
    return reference, production


def _production(path: Path) -> pd.DataFrame:
    found: list[pd.DataFrame] = []
    _reading[:] = timed(lambda: found.append(pd.read_parquet(path)))
    return found[0]


def numbers(frame: pd.DataFrame) -> list[str]:
    """Names of the columns of numbers."""
    return [name for name in frame if name.startswith("number_")]


def texts(frame: pd.DataFrame) -> list[str]:
    """Names of the columns of texts."""
    return [name for name in frame if name.startswith("text_")]


def days(frame: pd.DataFrame, count: int) -> list[pd.DataFrame]:
    """The last so many days, one frame each."""
    return [day for _, day in frame.groupby(frame["at"].dt.floor("D"))][-count:]


def timed(work: Callable[[], object]) -> np.ndarray:
    """Seconds of the processor, in every thread and in processes that it started and that have ended; then those of a clock."""
    start = _now()
    work()
    return _now() - start


def _now() -> np.ndarray:
    times = os.times()
    return np.array([sum(times[:4]), times.elapsed])


def told(**figures: object) -> None:
    """Print the figures, what reading took and the memory at its highest, MB."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("\n" + json.dumps({**figures, "reading": _reading, "memory": memory}, default=np.ndarray.tolist), flush=True)
