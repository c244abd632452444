"""Tensors of the Open Inference Protocol as columns: one tensor a column, shape [n] or [n, 1]."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lamplighter.domain.contract import Contract, Kind, Problem
from lamplighter.serving.problems import Refusal

#: The datatype that metadata names for a kind of column.
DATATYPES: Mapping[Kind, str] = {Kind.NUMBER: "FP64", Kind.INTEGER: "INT64", Kind.TEXT: "BYTES", Kind.BOOLEAN: "BOOL"}
_WHOLE = frozenset(("INT64", "INT32", "INT16", "INT8", "UINT64", "UINT32", "UINT16", "UINT8"))
_TAKEN: Mapping[Kind, frozenset[str]] = {
    Kind.NUMBER: _WHOLE | {"FP64", "FP32"},
    Kind.INTEGER: _WHOLE,
    Kind.TEXT: frozenset(("BYTES",)),
    Kind.BOOLEAN: frozenset(("BOOL",)),
}


class Tensor(msgspec.Struct):
    """One input as it was sent."""

    name: str
    shape: list[int]
    datatype: str
    parameters: dict[str, Any] | None = None
    data: list[Any] | None = None


def misfit(inputs: list[Tensor], contract: Contract) -> Refusal | None:
    """Shapes that are no columns of one length, and datatypes that the contract does not take."""
    kinds = {column.name: column.kind for column in contract.inputs}
    rows = inputs[0].shape[0] if inputs and inputs[0].shape else 0
    if len({tensor.name for tensor in inputs}) != len(inputs):
        return Refusal("schema-violation", "Two inputs have the same name.")
    problems = []
    for tensor in inputs:
        kind = kinds.get(tensor.name)
        if tensor.shape not in ([rows], [rows, 1]) or not _flattened(tensor, rows):
            return Refusal("schema-violation", "Every input has shape [n] or [n, 1] with the same n, and n values.")
        if kind is not None and tensor.datatype not in _TAKEN[kind]:
            got = tensor.datatype if tensor.datatype in _KNOWN else "another datatype"
            problems.append(Problem(f"/inputs/{tensor.name}/datatype", "type", DATATYPES[kind], got))
    return (
        Refusal("schema-violation", "Send the datatypes that the metadata names.", tuple(problems[:20])) if problems else None
    )


_KNOWN = frozenset(name for names in _TAKEN.values() for name in names)


def _flattened(tensor: Tensor, rows: int) -> bool:
    """Whether the tensor has one value a row, after [[1], [2]] became [1, 2]."""
    data = tensor.data
    if data is not None and len(tensor.shape) == 2 and data and all(type(row) is list and len(row) == 1 for row in data):
        data = tensor.data = [row[0] for row in data]
    return data is not None and len(data) == rows
