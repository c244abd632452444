"""Encoders of categories, tabulated by asking the fitted encoder itself.

The encoders known here turn each column on its own, and every unknown category alike. So one call with each known category, one
with an unknown and one without a value say everything, whatever the options of the encoder are.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lamplighter.domain.contract import Kind
from lamplighter.packaging.compile.base import Declined
from lamplighter.packaging.compile.wires import Direct, Looked, Wire, is_nan
from lamplighter.serving.compiled.plan import Key

Numbers = NDArray[np.float64]
#: A text that no category is.
_UNSEEN = "\uffff unseen \uffff"


def encoder(step: Any, wires: Sequence[Wire]) -> Sequence[Wire]:
    """`OneHotEncoder`, `OrdinalEncoder` or `TargetEncoder` of two classes or a number."""
    if getattr(step, "target_type_", "binary") == "multiclass":
        raise Declined(step, "it encodes for more than two classes")
    plain = [_plain(step, wire) for wire in wires]
    asked = _Asked(step)
    return [looked for place, wire in enumerate(plain) for looked in asked.wires(place, wire)]


def _plain(step: Any, wire: Wire) -> Direct:
    if not isinstance(wire, Direct) or wire.stages:
        raise Declined(step, "it encodes what another step has computed")
    return wire


class _Asked:
    """A fitted encoder with the output of every category of every column."""

    def __init__(self, step: Any) -> None:
        self._step = step
        self._known = [[_scalar(value) for value in column] for column in step.categories_]
        self._usual = [next((value for value in column if not _is_missing(value)), None) for column in self._known]
        if any(value is None for value in self._usual):
            raise Declined(step, "a column has no category")
        longest = max(len(column) for column in self._known)
        rows = [[column[row % len(column)] for column in self._known] for row in range(longest)]
        answers = self._ask(rows)
        if answers is None:
            raise Declined(step, "it refuses its own categories")
        self._answers = answers
        self._slices = self._places(answers.shape[1])

    def _places(self, width: int) -> list[slice]:
        counts = getattr(self._step, "_n_features_outs", None) or [1] * len(self._known)
        ends = np.cumsum(counts).tolist()
        if ends[-1] != width:
            raise Declined(self._step, "its output has another width than its categories say")
        return [slice(end - count, end) for end, count in zip(ends, counts, strict=True)]

    def wires(self, place: int, wire: Direct) -> list[Looked]:
        """One wire for each output of the column at this place."""
        known = {
            value: self._answers[row, self._slices[place]]
            for row, value in enumerate(self._known[place])
            if not _is_missing(value)
        }
        other = self._one(place, _UNSEEN if wire.kind is Kind.TEXT else _unseen_number(known))
        null = self._one(place, np.nan) if wire.is_missing else known.get(wire.null, other)
        width = self._slices[place].stop - self._slices[place].start
        return [
            Looked(
                wire.column,
                {key: float(numbers[output]) for key, numbers in known.items()},
                null=None if null is None else float(null[output]),
                other=None if other is None else float(other[output]),
            )
            for output in range(width)
        ]

    def _one(self, place: int, value: Any) -> Numbers | None:
        row = [value if other == place else usual for other, usual in enumerate(self._usual)]
        answer = self._ask([row])
        return None if answer is None else answer[0, self._slices[place]]

    def _ask(self, rows: list[list[Any]]) -> Numbers | None:
        """The encoder's dense output for these rows; nothing if it refuses one."""
        table = np.empty((len(rows), len(self._known)), dtype=object)
        for position, row in enumerate(rows):
            table[position, :] = row
        if all(column.dtype.kind in "fiub" for column in self._step.categories_):
            table = table.astype(np.float64)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                answer = self._step.transform(table)
        except ValueError:
            return None
        dense = answer.toarray() if hasattr(answer, "toarray") else np.asarray(answer)
        return np.asarray(dense, dtype=np.float64)


def _scalar(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _is_missing(value: Any) -> bool:
    return value is None or is_nan(value)


def _unseen_number(known: dict[Key, Numbers]) -> float:
    return max(float(value) for value in known) + 1.0
