"""What is looked at of the values of a column: themselves, or a number that each of them has."""

from enum import StrEnum

import numpy as np

from lamplighter.monitoring import native
from lamplighter.monitoring.arrays import Coded, FloatArray, Values, as_numbers
from lamplighter.monitoring.texts import Texts, characters


class Form(StrEnum):
    """How a column comes to numbers."""

    #: The values are numbers.
    VALUE = "value"
    #: Characters of a text.
    LENGTH = "length"


def numbers_of(form: Form, values: Values, column: str) -> FloatArray:
    """One number a row, NaN for nothing; raises `UnreadableColumn` for values that are no numbers where they have to be."""
    return as_numbers(values, column) if form is Form.VALUE else _lengths(values)


def _lengths(values: Values) -> FloatArray:
    if isinstance(values, Texts) and native.library() is not None:
        return native.lengths(values)
    if isinstance(values, Coded):
        return np.asarray(np.append(characters(values.categories), np.nan)[np.maximum(values.codes, -1)])
    return np.array(characters(values.tolist() if isinstance(values, np.ndarray | Texts) else values), dtype=np.float64)
