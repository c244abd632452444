"""Rows on which two forms of a model are compared: rows of the sample, new mixtures of its values, and what lies beyond it."""

import math
import random
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from lamplighter.domain.contract import Column, Contract, Kind, Unknown

#: A category that no training data holds.
UNSEEN = "\u2044unseen\u2044"
_NULLS, _UNSEEN_SHARE, _EXTREME_SHARE = 0.1, 0.05, 0.35
#: Pairs of neighbours in a column of the sample between which values are taken.
_PAIRS = 100
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1

Rows = dict[str, list[Any]]
#: Values around split points, by column.
Edges = Mapping[str, Sequence[float]]


def blocks(contract: Contract, sample: Mapping[str, Sequence[Any]], rows: int, seed: int) -> tuple[Rows, Rows, Rows]:
    """Two fifths whole rows of the sample, two fifths mixtures, one fifth extremes; `rows` together, fixed by the seed.

    Columns that may be empty are empty in a tenth of the mixtures and extremes and in some of the whole rows; texts that accept
    unknown categories get one in a twentieth of the mixtures and extremes.
    """
    source = random.Random(seed)  # noqa: S311  not for secrets
    whole, mixed = rows * 2 // 5, rows * 2 // 5
    return (
        _whole_rows(contract, sample, whole, source),
        {column.name: _mixed(column, sample[column.name], mixed, source) for column in contract.inputs},
        {column.name: _extreme(column, sample[column.name], rows - whole - mixed, source) for column in contract.inputs},
    )


def midpoints(contract: Contract, sample: Mapping[str, Sequence[Any]]) -> Edges:
    """Values around the middle of two neighbours in the sample: most trees split there, and their splits may not be known."""
    found = {}
    for column in contract.inputs:
        if column.kind in (Kind.NUMBER, Kind.INTEGER):
            values = sorted({float(value) for value in sample[column.name] if value is not None})
            pairs = list(pairwise(values))
            chosen = pairs[:: -(-len(pairs) // _PAIRS)] if pairs else []
            found[column.name] = [edge for low, high in chosen for edge in around(low / 2 + high / 2)]
    return {name: values for name, values in found.items() if values}


def around(value: float) -> Sequence[float]:
    """The float before, the value and the float behind, as far as they are finite."""
    near = (math.nextafter(value, -math.inf), value, math.nextafter(value, math.inf))
    return [one for one in near if math.isfinite(one)]


def edge_rows(contract: Contract, sample: Mapping[str, Sequence[Any]], edges: Edges, rows: int, seed: int) -> Rows:
    """Mixtures with values around split points: in the first half of the rows in all columns at once, then in one at a time.

    Whole numbers get the whole numbers on both sides.
    """
    source = random.Random(seed)  # noqa: S311  not for secrets
    found = {column.name: _mixed(column, sample[column.name], rows, source) for column in contract.inputs}
    columns = [column for column in contract.inputs if column.kind in (Kind.NUMBER, Kind.INTEGER) and column.name in edges]
    for place, column in enumerate(columns):
        values = _lawful(column, edges[column.name])
        source.shuffle(values)
        for row in (*range(rows // 2), *range(rows // 2 + place, rows, len(columns))):
            found[column.name][row] = values[row % len(values)]
    return found


def _lawful(column: Column, values: Sequence[float]) -> list[Any]:
    if column.kind is Kind.NUMBER:
        return list(values)
    whole = {side for value in values for side in (math.floor(value), math.floor(value) + 1)}
    return [min(max(value, _LOWEST), _HIGHEST) for value in sorted(whole)]


def _whole_rows(contract: Contract, sample: Mapping[str, Sequence[Any]], rows: int, source: random.Random) -> Rows:
    length = len(next(iter(sample.values())))
    chosen = source.choices(range(length), k=rows)
    found = {column.name: [sample[column.name][row] for row in chosen] for column in contract.inputs}
    for column in contract.inputs:
        if column.nullable:
            for row in range(source.randrange(20), rows, 20):
                found[column.name][row] = None
    return found


def _mixed(column: Column, values: Sequence[Any], rows: int, source: random.Random) -> list[Any]:
    found = source.choices(_present(column, values), k=rows)
    accepts = column.kind is Kind.TEXT and column.unknown is Unknown.ACCEPT
    for row in range(rows):
        chance = source.random()
        if column.nullable and chance < _NULLS:
            found[row] = None
        elif accepts and chance > 1.0 - _UNSEEN_SHARE:
            found[row] = UNSEEN
    return found


def _extreme(column: Column, values: Sequence[Any], rows: int, source: random.Random) -> list[Any]:
    found = _mixed(column, values, rows, source)
    edges = _edges(column)
    for row in range(rows):
        if edges and found[row] is not None and source.random() < _EXTREME_SHARE:
            found[row] = source.choice(edges)
    if column.nullable and found:
        found[0] = None
    return found


def _present(column: Column, values: Sequence[Any]) -> Sequence[Any]:
    return values if column.nullable else [value for value in values if value is not None]


def _edges(column: Column) -> list[Any]:
    if column.low is None or column.high is None:
        return []
    span = (column.high - column.low) or 1.0
    edges = [column.low, column.high, column.low - span, column.high + span, column.low - 100 * span, 0.0]
    if column.kind is Kind.INTEGER:
        return [min(max(int(edge), _LOWEST), _HIGHEST) for edge in edges]
    return edges
