"""True answers of the sample's rows as numbers."""

import math
from collections.abc import Hashable, Sequence
from typing import Any

from lamplighter.domain.contract import Meaning, Output
from lamplighter.domain.errors import Invalid


def numbers(labels: Any, output: Output, model: Any, rows: int) -> Sequence[float]:
    """One number for each row: 1 for the positive class and 0 for the other, or the label itself where the output is a number.

    A class is named as in the model's `classes_`, as in the output's `classes`, or as 0 and 1. Raises `Invalid` otherwise.
    """
    values = labels.tolist() if hasattr(labels, "tolist") else labels.to_list() if hasattr(labels, "to_list") else list(labels)
    found = [_quantity(value) for value in values] if output.meaning is Meaning.NUMBER else _sides(values, output, model)
    if len(found) != rows or not all(math.isfinite(value) for value in found):
        raise Invalid(
            "The labels do not fit the sample.",
            why="There has to be one label for each row: a number, or one of the two classes.",
            fix="Hand over the true answers in the order of the rows.",
            code="E1164",
        )
    return found


def _quantity(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else math.nan


def _sides(values: Sequence[Any], output: Output, model: Any) -> list[float]:
    sides: dict[Any, float] = {0: 0.0, 1: 1.0}
    for names in (output.classes, list(getattr(model, "classes_", ()))):
        sides |= {name: float(place) for place, name in enumerate(names)}
    return [sides.get(value, math.nan) if isinstance(value, Hashable) else math.nan for value in values]
