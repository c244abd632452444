"""What a model is asked with, column by column, and where our own library finds the model."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Asked(NamedTuple):
    """A column of texts; what is known are 64 bits for each text: the place of a line, or a share."""

    column: str
    known: Mapping[str, int]
    #: For no value, and for a text that is not known; nothing where the model refuses such a row.
    empty: int | None
    other: int | None


class Sheet(NamedTuple):
    """A model whose columns are numbers that are scaled once at most, and texts."""

    numbers: tuple[str, ...]
    texts: tuple[Asked, ...]
    #: The fields of `sheet` in `cells.h` that are the model's own.
    model: Mapping[str, int | float]
    #: Where they point to, which has to live as long.
    parts: tuple[Any, ...]
