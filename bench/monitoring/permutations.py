"""Whether figures depend on the order in which rows and labels come.

Labels come twice, 90 days late, before their prediction, for ids that nobody knows, and against each other with and without
a higher revision. Each permutation is a run of its own through the real collection, labels and windows, on SQLite. Prints one
line: how many of the permutations gave the same figures to 1e-12, against all of them; the limit is all. Before that the
same is asked of a build in which the last arrival wins, which has to fail.
"""

import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))

import numpy as np
from lines import line

from lamplighter.domain.slices import key_of
from lamplighter.lifecycle.outcomes import read_day
from lamplighter.monitoring.labelled import by_slice, labelled_from
from lamplighter.monitoring.outcomes import outcomes
from lamplighter.monitoring.quality import auc, brier, log_loss
from lamplighter.monitoring.ranking import average_precision
from lamplighter.store.outcomes import Day
from lamplighter.store.predictions import Predictions
from lamplighter.store.transaction import Store, Transaction

DAY = 86_400_000_000
ROWS, REQUESTS = 48, 8
#: Seeds of permutations, each a store of its own; as many processes as the machine has cores share them.
_PARTS = 8
#: One thing that comes: rows of a request, or labels with the moment at which they come.
Step = tuple[str, Any]
Keep = Callable[[Transaction, Sequence[tuple[str, float, int]], int], None]


def steps() -> list[Step]:
    """Everything that comes, once."""
    generator = np.random.default_rng(20)
    scores = generator.random(ROWS)
    found: list[Step] = []
    truth = (generator.random(ROWS) < scores).astype(float)
    for request in range(REQUESTS):
        rows = range(request, ROWS, REQUESTS)
        found.append(("rows", [_row(f"{request}.{row}", float(scores[row]), row) for row in rows]))
        found += [("labels", ([(f"{request}.{row}", float(truth[row]), 0)], DAY)) for row in rows]
    twice = [("labels", ([(f"0.{row}", float(truth[row]), 0)], 2 * DAY)) for row in range(0, ROWS, REQUESTS)]
    late = [("labels", ([(f"1.{row}", 1.0 - float(truth[row]), 1)], 90 * DAY)) for row in range(1, ROWS, REQUESTS)]
    against = [("labels", ([(f"2.{row}", 1.0 - float(truth[row]), 0)], DAY)) for row in range(2, ROWS, REQUESTS)]
    nobody = [("labels", ([("nobody.0", 1.0, 0), ("nobody.1", 0.0, 3)], DAY))]
    return [*found, *twice, *late, *against, *nobody]


def _row(key: str, score: float, place: int) -> dict[str, Any]:
    slices = key_of({"origin": ("EWR", "JFK", "LGA")[place % 3]})
    where = {"model": "m", "environment": "prod", "number": 1, "arm": "champion"}
    return {**where, "id": key, "event_at": DAY + place, "score": score, "slices": slices}


def highest_revision(change: Transaction, labels: Sequence[tuple[str, float, int]], now: int) -> None:
    """As it is built."""
    change.predictions.label(labels, now)


def last_arrival(change: Transaction, labels: Sequence[tuple[str, float, int]], now: int) -> None:
    """A broken build: whatever comes last is the truth, whatever its revision."""
    Broken(change.connection).label(labels, now)


class Broken(Predictions):
    """Takes a label for newer than every one before it."""

    clock = 0

    def label(self, rows: Sequence[tuple[str, float, int]], now: int) -> None:
        Broken.clock += 1
        super().label([(key, value, Broken.clock) for key, value, _ in rows], now)


class Undone(Exception):
    """Ends a permutation; its transaction leaves nothing."""


@contextmanager
def opened() -> Iterator[Store]:
    """A store in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'control.db'}")
        yield store
        store.close()


def figures(store: Store, order: Sequence[Step], keep: Keep) -> np.ndarray[Any, Any]:
    """Every figure of all rows and of each slice, with the ends of its interval."""
    found: list[float] = []
    try:
        with store.transaction() as change:
            for what, step in order:
                if what == "rows":
                    change.predictions.keep(step)
                else:
                    keep(change, *step)
            found += _figures(read_day(change, "m", "prod", 1, DAY))
            raise Undone
    except Undone:
        return np.array(found)


def _figures(day: Day | None) -> list[float]:
    assert day is not None
    rows = labelled_from(day.rows)
    found: list[float] = [day.scored, day.labelled]
    for part in (rows, *(rows.at(places) for places in by_slice(rows).values())):
        for measure in (auc, brier, log_loss, average_precision):
            figure = measure(outcomes(part.labels, part.scores))
            found += [getattr(figure, name, -1.0) for name in ("value", "low", "high", "n")]
    return found


def same(permutations: int, keep: Keep, seed: int = 0) -> int:
    """How many permutations give the figures of the first order."""
    every = steps()
    generator, count = random.Random(seed), 0
    with opened() as store:
        expected = figures(store, every, keep)
        for _ in range(permutations):
            order = every[:]
            generator.shuffle(order)
            count += bool(np.allclose(figures(store, order, keep), expected, rtol=0.0, atol=1e-12))
    return count


def main(permutations: int) -> int:
    """Print the line; 1 if the limit is not kept."""
    broken = same(100, last_arrival)
    print(f"bench monitoring.permutations broken build, last arrival wins: {broken} of 100 alike", flush=True)
    parts = [len(range(first, permutations, _PARTS)) for first in range(_PARTS)]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
        alike = sum(processes.map(same, parts, repeat(highest_revision), range(_PARTS)))
    line("monitoring.permutations", alike, "limit", permutations, "identical", lower_is_better=False)
    return int(alike != permutations or broken == 100)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
