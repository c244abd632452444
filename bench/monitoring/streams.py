"""Streams of rows for alarms: a reference and days after it, of mixed columns, without drift or with some in known columns."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.monitoring.arrays import Coded, FloatArray, Values

_FEW, _SOME, _MANY = (tuple(f"{letter}{place}" for place in range(size)) for letter, size in (("a", 4), ("b", 30), ("c", 150)))

CONTRACT = Contract(
    inputs=(
        Column(name="normal", kind=Kind.NUMBER),
        Column(name="skewed", kind=Kind.NUMBER, nullable=True),
        Column(name="heavy", kind=Kind.NUMBER),
        Column(name="even", kind=Kind.NUMBER),
        Column(name="zeros", kind=Kind.NUMBER),
        Column(name="counts", kind=Kind.INTEGER),
        Column(name="few", kind=Kind.TEXT),
        Column(name="some", kind=Kind.TEXT, nullable=True),
        Column(name="many", kind=Kind.TEXT),
        Column(name="flag", kind=Kind.BOOLEAN),
    ),
    output=Output(name="late", meaning=Meaning.PROBABILITY, classes=("no", "yes")),
)


class Drift(NamedTuple):
    """What has changed; nothing unless said."""

    #: Shift of `normal`, in standard deviations.
    shift: float = 0.0
    #: Factor of `skewed`.
    scale: float = 1.0
    #: Rows that leave the most frequent value of `few` for the next.
    moved: float = 0.0
    #: Further rows of `some` without a value.
    missing: float = 0.0


#: The columns that a drift is in.
TOUCHED: Mapping[str, str] = {"shift": "normal", "scale": "skewed", "moved": "few", "missing": "some"}


def rows(n: int, random: np.random.Generator, drift: Drift | None = None) -> tuple[dict[str, Values], FloatArray]:
    """Columns of the contract, and scores."""
    how = drift or Drift()
    skewed = random.gamma(2.0, 10.0, n) * how.scale
    skewed[random.random(n) < 0.03] = np.nan
    zeros = random.gamma(1.5, 4.0, n)
    zeros[random.random(n) < 0.6] = 0.0
    columns: dict[str, Values] = {
        "normal": random.normal(how.shift, 1.0, n),
        "skewed": skewed,
        "heavy": random.standard_t(3.0, n),
        "even": random.random(n),
        "zeros": zeros,
        "counts": random.poisson(6.0, n).astype(np.float64),
        "few": _texts(_FEW, np.array([0.55 - how.moved, 0.25 + how.moved, 0.15, 0.05]), n, random),
        "some": _texts(_SOME, _falling(30), n, random, missing=0.02 + how.missing),
        "many": _texts(_MANY, _falling(150), n, random),
        "flag": (random.random(n) < 0.2).astype(np.float64),
    }
    return columns, random.beta(2.0, 6.0, n)


def _falling(size: int) -> FloatArray:
    weights = 1.0 / np.arange(1, size + 1)
    return np.asarray(weights / weights.sum())


def _texts(names: tuple[str, ...], shares: FloatArray, n: int, random: np.random.Generator, missing: float = 0.0) -> Coded:
    codes = np.searchsorted(np.cumsum(shares)[:-1], random.random(n), side="right")
    codes[random.random(n) < missing] = -1
    return Coded(codes=codes, categories=names)
