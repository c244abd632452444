"""What a model is asked with, column by column, and where our own library finds the model."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from lamplighter.serving.compiled.plan import Key


class Asked(NamedTuple):
    """A column that is looked up; what is known are 64 bits for each value: the place of a line, or a share."""

    column: str
    known: Mapping[Key, int]
    #: For no value, and for one that is not known; nothing where the model refuses such a row.
    empty: int | None
    other: int | None


class Sheet(NamedTuple):
    """A model of numbers that are scaled once at most, and of values that are looked up."""

    numbers: tuple[str, ...]
    tables: tuple[Asked, ...]
    #: The fields of `sheet` in `cells.h` that are the model's own.
    model: Mapping[str, int | float]
    #: Where they point to, which has to live as long.
    parts: tuple[Any, ...]
