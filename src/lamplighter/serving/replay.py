"""`python -m lamplighter.serving.replay FOLDER`: score the last requests of each consumer by two versions and compare.

The folder holds `order.json` and the requests, `requests.seg`; `outcome.json` is left there, as a whole or not at all.
"""

import asyncio
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from lamplighter.domain.contract import problems_of
from lamplighter.domain.decoding import from_json
from lamplighter.domain.prediction import Scored, frames
from lamplighter.domain.record import canonical
from lamplighter.domain.replay import Figures, Order, Outcome, Thresholds
from lamplighter.domain.route import Arm
from lamplighter.serving.codecs.base import Question
from lamplighter.serving.files import replace
from lamplighter.serving.runtimes.base import Surroundings, Unloadable
from lamplighter.serving.versions import Loaded, open_version

#: Steps of courtesy towards the processes that answer callers.
_NICE = 10


@dataclass
class _Seen:
    """What became of one consumer's requests."""

    requests: int = 0
    refused: int = 0
    failed: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    before: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)
    live_ms: list[float] = field(default_factory=list)
    candidate_ms: list[float] = field(default_factory=list)


def main(folder: Path) -> int:
    """Replay what the folder holds; the exit status."""
    os.nice(_NICE)
    order = from_json((folder / "order.json").read_bytes(), Order)
    records = [record for record, _ in frames((folder / "requests.seg").read_bytes())]
    replace(folder / "outcome.json", canonical(asyncio.run(_outcome(order, records))))
    return 0


async def _outcome(order: Order, records: Sequence[Scored]) -> Outcome:
    around = Surroundings(
        environments=Path(order.environments) if order.environments else None, keys=Path(order.keys) if order.keys else None
    )
    try:
        live = await open_version(order.model, order.live, Path(order.artifacts), around)
    except Unloadable as error:
        return Outcome(why=f"The live version cannot be loaded: {error}")
    try:
        candidate = await open_version(order.model, order.candidate, Path(order.artifacts), around)
    except Unloadable as error:
        live.retire()
        await live.closed()
        return Outcome(why=f"The version cannot be loaded: {error}")
    seen: defaultdict[str, _Seen] = defaultdict(_Seen)
    for record in records:
        await _replay(seen[record.consumer], record, live, candidate)
    for version in (live, candidate):
        version.retire()
        await version.closed()
    nothing = Thresholds()
    return Outcome(consumers={name: _figures(one, order.thresholds.get(name, nothing)) for name, one in seen.items()})


async def _replay(seen: _Seen, record: Scored, live: Loaded, candidate: Loaded) -> None:
    """A request from before the live version's contract says nothing about the change and is left out."""
    columns = {name: list(values) for name, values in record.columns.items()}
    if problems_of(live.contract, columns):
        return
    seen.requests += 1
    problems = problems_of(candidate.contract, columns)
    if problems:
        seen.refused += 1
        seen.problems.update({problem.code for problem in problems})
        return
    rows = len(next(iter(columns.values()), []))
    before = await live.attempt(Arm.SHADOW, Question(columns, rows))
    after = await candidate.attempt(Arm.SHADOW, Question(columns, rows))
    seen.failed += after.failed is not None
    if before.failed is None and after.failed is None:
        seen.before += before.scores
        seen.after += after.scores
        seen.live_ms.append(before.duration / 1000)
        seen.candidate_ms.append(after.duration / 1000)


def _figures(seen: _Seen, thresholds: Thresholds) -> Figures:
    before, after = np.asarray(seen.before), np.asarray(seen.after)
    counted = Figures(
        requests=seen.requests,
        refused=seen.refused,
        problems=dict(seen.problems),
        failed=seen.failed,
        thresholds=thresholds,
    )
    if not before.size:
        return counted
    shift = after - before
    low, high, highest = np.quantile(np.abs(shift), (0.5, 0.95, 0.99)).tolist()
    up, down = _flips(before, after, thresholds)
    return msgspec.structs.replace(
        counted,
        rows=int(before.size),
        flips_up=up,
        flips_down=down,
        shift=float(shift.mean()),
        shift_absolute=float(np.abs(shift).mean()),
        shift_quantiles=(low, high, highest),
        shift_largest=float(np.abs(shift).max()),
        live_ms=float(np.median(seen.live_ms)),
        candidate_ms=float(np.median(seen.candidate_ms)),
    )


def _flips(before: NDArray[np.float64], after: NDArray[np.float64], thresholds: Thresholds) -> tuple[int, int]:
    if thresholds.before is None or thresholds.after is None:
        return 0, 0
    was, is_now = before >= thresholds.before, after >= thresholds.after
    return int((~was & is_now).sum()), int((was & ~is_now).sum())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
