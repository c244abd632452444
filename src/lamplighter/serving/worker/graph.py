"""An ONNX graph that came as it is: which inputs take which columns, and which output is the answer."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lamplighter.domain.contract import Contract, Kind
from lamplighter.domain.record import Record
from lamplighter.serving.compiled.trees import session
from lamplighter.serving.worker.answers import finite
from lamplighter.serving.worker.frame import matrix
from lamplighter.serving.worker.scorers import Scorer

_TYPES: dict[str, Any] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
    "tensor(string)": np.object_,
}
_NUMBERS = ("tensor(float)", "tensor(double)")


class Answer(Record, frozen=True):
    """Where the answer stands."""

    output: str
    #: Which number of a row, 1 for the second of two probabilities.
    place: int
    #: Numbers in a row, 0 if the output has no rows of numbers but one number for each row.
    width: int


def answer_of(opened: Any) -> Answer:
    """The output that is the answer; raises `ValueError` if there is none or more than one to choose from."""
    found = [output for output in opened.get_outputs() if output.type in _NUMBERS]
    if len(found) != 1:
        raise ValueError("the graph has not exactly one output of floating-point numbers")
    shape = found[0].shape
    width = 0 if len(shape) == 1 else shape[1]
    if len(shape) > 2 or width not in (0, 1, 2):
        raise ValueError("the output is neither one number nor two probabilities for each row")
    return Answer(output=found[0].name, place=1 if width == 2 else 0, width=width)


def of_graph(content: bytes, contract: Contract) -> Scorer:
    """A scorer of the graph; raises `ValueError` if its inputs are not those of the contract."""
    opened = session(content)
    answer = answer_of(opened)
    inputs = opened.get_inputs()
    feed = _matrix_feed(inputs[0], contract) if _takes_matrix(inputs) else _column_feed(inputs, contract)

    def score(columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        given = opened.run([answer.output], feed(columns))[0]
        if answer.width and given.shape == (rows, answer.width):
            given = given[:, answer.place]
        return finite(given, rows)

    return score


def _takes_matrix(inputs: Sequence[Any]) -> bool:
    return len(inputs) == 1 and len(inputs[0].shape) == 2 and inputs[0].shape[1] != 1


def _matrix_feed(wanted: Any, contract: Contract) -> Any:
    width = wanted.shape[1]
    texts = any(column.kind is Kind.TEXT for column in contract.inputs)
    if texts or wanted.type not in _NUMBERS or (isinstance(width, int) and width != len(contract.inputs)):
        raise ValueError("the graph takes another number or another kind of columns than the contract has")
    kind = _TYPES[wanted.type]
    return lambda columns: {wanted.name: matrix(contract, columns).astype(kind)}


def _column_feed(inputs: Sequence[Any], contract: Contract) -> Any:
    names = {column.name for column in contract.inputs}
    if {wanted.name for wanted in inputs} != names or any(wanted.type not in _TYPES for wanted in inputs):
        raise ValueError("the graph takes other inputs than the contract has")
    return lambda columns: {wanted.name: _column(wanted, columns[wanted.name]) for wanted in inputs}


def _column(wanted: Any, values: Sequence[Any]) -> NDArray[Any]:
    if wanted.type not in _NUMBERS and any(value is None for value in values):
        raise ValueError("the graph has no way to say that a value is missing")
    column = np.array(values, dtype=_TYPES[wanted.type])
    return column.reshape(-1, 1) if len(wanted.shape) == 2 else column
