"""The table that every figure here is made of: 200,000 rows of reference and 1,000,000 of production in 30 days.

35 numbers, some with long tails, many zeros or whole; 15 texts of 5 to 200 categories; empty values everywhere; a score, and a
label that comes later. From day 16 on five numbers and two texts drift, from day 21 on the label no longer follows the score.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from arro3.core import Array, DataType, RecordBatch, RecordBatchReader
from arro3.io import read_parquet, write_parquet
from numpy.typing import NDArray

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.monitoring.arrays import Values, as_numbers
from lamplighter.monitoring.arrow import Stream
from lamplighter.monitoring.profile import Profile, reference_profile
from lamplighter.monitoring.texts import Texts

NUMBERS = tuple(f"number_{place:02}" for place in range(35))
TEXTS = tuple(f"text_{place:02}" for place in range(15))
DAYS, DAY = 30, 86_400_000_000
START = 20_000 * DAY
REFERENCE, PRODUCTION = 200_000, 1_000_000
#: Days from which on inputs, and the meaning of the score, are other than before.
DRIFT, CONCEPT = 16, 21
DRIFTING = (*NUMBERS[:5], *TEXTS[:2])
HOME = Path(__file__).parents[2] / ".bench" / "monitoring"
CONTRACT = Contract(
    inputs=(
        *(Column(name=name, kind=Kind.NUMBER, nullable=True) for name in NUMBERS),
        *(Column(name=name, kind=Kind.TEXT, nullable=True) for name in TEXTS),
    ),
    output=Output(name="late", meaning=Meaning.PROBABILITY, classes=("no", "yes")),
)


def files() -> tuple[Path, Path]:
    """Reference and production, written the first time."""
    reference, production = HOME / "reference.parquet", HOME / "production.parquet"
    if not production.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        _write(reference, iter([_rows(np.random.default_rng(1), REFERENCE, -1, 0)]))
        _write(production, _days())
    return reference, production


def large() -> Path:
    """Ten times production, written the first time."""
    path = HOME / "large.parquet"
    if not path.exists():
        production = files()[1]
        _write(path, (batch for _ in range(10) for batch in read_parquet(str(production), batch_size=100_000)))
    return path


def reference() -> Profile:
    """The reference profile."""
    columns = _columns(files()[0])
    return reference_profile(CONTRACT, columns, columns["score"], edges=(0.5,))


def _columns(path: Path) -> dict[str, Values]:
    batch = Stream(read_parquet(str(path), batch_size=REFERENCE)).next()
    assert batch is not None
    return {name: _kept(batch.column(name)) for name in (*NUMBERS, *TEXTS, "score", "label")}


def _kept(values: Any) -> Values:
    return values.tolist() if isinstance(values, Texts) else as_numbers(values, "kept").copy()


def _days() -> Iterator[RecordBatch]:
    first = np.arange(DAYS + 1) * PRODUCTION // DAYS
    for day in range(DAYS):
        yield _rows(np.random.default_rng([2, day]), int(first[day + 1] - first[day]), day, int(first[day]))


def _write(path: Path, batches: Iterator[RecordBatch]) -> None:
    first = next(batches)

    def every() -> Iterator[RecordBatch]:
        yield first
        yield from batches

    reader = RecordBatchReader.from_batches(first.schema, every())
    write_parquet(reader, str(path), compression="zstd(1)", max_row_group_size=100_000)


def _rows(random: np.random.Generator, n: int, day: int, first: int) -> RecordBatch:
    columns = {name: _number(random, n, place, day) for place, name in enumerate(NUMBERS)}
    logit = columns["number_00"] - 0.5 * columns["number_05"] + random.normal(size=n) - 1.0
    score = 1.0 / (1.0 + np.exp(-logit))
    chance = score if day < CONCEPT else 0.5 * score + 0.15
    arrays: dict[str, Any] = {name: _nullable(random, values, 0.03) for name, values in columns.items()}
    arrays |= {name: _text(random, n, place, day) for place, name in enumerate(TEXTS)}
    arrays["score"] = Array.from_numpy(score)
    arrays["label"] = Array.from_numpy((random.random(n) < chance).astype(np.float64))
    arrays["id"] = Array.from_numpy(np.arange(first, first + n))
    moments = START + max(day, 0) * DAY + np.sort(random.integers(0, DAY, n))
    arrays["at"] = Array.from_numpy(moments).cast(DataType.timestamp("us"))
    return RecordBatch.from_pydict(arrays)


def _number(random: np.random.Generator, n: int, place: int, day: int) -> NDArray[np.float64]:
    made = (
        lambda: random.normal(size=n),
        lambda: random.gamma(2.0, 10.0, n),
        lambda: random.standard_t(2.0, n),
        lambda: np.round(random.lognormal(3.0, 1.5, n), 2),
        lambda: random.poisson(4.0, n).astype(np.float64),
        lambda: np.where(random.random(n) < 0.7, 0.0, random.exponential(50.0, n)),
        lambda: random.uniform(-1.0, 1.0, n),
    )
    values = made[place % len(made) if place >= 6 else place % 2]()
    shift = 0.3 if NUMBERS[place] in DRIFTING and day >= DRIFT else 0.0
    return np.asarray(values + shift * values.std())


def _nullable(random: np.random.Generator, values: NDArray[np.float64], share: float) -> Array:
    held = Array.from_numpy(values)
    places = np.where(random.random(values.size) < share, -1, np.arange(values.size))
    return held.take(_places(places))


def _places(places: NDArray[np.int64]) -> Array:
    return Array([None if place < 0 else place for place in places.tolist()], type=DataType.int64())


def _text(random: np.random.Generator, n: int, place: int, day: int) -> Array:
    many = 5 + place * 195 // 14
    weights = 1.0 / (np.arange(many) + 2.0)
    if TEXTS[place] in DRIFTING and day >= DRIFT:
        weights[0] *= 1.5
    chosen = random.choice(many, n, p=weights / weights.sum())
    chosen[random.random(n) < 0.02] = -1
    known = Array([f"value-{number}" for number in range(many)], type=DataType.utf8())
    return known.take(_places(chosen.astype(np.int64)))


def labelled() -> tuple[Values, Values]:
    """Labels and scores of the reference."""
    columns = _columns(files()[0])
    return columns["label"], columns["score"]
