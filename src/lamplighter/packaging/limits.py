"""What a model refuses: found by asking it, and written into the contract so that callers learn it before they send."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from lamplighter.domain.contract import Column, Contract, Kind, Unknown
from lamplighter.domain.errors import Invalid
from lamplighter.packaging.reference import UNSEEN
from lamplighter.serving.runtimes.base import Failed
from lamplighter.serving.worker.scorers import Scorer

Row = dict[str, list[Any]]
#: A column with the value that may be refused there.
Asked = tuple[Column, str | None]


def explored(contract: Contract, sample: Mapping[str, Sequence[Any]], truth: Scorer) -> Contract:
    """The contract with `Unknown.REFUSE` where the model refuses an unseen category.

    Raises `Invalid` if the model does not score its own sample, or refuses an empty value where the contract allows one.
    """
    row = {name: [values[0]] for name, values in sample.items()}
    reason = _refusal(truth, row)
    if reason:
        raise Invalid(
            "The model does not score its own sample.",
            why=f"On the first row {reason}.",
            fix="Hand over a fitted model, and rows as it was trained on, without the target.",
            code="E1158",
        )
    asked: list[Asked] = [(column, None) for column in contract.inputs if column.nullable]
    asked += [(column, UNSEEN) for column in contract.inputs if column.kind is Kind.TEXT and column.categories]
    refused = _refused(asked, row, truth)
    for column, value in refused:
        if value is None:
            raise _cannot_be_empty(column)
    strict = {column.name for column, _ in refused}
    inputs = (replace(column, unknown=Unknown.REFUSE) if column.name in strict else column for column in contract.inputs)
    return replace(contract, inputs=tuple(inputs))


def _refused(asked: Sequence[Asked], row: Row, truth: Scorer) -> Sequence[Asked]:
    """Those that the model refuses in this row. Asked all at once first: most models refuse none, and a call may be slow."""
    together = {name: values * len(asked) for name, values in row.items()}
    for place, (column, value) in enumerate(asked):
        together[column.name][place] = value
    if not asked or not _refusal(truth, together):
        return ()
    return [(column, value) for column, value in asked if _refusal(truth, {**row, column.name: [value]})]


def _refusal(truth: Scorer, row: Row) -> str:
    """What the model does on these rows instead of scoring them, or nothing."""
    try:
        truth(row, len(next(iter(row.values()))))
    except Invalid:
        # Said already, with what to do about it.
        raise
    except Failed as failed:
        return failed.why[:1].lower() + failed.why[1:].removesuffix(".")
    except Exception as error:  # a model may raise anything
        return f"it raises {type(error).__name__}"
    return ""


def _cannot_be_empty(column: Column) -> Invalid:
    return Invalid(
        f"The column {column.name!r} may not be empty.",
        why="The model refuses a row without a value there.",
        fix="Put an imputer in front of the model, or leave the column out of nullable.",
        code="E1159",
    )
