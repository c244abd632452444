"""Reference rows that the tests of monitoring and measures share."""

from typing import Any

import numpy as np

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.monitoring.profile import Profile, reference_profile

CITIES = ("EWR", "JFK", "LGA")

CONTRACT = Contract(
    inputs=(
        Column(name="delay", kind=Kind.NUMBER, nullable=True),
        Column(name="seats", kind=Kind.INTEGER),
        Column(name="origin", kind=Kind.TEXT, nullable=True),
        Column(name="night", kind=Kind.BOOLEAN, nullable=True),
    ),
    output=Output(name="late", meaning=Meaning.PROBABILITY, classes=("no", "yes")),
)


def rows(n: int, seed: int, shift: float = 0.0) -> dict[str, list[Any]]:
    """Rows of the contract as plain Python values; `shift` moves the delay, in standard deviations."""
    random = np.random.default_rng(seed)
    delay = (random.gamma(2.0, 10.0, n) + shift * 14.0).tolist()
    origin = [(*CITIES, None)[at] for at in random.choice(4, n, p=[0.5, 0.3, 0.15, 0.05])]
    return {
        "delay": [None if gone else value for value, gone in zip(delay, random.random(n) < 0.03, strict=True)],
        "seats": random.integers(20, 300, n).tolist(),
        "origin": origin,
        "night": (random.random(n) < 0.2).tolist(),
    }


def scores(n: int, seed: int) -> list[float]:
    """Probabilities."""
    return [float(score) for score in np.random.default_rng([seed, 1]).beta(2.0, 6.0, n)]


def profile(n: int = 5000, seed: int = 7) -> Profile:
    """A profile of the contract with scores."""
    return reference_profile(CONTRACT, rows(n, seed), scores(n, seed))
