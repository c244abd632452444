"""How often the ranked answer to "why did it get worse?" names the guilty slice or input first.

Faults are injected into windows of a model of two categories, an hour and five inputs: the rows of one slice, of a pair of
slices, or of a slice that has become more frequent lose more; or the values of one input that the model uses move, while
others that it does not use move farther. Prints a line for each kind of fault: the share of 100 seeded runs in which the
guilty one is first, against the limit of 95 %; and one for windows without a fault, in which nobody may be accused more often
than in 5 % of the runs.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))

import numpy as np
from lines import line

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.domain.slices import Slice, key_of
from lamplighter.measures import drift_measure
from lamplighter.monitoring.arrays import FloatArray
from lamplighter.monitoring.attribution import Losses, shares
from lamplighter.monitoring.counts import count, windows
from lamplighter.monitoring.labelled import labelled
from lamplighter.monitoring.losses import loss_of
from lamplighter.monitoring.profile import reference_profile
from lamplighter.views.moved import impact_of

RUNS, ROWS = 100, 8000
VALUES = {
    "origin": (("EWR", "JFK", "LGA"), (0.36, 0.33, 0.31)),
    "carrier": (("UA", "B6", "EV", "DL", "AA", "MQ"), (0.2, 0.18, 0.18, 0.17, 0.15, 0.12)),
    "hour": (("under 8", "8 to 12", "13 to 16", "17 to 20", "21 and more"), (0.2, 0.25, 0.2, 0.25, 0.1)),
}


class Rows(NamedTuple):
    """One window."""

    columns: dict[str, Any]
    chance: FloatArray
    truth: FloatArray


def drawn(random: np.random.Generator, more: Slice | None = None) -> Rows:
    """A window without a fault, in which one slice may be three times as frequent; it is harder where `hour` is late."""
    columns = {}
    for name, (values, weights) in VALUES.items():
        grown = np.array(
            [w * (3.0 if more == Slice(column=name, value=v) else 1.0) for v, w in zip(values, weights, strict=True)]
        )
        columns[name] = random.choice(values, ROWS, p=grown / grown.sum())
    sharp = np.where(np.isin(columns["hour"], ("17 to 20", "21 and more")), 1.0, 2.5)
    chance = 1.0 / (1.0 + np.exp(-(random.normal(-1.0, 1.0, ROWS) * sharp)))
    return Rows(columns, chance, (random.random(ROWS) < chance).astype(float))


def losses(rows: Rows) -> Losses:
    """The squared errors of a window with the keys of its slices."""
    names = list(VALUES)
    keys = [key_of(dict(zip(names, row, strict=True))) for row in zip(*(rows.columns[n].tolist() for n in names), strict=True)]
    found = labelled(rows.truth.tolist(), rows.chance.tolist(), keys)
    return Losses(loss_of("brier").of(found.labels, found.scores, 0.5), found.cells, found.keys)


def picked(random: np.random.Generator, names: tuple[str, ...]) -> tuple[Slice, ...]:
    """One value of each of these inputs."""
    return tuple(Slice(column=name, value=str(random.choice(VALUES[name][0]))) for name in sorted(names))


def turned(random: np.random.Generator, guilty: tuple[Slice, ...]) -> Rows:
    """A window in which a part of the truth of the guilty rows is turned round."""
    rows = drawn(random)
    hit = np.all([rows.columns[one.column] == one.value for one in guilty], axis=0) & (random.random(ROWS) < 0.3)
    return rows._replace(truth=np.where(hit, 1.0 - rows.truth, rows.truth))


def one_slice(random: np.random.Generator) -> bool:
    """The rows of one slice lose more."""
    guilty = picked(random, (str(random.choice(list(VALUES))),))
    return shares(losses(drawn(random)), losses(turned(random, guilty)))[0].part == guilty


def pair(random: np.random.Generator) -> bool:
    """The rows of two slices at once lose more: a pair that holds 2 % of the rows at least."""
    guilty: tuple[Slice, ...] = ()
    while not guilty or np.prod([dict(zip(*VALUES[one.column], strict=True))[one.value] for one in guilty]) < 0.02:
        guilty = picked(random, tuple(random.choice(list(VALUES), 2, replace=False).tolist()))
    return shares(losses(drawn(random)), losses(turned(random, guilty)))[0].part == guilty


def mix(random: np.random.Generator) -> bool:
    """A slice that always was harder has more rows."""
    guilty = Slice(column="hour", value=str(random.choice(("17 to 20", "21 and more"))))
    return shares(losses(drawn(random)), losses(drawn(random, more=guilty)))[0].part == (guilty,)


def accused(random: np.random.Generator) -> bool:
    """Whether somebody is accused where there is no fault."""
    return any(one.p < 0.05 for one in shares(losses(drawn(random)), losses(drawn(random))))


INPUTS = ("precip", "visib", "temp", "wind_speed", "pressure")


def moved_input(random: np.random.Generator) -> bool:
    """One input that the model uses moves, and two that it does not use move farther."""
    contract = Contract(
        inputs=tuple(Column(name=name, kind=Kind.NUMBER) for name in INPUTS),
        output=Output(name="late", meaning=Meaning.PROBABILITY),
    )
    profile = reference_profile(contract, {name: random.normal(size=20_000) for name in INPUTS})
    guilty, *others = random.permutation(INPUTS).tolist()
    importance = dict.fromkeys(others[:2], 0.02) | dict.fromkeys((guilty, *others[2:]), 1.0)
    far = {guilty: float(random.uniform(0.4, 0.8))} | dict.fromkeys(others[:2], 3.0)
    earlier, later = (
        windows(profile, count(profile, {name: random.normal(size=ROWS) + far.get(name, 0.0) * late for name in INPUTS}))
        for late in (0.0, 1.0)
    )
    measure = drift_measure("jensen_shannon")
    impacts = {n: impact_of(float(measure.distance(earlier[n], later[n])), measure.limit, importance[n]) for n in INPUTS}
    return bool(max(impacts, key=impacts.__getitem__) == guilty)


def main(runs: int) -> int:
    """Print the lines; 1 if a limit is not kept."""
    faults: dict[str, Callable[[np.random.Generator], bool]] = {
        "slice": one_slice, "pair": pair, "mix": mix, "input": moved_input,
    }  # fmt: skip
    kept = True
    for name, fault in faults.items():
        right = sum(fault(np.random.default_rng([seed, len(name)])) for seed in range(runs))
        kept &= line(f"monitoring.why.{name}", right / runs, "limit", 0.95, "share") >= 1.0
    wrong = sum(accused(np.random.default_rng([seed, 7])) for seed in range(runs))
    # 5 % is the probability; of 100 runs more than nine are accused by chance once in thirty-five times.
    line("monitoring.why.nobody", max(wrong, 1) / runs, "stated", 0.05, "share", lower_is_better=True)
    return int(not kept or wrong > 0.09 * runs)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS))
