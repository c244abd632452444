"""Splits that ask whether a category is in a set: each set gets a place of its own, 0 for the left side and 1 for the right."""

import math
from collections.abc import Collection, Sequence
from typing import Any

from lamplighter.packaging.compile.base import Declined
from lamplighter.packaging.compile.wires import Direct, Looked, Wire, looked

#: Sets of one model at most: each is a number in every encoded row.
MOST = 2_000
#: A place of a set goes left up to here.
THRESHOLD = 0.5
_WORD = 32


class Sets:
    """Places behind those of the features, one for each set that some node asks for."""

    def __init__(self, step: Any, features: Sequence[Wire]) -> None:
        """`features` are what the nodes look at; those that are asked for sets hold codes, not-a-number for an unknown one."""
        self._step, self._features = step, features
        self._places: dict[tuple[int, frozenset[int], bool], int] = {}

    @property
    def wires(self) -> list[Wire]:
        """The features, then the sets. What is only asked for sets stays empty itself."""
        asked = {feature for feature, _, _ in self._places}
        features = [_empty(wire) if place in asked else wire for place, wire in enumerate(self._features)]
        return [*features, *(self._wire(*asked) for asked in self._places)]

    def place(self, feature: int, left: Collection[int], *, missing_left: bool) -> int:
        """The place of the set of codes that go left; raises `Declined` for too many sets and for what is no code."""
        asked = feature, frozenset(left), missing_left
        if asked not in self._places:
            if len(self._places) == MOST:
                raise Declined(self._step, f"it splits on more than {MOST} sets of categories")
            self._places[asked] = len(self._features) + len(self._places)
        return self._places[asked]

    def _wire(self, feature: int, left: frozenset[int], missing_left: bool) -> Looked:
        wire = self._features[feature]
        if isinstance(wire, Direct):
            raise Declined(self._step, f"it takes the numbers of {wire.column!r} for categories")
        return looked(wire, lambda code: float(not missing_left if math.isnan(code) else code not in left))


def members(words: Sequence[int]) -> list[int]:
    """The codes in a set of bits, given as words of 32."""
    return [code for code in range(_WORD * len(words)) if words[code // _WORD] >> (code % _WORD) & 1]


def _empty(wire: Wire) -> Wire:
    return Looked(wire.column, {}, null=0.0, other=0.0)


def coded(step: Any, wire: Wire, categories: Sequence[Any]) -> Looked:
    """The place of a value in the list of categories; not-a-number for none and for an unknown one."""
    codes = {value: float(code) for code, value in enumerate(categories)}
    if isinstance(wire, Looked):
        return looked(wire, lambda value: codes.get(value, math.nan))
    if wire.stages:
        raise Declined(step, f"it takes a scaled {wire.column!r} for categories")
    null = math.nan if wire.is_missing else codes.get(wire.null, math.nan)
    return Looked(wire.column, codes, null=null, other=math.nan)
