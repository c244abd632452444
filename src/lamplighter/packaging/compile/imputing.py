"""Filling of missing values."""

from collections.abc import Sequence
from typing import Any

from lamplighter.packaging.compile.base import Declined
from lamplighter.packaging.compile.wires import Looked, Wire, filled, indicator, is_nan


def simple_imputer(step: Any, wires: Sequence[Wire]) -> Sequence[Wire]:
    """`SimpleImputer`: its statistics, then its indicators; a column without a statistic is dropped as scikit-learn does."""
    _check_missing(step)
    found: list[Wire] = []
    for wire, statistic in zip(wires, step.statistics_.tolist(), strict=True):
        if is_nan(statistic) and not step.keep_empty_features:
            continue
        if is_nan(statistic) or statistic is None:
            raise Declined(step, "a column had no value in training")
        if isinstance(wire, Looked) and isinstance(statistic, str):
            raise Declined(step, "it fills a text into numbers")
        found.append(filled(wire, statistic if isinstance(statistic, str) else float(statistic)))
    return [*found, *(indicator_only(step.indicator_, wires) if step.add_indicator else ())]


def indicator_only(step: Any, wires: Sequence[Wire]) -> Sequence[Wire]:
    """`MissingIndicator`: one wire for each column that it watches."""
    _check_missing(step)
    return [indicator(wires[place]) for place in step.features_.tolist()]


def _check_missing(step: Any) -> None:
    if not is_nan(step.missing_values):
        raise Declined(step, "its missing value is another than not-a-number")
