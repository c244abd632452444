"""The usual numbers of many rows at once: one stage of scaling or none."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lamplighter.serving.compiled.encoder import Matrix
from lamplighter.serving.compiled.plan import Number, Stage


def is_usual(number: Number) -> bool:
    """Whether a block takes it."""
    return len(number.stages) < 2 and not number.zero_is_missing


class Block:
    """Numbers with one stage or none. A number without a stage has one that changes nothing."""

    def __init__(self, numbers: Sequence[Number], place: Mapping[str, int]) -> None:
        """`place` is where each column stands in a row."""
        self._indices = [place[number.column] for number in numbers]
        stages = [number.stages[0] if number.stages else Stage() for number in numbers]
        self._shift, self._divisor, self._factor, self._offset = np.array(
            [(stage.shift, stage.divisor, stage.factor, stage.offset) for stage in stages]
        ).T.reshape(4, 1, len(stages))
        self._null = np.array([math.nan if number.null is None else number.null for number in numbers])

    def scaled(self, columns: Sequence[Sequence[Any]]) -> Matrix:
        """The numbers of every row, one row a line."""
        values = np.array([columns[index] for index in self._indices], dtype=np.float64).T
        with np.errstate(over="ignore", invalid="ignore"):
            moved = (values - self._shift) / self._divisor * self._factor + self._offset
        return np.where(np.isnan(values), self._null, moved)


def span(places: list[int]) -> list[int] | slice:
    """The places as a slice where they lie side by side, which is several times as fast to fill."""
    side_by_side = bool(places) and places == list(range(places[0], places[0] + len(places)))
    return slice(places[0], places[0] + len(places)) if side_by_side else places
