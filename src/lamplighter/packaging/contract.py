"""The contract of a model, as a sample of its inputs shows it."""

import math
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from lamplighter.domain.contract import Column, Contract, Kind, Output
from lamplighter.domain.errors import Invalid
from lamplighter.domain.timestamp import are_timestamps

#: A text column with more distinct values than this has no list of categories.
MOST_CATEGORIES = 200


def infer(
    sample: Mapping[str, Sequence[Any]],
    output: Output,
    nullable: Collection[str] = (),
    kinds: Mapping[str, Kind] = MappingProxyType({}),
) -> Contract:
    """The contract for these columns, in their order.

    A column may be empty if the sample has an empty value there or `nullable` names it. Texts with at most
    `MOST_CATEGORIES` distinct values that are not timestamps get their categories, numbers their lowest and highest value.
    `kinds` are what columns hold where the model declares it; numbers may be declared for a column that the sample fills with
    whole ones. Raises `Invalid` for a column without any value, of mixed kinds or another than its model declares, with an
    infinite number, and for a name in `nullable` that is not there.
    """
    absent = sorted(set(nullable) - sample.keys())
    if absent:
        raise Invalid(
            f"There is no column {absent[0]!r} in the sample.",
            why=f"It is named as one that may be empty. The columns are {', '.join(sample)}.",
            fix="Name columns of the sample.",
            code="E1151",
        )
    inputs = tuple(_column(name, values, name in nullable, kinds.get(name)) for name, values in sample.items())
    return Contract(inputs=inputs, output=output)


def _column(name: str, values: Sequence[Any], may_be_empty: bool, declared: Kind | None) -> Column:
    present = [value for value in values if value is not None]
    kind = _agreed(name, _kind(name, present), declared)
    column = Column(name=name, kind=kind, nullable=may_be_empty or len(present) < len(values))
    if kind is Kind.TEXT:
        distinct = set(present)
        # Timestamps do not come again: each later one would be a category that nobody knows.
        listed = len(distinct) <= MOST_CATEGORIES and not are_timestamps(distinct)
        categories = tuple(sorted(distinct)) if listed else None
        return Column(name=name, kind=kind, nullable=column.nullable, categories=categories)
    if kind is Kind.BOOLEAN:
        return column
    low, high = float(min(present)), float(max(present))
    if not math.isfinite(low) or not math.isfinite(high):
        raise _unclear(
            name, "it holds an infinite number", "Leave such values empty, or limit them before the model sees them."
        )
    return Column(name=name, kind=kind, nullable=column.nullable, low=low, high=high)


def _kind(name: str, present: Sequence[Any]) -> Kind:
    kinds = {type(value) for value in present}
    for wanted, kind in (({bool}, Kind.BOOLEAN), ({str}, Kind.TEXT), ({int}, Kind.INTEGER), ({int, float}, Kind.NUMBER)):
        if kinds and kinds <= wanted:
            return kind
    if not kinds:
        raise _unclear(name, "the sample has no value there", "Take a sample with a value in every column, or drop the column.")
    raise _unclear(name, "the sample mixes kinds of values there", "Make all of it numbers, texts or truth values.")


def _agreed(name: str, shown: Kind, declared: Kind | None) -> Kind:
    if declared in (None, shown):
        return shown
    if (shown, declared) == (Kind.INTEGER, Kind.NUMBER):
        return Kind.NUMBER
    raise Invalid(
        "The sample does not fit the model.",
        why=f"The column {name!r} is {declared} by the signature of the model, and {shown} in the sample.",
        fix="Hand over rows as the model was trained on. A whole number that may be empty has to be a double in the signature.",
        code="E1156",
    )


def _unclear(name: str, why: str, fix: str) -> Invalid:
    return Invalid(f"The kind of the column {name!r} is not clear.", why=f"In this column {why}.", fix=fix, code="E1152")
