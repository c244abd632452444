"""Rows from a seed, which the libraries were asked about as well."""

from typing import Any

import numpy as np

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output

CONTRACT = Contract(
    inputs=(
        Column(name="delay", kind=Kind.NUMBER),
        Column(name="stops", kind=Kind.INTEGER),
        Column(name="origin", kind=Kind.TEXT),
        Column(name="night", kind=Kind.BOOLEAN),
    ),
    output=Output(name="late", meaning=Meaning.NUMBER),
)


def table(n: int, seed: int, shift: float = 0.0, moved: float = 0.0) -> dict[str, list[Any]]:
    """Rows of the contract; `shift` moves the delay, and `moved` is the share of rows that change their origin."""
    random = np.random.default_rng(seed)
    origins = random.choice(4, n, p=[0.5 - moved, 0.3 + moved, 0.15, 0.05])
    return {
        "delay": random.normal(shift, 1.0, n).round(6).tolist(),
        "stops": random.poisson(5.0, n).tolist(),
        "origin": [("EWR", "JFK", "LGA", "PHL")[at] for at in origins],
        "night": (random.random(n) < 0.2).tolist(),
    }


#: Reference and window by the number of reference rows.
LARGE = table(2000, 11), table(1500, 12, shift=0.15, moved=0.1)
SMALL = table(600, 13), table(1500, 14, shift=0.15, moved=0.1)
