"""The figures in the evidence of performance. Anybody who may register brings facts of any shape; others give no figures."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lamplighter.domain.card import Figure
from lamplighter.domain.decoding import from_plain
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.record import Record


class _Measured(Record, frozen=True):
    value: float
    low: float | None = None
    high: float | None = None
    n: int = 0


def figures_of(performance: Evidence | None) -> tuple[Figure, ...]:
    """Every figure, those of all rows first."""
    found = performance.facts.get("figures") if performance else None
    try:
        measured = from_plain(found, dict[str, dict[str, _Measured]])
    except msgspec.ValidationError:
        return ()
    return tuple(
        Figure(metric=metric, slice=part, value=one.value, low=one.low, high=one.high, rows=one.n)
        for part in sorted(measured)
        for metric, one in measured[part].items()
    )


def is_held_out(performance: Evidence | None) -> bool:
    """Whether they were measured on rows that the model has not seen."""
    return performance is not None and performance.facts.get("held_out") is True


def plain(value: Any) -> str:
    """One fact of any shape as a short text."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "-"}[value]
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {plain(part)}" for name, part in value.items()) or "-"
    if isinstance(value, (list, tuple)):
        return ", ".join(plain(part) for part in value) or "none"
    return str(value)
