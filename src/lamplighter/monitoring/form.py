"""What is looked at of the values of a column: themselves, or a number that each of them has."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import numpy as np

from lamplighter.domain.timestamp import hour_of
from lamplighter.monitoring import native
from lamplighter.monitoring.arrays import Coded, FloatArray, Masked, Values, as_numbers
from lamplighter.monitoring.texts import Texts, characters


class Form(StrEnum):
    """How a column comes to numbers."""

    #: The values are numbers.
    VALUE = "value"
    #: Characters of a text.
    LENGTH = "length"
    #: Hours since midnight in UTC, of a text that is a timestamp.
    HOUR = "hour"


def numbers_of(form: Form, values: Values, column: str) -> FloatArray:
    """One number a row, NaN for nothing; raises `UnreadableColumn` for values that are no numbers where they have to be."""
    if form is Form.VALUE:
        return as_numbers(values, column)
    if form is Form.LENGTH and isinstance(values, Texts) and native.library() is not None:
        return native.lengths(values)
    read = characters if form is Form.LENGTH else _hours
    if isinstance(values, Coded):
        return np.asarray(np.append(read(values.categories), np.nan)[np.maximum(values.codes, -1)])
    return np.array(read(listed(values)), dtype=np.float64)


def listed(values: Values) -> Sequence[Any]:
    """The values of a column that are there, and None, as Python has them; of a dictionary its texts alone."""
    if isinstance(values, Coded):
        return values.categories
    return values.tolist() if isinstance(values, np.ndarray | Masked | Texts) else values


def _hours(values: Sequence[object]) -> list[float]:
    return [hour_of(value) for value in values]
