"""What a model's call gave, as one finite number for each row."""

import math
from typing import Any

import numpy as np

from lamplighter.serving.runtimes.base import Failed


def finite(answer: Any, rows: int) -> list[float]:
    """The answer as floats; raises `Failed` unless it is one finite number for each row."""
    try:
        array = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError):
        raise Failed("model-output-invalid", "The model answered with something that is not numbers.") from None
    if array.shape == (rows, 1):
        array = array[:, 0]
    if array.shape != (rows,):
        raise Failed("model-output-invalid", "The model did not answer with one number for each row.")
    values: list[float] = array.tolist()
    if not all(map(math.isfinite, values)):
        raise Failed("model-output-invalid", "The model answered with something that is not a finite number.")
    return values


def positive(answer: Any, rows: int) -> list[float]:
    """Probabilities of two classes as that of the second; raises `Failed` for another shape."""
    array = np.asarray(answer)
    if array.shape != (rows, 2):
        raise Failed("model-output-invalid", "The model did not answer with two probabilities for each row.")
    return finite(array[:, 1], rows)
