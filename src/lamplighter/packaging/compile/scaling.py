"""Scaling, with the operations in the order in which scikit-learn does them."""

from collections.abc import Iterator, Sequence
from typing import Any

from lamplighter.packaging.compile.base import Declined
from lamplighter.packaging.compile.wires import Wire, scaled
from lamplighter.serving.compiled.plan import Stage


def standard(step: Any, wires: Sequence[Wire]) -> Sequence[Wire]:
    """`StandardScaler`: minus the mean, divided by the scale."""
    shifts = _numbers(step.mean_ if step.with_mean else None, len(wires), 0.0)
    divisors = _numbers(step.scale_, len(wires), 1.0)
    return [scaled(wire, Stage(shift=s, divisor=d), step) for wire, s, d in zip(wires, shifts, divisors, strict=True)]


def robust(step: Any, wires: Sequence[Wire]) -> Sequence[Wire]:
    """`RobustScaler`: minus the centre, divided by the scale."""
    shifts = _numbers(step.center_ if step.with_centering else None, len(wires), 0.0)
    divisors = _numbers(step.scale_ if step.with_scaling else None, len(wires), 1.0)
    return [scaled(wire, Stage(shift=s, divisor=d), step) for wire, s, d in zip(wires, shifts, divisors, strict=True)]


def min_max(step: Any, wires: Sequence[Wire]) -> Sequence[Wire]:
    """`MinMaxScaler`: times the scale, plus the minimum."""
    if step.clip:
        raise Declined(step, "it clips")
    factors, offsets = step.scale_.tolist(), step.min_.tolist()
    return [scaled(wire, Stage(factor=f, offset=o), step) for wire, f, o in zip(wires, factors, offsets, strict=True)]


def max_abs(step: Any, wires: Sequence[Wire]) -> Sequence[Wire]:
    """`MaxAbsScaler`: divided by the scale."""
    if getattr(step, "clip", False):
        raise Declined(step, "it clips")
    return [scaled(wire, Stage(divisor=d), step) for wire, d in zip(wires, step.scale_.tolist(), strict=True)]


def _numbers(values: Any, count: int, default: float) -> Iterator[float]:
    return iter([default] * count if values is None else values.tolist())
