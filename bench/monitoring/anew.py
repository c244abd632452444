"""What it costs to count the prediction log anew from its files, against counting the same requests as they come in.

Files of 12,000 requests with 50 inputs each, as compaction writes them; seconds of the processor for each row.
"""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from arro3.io import read_parquet
from lines import line
from million import CONTRACT, NUMBERS, START, TEXTS, files, reference

from lamplighter.domain.prediction import Scored
from lamplighter.domain.route import Arm
from lamplighter.lifecycle import logged, profiles
from lamplighter.lifecycle.logged import Asked
from lamplighter.monitoring.counts import counts_bytes
from lamplighter.monitoring.table import DAY, count_parts
from lamplighter.store import recorded

_FILES, _ROWS, _RUNS = 8, 12_000, 3
_MODEL = "counted"


def requests() -> list[list[Scored]]:
    """The requests of each file, of one day."""
    batches = read_parquet(str(files()[1]), batch_size=_ROWS)
    found = []
    for place, batch in zip(range(_FILES), batches, strict=False):
        columns = {name: batch[name].to_pylist() for name in (*NUMBERS, *TEXTS)}
        scores = batch["score"].to_pylist()
        found.append([_request(place, row, columns, scores[row]) for row in range(_ROWS)])
    return found


def _request(place: int, row: int, columns: Mapping[str, Any], score: float) -> Scored:
    at = START + (place * _ROWS + row) * DAY // (_FILES * _ROWS)
    inputs = {name: [values[row]] for name, values in columns.items()}
    return Scored(
        request=f"{place:02x}{row:028x}",
        model=_MODEL,
        number=1,
        digest="d" * 64,
        arm=Arm.CHAMPION,
        consumer="crm",
        at=at,
        event_at=at,
        duration=400,
        columns=inputs,
        scores=[score],
        rows=1,
    )


def microseconds(work: Callable[[], bytes]) -> tuple[float, bytes]:
    """Of the processor for each row, and what was counted."""
    found = []
    for _ in range(_RUNS):
        start = time.process_time()
        counted = work()
        found.append((time.process_time() - start) / (_FILES * _ROWS) * 1e6)
    return median(found), counted


def main() -> None:
    """Print the line."""
    profile, groups = reference(), requests()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{place}.parquet" for place in range(_FILES)]
        for path, group in zip(paths, groups, strict=True):
            recorded.write(path, CONTRACT, group)

        def anew() -> bytes:
            parts = logged.parts(paths, 0, Asked(lambda _: {}))
            return counts_bytes(count_parts(profile, parts, logged.naming(()))[START])

        def as_they_come() -> bytes:
            every = [record for group in groups for record in group]
            return counts_bytes(profiles.counts_of(every, {(_MODEL, 1): profile})[_MODEL, 1, START])

        (ours, counted), (theirs, same) = microseconds(anew), microseconds(as_they_come)
    assert counted == same
    line("recount_row_of_50", ours, "as_it_came_in", theirs, "us", lower_is_better=True)


if __name__ == "__main__":
    main()
