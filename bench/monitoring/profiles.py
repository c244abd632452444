"""Profiles of 1,000,000 rows by 50 columns: 30 days at once, one more day, and any view of them afterwards, against peers.

Ours is timed from the closed Parquet file to every measure of every column and day; peers from frames in memory to their drift
of the same days, and in lines `from_the_file` with pandas' reading of that file before it. A peer that takes minutes gets fewer
days, and its time is scaled to 30, as the line says. Ours gives every measure, most peers one. Against limits seconds are those
of a clock; against peers there is a line for these and one for the seconds of the processor in all threads. What the reader
takes alone, which is the larger part of ours, says how much room there is above that.
"""

import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from arro3.io import read_parquet, write_parquet
from contest import told
from lines import line
from million import DAYS, HOME, PRODUCTION, files, reference

from lamplighter import plugins
from lamplighter.measures import measure
from lamplighter.measures.base import DriftMeasure
from lamplighter.monitoring.arrow import Stream
from lamplighter.monitoring.counts import Counts, merge_all
from lamplighter.monitoring.profile import Profile
from lamplighter.monitoring.table import Naming, Part, count_parts
from lamplighter.monitoring.timeline import distances, stacked

PEERS = ("nannyml", "popmon", "alibi_detect", "frouros", "deepchecks", "whylogs", "evidently")
#: Rows at once of a file of many days, and of one day, so that counting begins before reading has ended.
_BATCH, _DAY_BATCH, _RUNS = 65_536, 8_192, 5
#: Seconds that one more day and a view may take, and scans that everything may.
_DAY_LIMIT, _VIEW_LIMIT, _SCANS = 0.06, 0.05, 4.0
MEASURES = [found for name in plugins.names("measures") if isinstance(found := measure(name), DriftMeasure)]


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Median of some runs, by the clock and of the processor."""
    found = []
    for _ in range(_RUNS):
        start = time.perf_counter(), time.process_time()
        work()
        found.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    by_clock, spent = zip(*found, strict=True)
    return median(by_clock), median(spent)


def counted(profile: Profile, path: Path, batch: int = _BATCH) -> list[Counts]:
    """A file by day."""
    found = count_parts(profile, [Part(read_parquet(str(path), batch_size=batch))], Naming(time="at", scores="score"))
    return list(found.values())


def day_file(production: Path) -> Path:
    """The last 33,333 rows but ten, in a file of their own."""
    path = HOME / "one_more_day.parquet"
    if not path.exists():
        batches = read_parquet(str(production), batch_size=PRODUCTION // DAYS)
        write_parquet(next(islice(batches, DAYS - 1, None)), str(path), compression="zstd(1)")
    return path


def main() -> None:
    """Print a line for each figure."""
    production = files()[1]
    day = day_file(production)
    profile = reference()

    def whole() -> None:
        distances(profile, stacked(profile, counted(profile, production)), MEASURES)

    def one_more() -> None:
        distances(profile, stacked(profile, counted(profile, day, _DAY_BATCH)), MEASURES)

    def reading() -> None:
        stream = Stream(read_parquet(str(production), batch_size=_BATCH))
        while (batch := stream.next()) is not None:
            batch.close()

    windows = counted(profile, production)

    def views() -> None:
        weeks = [merge_all(profile, windows[start : start + 7]) for start in range(DAYS - 6)]
        distances(profile, stacked(profile, weeks), MEASURES)

    (ours, spent), (another, spent_another), (view, _) = seconds(whole), seconds(one_more), seconds(views)
    read = seconds(reading)[1]
    scan = told("polars", "scan", production)
    if scan is not None:
        line("profile_1m_x_50_30_days", ours, "polars_scan", scan["seconds"], "s", lower_is_better=True)
        line("profile_1m_x_50_30_days", ours, "limit_4_scans", _SCANS * scan["seconds"], "s", lower_is_better=True)
    line("one_more_day_33k_x_50", another, "limit", _DAY_LIMIT, "s", lower_is_better=True)
    line("rolling_7_of_30_days_x_50", view, "limit", _VIEW_LIMIT, "s", lower_is_better=True)
    for peer in PEERS if len(sys.argv) == 1 else sys.argv[1:]:
        theirs = told(peer, "drift", HOME)
        if theirs is not None:
            against(peer, theirs, (spent, ours), (spent_another, another), read)


def against(peer: str, theirs: dict[str, Any], ours: Sequence[float], another: Sequence[float], read: float) -> None:
    """The lines of one peer; `read` is what the reader alone took of the processor."""
    days = int(theirs["days"])
    name = peer if days == DAYS else f"{peer}_scaled_from_{days}_of_{DAYS}_days"
    line("reading_1m_x_50_alone_processor", read, name, theirs["windows"][0] * DAYS / days, "s", lower_is_better=True)
    for place, what in enumerate(("processor", "clock")):
        whole = theirs["windows"][place] * DAYS / days
        line(f"profile_1m_x_50_30_days_{what}", ours[place], name, whole, "s", lower_is_better=True)
        with_reading = whole + theirs["reading"][place]
        line(f"profile_1m_x_50_30_days_{what}", ours[place], f"{name}_from_the_file", with_reading, "s", lower_is_better=True)
        if "every_measure" in theirs:
            every = theirs["every_measure"][place] * DAYS / days
            line(f"profile_1m_x_50_30_days_{what}", ours[place], f"{name}_every_measure", every, "s", lower_is_better=True)
        if "day" in theirs:
            line(f"one_more_day_33k_x_50_{what}", another[place], peer, theirs["day"][place], "s", lower_is_better=True)


if __name__ == "__main__":
    main()
