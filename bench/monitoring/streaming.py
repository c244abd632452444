"""What counting costs as predictions come in: records of the log, a bite of so many at a time, into the counts of their day.

A bite is read, counted, added to what the day holds, and written back; the database is left out. Limit: 2 us a value.
"""

import time
from statistics import median

from arro3.io import read_parquet
from lines import line
from million import NUMBERS, TEXTS, files, reference

from lamplighter.monitoring.counts import count, counts_bytes, counts_from, merge

_BITES, _LIMIT = 20, 2.0


def main() -> None:
    """Print a line for each size of bite."""
    profile = reference()
    batch = next(iter(read_parquet(str(files()[1]), batch_size=5000)))
    rows = {name: batch[name].to_pylist() for name in (*NUMBERS, *TEXTS)}
    scores = batch["score"].to_pylist()
    for size in (64, 500, 5000):
        part, given = {name: values[:size] for name, values in rows.items()}, scores[:size]
        known, found = counts_bytes(count(profile, part, given)), []
        for _ in range(_BITES):
            start = time.perf_counter()
            known = counts_bytes(merge(counts_from(known), count(profile, part, given)))
            found.append(time.perf_counter() - start)
        each = median(found) / size / (len(rows) + 1) * 1e6
        line(f"count_streaming_bite_of_{size}", each, "limit", _LIMIT, "us", lower_is_better=True)


if __name__ == "__main__":
    main()
