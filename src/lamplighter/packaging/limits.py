"""What a model refuses: found by asking it, and written into the contract so that callers learn it before they send."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from lamplighter.domain.contract import Column, Contract, Kind, Unknown
from lamplighter.domain.errors import Invalid
from lamplighter.packaging.reference import UNSEEN
from lamplighter.serving.worker.scorers import Scorer

Row = dict[str, list[Any]]


def explored(contract: Contract, sample: Mapping[str, Sequence[Any]], truth: Scorer) -> Contract:
    """The contract with `Unknown.REFUSE` where the model refuses an unseen category.

    Raises `Invalid` if the model does not score its own sample, or refuses an empty value where the contract allows one.
    """
    row = {name: [values[0]] for name, values in sample.items()}
    reason = _refusal(truth, row)
    if reason:
        raise Invalid(
            "The model does not score its own sample.",
            why=f"On the first row it raises {reason}.",
            fix="Hand over a fitted model, and rows as it was trained on, without the target.",
            code="E1158",
        )
    for column in contract.inputs:
        if column.nullable and _refusal(truth, {**row, column.name: [None]}):
            raise _cannot_be_empty(column)
    return replace(contract, inputs=tuple(_explored(column, row, truth) for column in contract.inputs))


def _explored(column: Column, row: Row, truth: Scorer) -> Column:
    if column.kind is Kind.TEXT and column.categories and _refusal(truth, {**row, column.name: [UNSEEN]}):
        return replace(column, unknown=Unknown.REFUSE)
    return column


def _refusal(truth: Scorer, row: Row) -> str:
    """The name of what the model raises on a row, or nothing."""
    try:
        truth(row, 1)
    except Exception as error:  # a model may raise anything
        return type(error).__name__
    return ""


def _cannot_be_empty(column: Column) -> Invalid:
    return Invalid(
        f"The column {column.name!r} may not be empty.",
        why="The model refuses a row without a value there.",
        fix="Put an imputer in front of the model, or leave the column out of nullable.",
        code="E1159",
    )
