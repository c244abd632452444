"""Tensors of the Open Inference Protocol as columns: one tensor a column, shape [n] or [n, 1]."""

import math
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
#: Lowest and highest value of a datatype. Those of FP32 are what still rounds to one of its numbers (IEEE 754).
_RANGES: Mapping[str, tuple[float, float]] = {
    **{f"INT{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"UINT{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
    "FP32": (-3.4028235e38, 3.4028235e38),
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


def out_of_range(written: list[Tensor], contract: Contract) -> Refusal | None:
    """Values that no tensor of the datatype could hold: whoever sent them has named another one, or lost count. Only tensors
    whose values were written one by one can have them; raw ones hold what their datatype holds."""
    kinds = {column.name: column.kind for column in contract.inputs}
    # The contract holds whole numbers to those of INT64 as it is.
    held = [one for one in written if kinds.get(one.name) is not Kind.INTEGER or one.datatype != "INT64"]
    ranged = [one for one in held if one.name in kinds and one.datatype in _RANGES]
    beyond = [tensor for tensor in ranged if _is_beyond(tensor.data or [], tensor.datatype)]
    if not beyond:
        return None
    problems = [Problem(f"/inputs/{tensor.name}/data", "out-of-range", tensor.datatype, "number") for tensor in beyond]
    taken = "; ".join(map(_taken, sorted({tensor.datatype for tensor in beyond})))
    return Refusal("out-of-range", f"{taken}. Send these, or a datatype that is wide enough.", tuple(problems[:20]))


def _taken(datatype: str) -> str:
    low, high = _RANGES[datatype]
    return f"{datatype} takes {'whole ' if datatype in _WHOLE else ''}numbers from {low} to {high}"


def _is_beyond(data: list[Any], datatype: str) -> bool:
    """Whether one number does not fit. Nulls, texts and what is not finite are the matter of the contract."""
    low, high = _RANGES[datatype]
    kinds = set(map(type, data))
    plain = kinds == {int} or (kinds == {float} and datatype not in _WHOLE)
    if plain and low <= min(data) and max(data) <= high:
        return False
    numbers = [value for value in data if type(value) is int or (type(value) is float and math.isfinite(value))]
    return any(not low <= value <= high or (datatype in _WHOLE and value % 1) for value in numbers)


_KNOWN = frozenset(name for names in _TAKEN.values() for name in names)


def _flattened(tensor: Tensor, rows: int) -> bool:
    """Whether the tensor has one value a row, after [[1], [2]] became [1, 2]."""
    data = tensor.data
    if data is not None and len(tensor.shape) == 2 and data and all(type(row) is list and len(row) == 1 for row in data):
        data = tensor.data = [row[0] for row in data]
    return data is not None and len(data) == rows
