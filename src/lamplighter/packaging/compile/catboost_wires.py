"""What CatBoost's trees look at: the numbers, then one wire for each category that a split asks for."""

from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.domain.contract import Kind
from lamplighter.packaging.compile.base import Declined
from lamplighter.packaging.compile.catboost_categories import holders
from lamplighter.packaging.compile.catboost_trees import Category, Export
from lamplighter.packaging.compile.wires import Direct, Looked, Wire
from lamplighter.serving.compiled.plan import Key

Sample = Mapping[str, Sequence[Any]]


def wires(export: Export, inputs: Sequence[Wire], sample: Sample) -> list[Wire]:
    """The wires in the order of the forest's places.

    Raises `Declined` for categories that another step has made, that may be empty, or that the sample does not hold.
    """
    names = {place: _column(inputs[place], sample) for place in export.texts}
    keys = {category: key for name in names.values() for category, key in _known(export, name, sample)}
    if any(category not in keys for category in export.categories):
        raise Declined("CatBoost", "it splits on a category that the sample does not hold")
    numbers = [inputs[place] for place in export.numbers]
    return [*numbers, *(_indicator(names[category[0]], keys[category]) for category in export.categories)]


def _column(wire: Wire, sample: Sample) -> str:
    if not isinstance(wire, Direct) or wire.stages or wire.kind not in (Kind.TEXT, Kind.INTEGER):
        raise Declined("CatBoost", "its categories are made by another step or are no texts and whole numbers")
    if any(value is None for value in sample[wire.column]):
        raise Declined("CatBoost", f"the column {wire.column!r} of categories has empty values")
    return wire.column


def _known(export: Export, name: str, sample: Sample) -> list[tuple[Category, Key]]:
    values: list[Key] = list(dict.fromkeys(sample[name]))
    row = {column: known[0] for column, known in sample.items()}
    found = holders(export, row, name, values)
    return [(category, value) for category, value in zip(found, values, strict=True) if category is not None]


def _indicator(column: str, key: Key) -> Looked:
    return Looked(column, {key: 1.0}, null=None, other=0.0)
