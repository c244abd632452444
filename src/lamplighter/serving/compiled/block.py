"""The usual numbers of many rows at once: one stage of scaling or none."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lamplighter.serving.compiled.encoder import Matrix
from lamplighter.serving.compiled.filling import NUMBER
from lamplighter.serving.compiled.plan import Number, Stage


def is_usual(number: Number) -> bool:
    """Whether a block takes it."""
    return len(number.stages) < 2 and not number.zero_is_missing


class Block:
    """Numbers with one stage or none. A number without a stage has one that changes nothing."""

    def __init__(self, numbers: Sequence[Number], place: Mapping[str, int]) -> None:
        """`place` is where each column stands in a row."""
        self._indices = [place[number.column] for number in numbers]
        #: As our own library reads them.
        self.numbers = np.array([_told(number) for number in numbers], dtype=NUMBER)

    def values(self, columns: Sequence[Sequence[Any]]) -> Matrix:
        """The numbers as they came, one column a line; not a number where there is none."""
        return np.array([columns[index] for index in self._indices], dtype=np.float64)

    def scaled(self, columns: Sequence[Sequence[Any]]) -> Matrix:
        """The numbers of every row, one row a line."""
        values, how = self.values(columns).T, self.numbers
        with np.errstate(over="ignore", invalid="ignore"):
            moved = (values - how["shift"]) / how["divisor"] * how["factor"] + how["offset"]
        return np.where(np.isnan(values), how["null"], moved)


def _told(number: Number) -> tuple[float, float, float, float, float, int]:
    stage = number.stages[0] if number.stages else Stage()
    null = math.nan if number.null is None else number.null
    return stage.shift, stage.divisor, stage.factor, stage.offset, null, number.position


def span(places: list[int]) -> list[int] | slice:
    """The places as a slice where they lie side by side, which is several times as fast to fill."""
    side_by_side = bool(places) and places == list(range(places[0], places[0] + len(places)))
    return slice(places[0], places[0] + len(places)) if side_by_side else places
