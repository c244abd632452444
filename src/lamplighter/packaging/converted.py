"""A scikit-learn model as an ONNX graph by skl2onnx. The graph may be silently wrong; only parity decides whether it serves."""

import importlib
import importlib.util
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lamplighter.domain.contract import Contract, Kind
from lamplighter.packaging.compile.base import kind_of
from lamplighter.serving.worker.graph import of_graph

#: Kinds of numbers that are tried in turn: many converters know single precision only.
_NUMBERS = ("DoubleTensorType", "FloatTensorType")


@dataclass(frozen=True)
class NotConverted:
    """No graph."""

    why: str


def converted(model: Any, contract: Contract) -> bytes | NotConverted:
    """The bytes of a graph that takes the columns of the contract, in double precision if skl2onnx can."""
    if kind_of(model)[0] != "sklearn":
        return NotConverted("skl2onnx converts models of scikit-learn only")
    if importlib.util.find_spec("skl2onnx") is None:
        return NotConverted("skl2onnx is not installed here")
    reasons = []
    for numbers in _NUMBERS:
        try:
            content = _graph(model, contract, numbers)
            of_graph(content, contract)
            return content
        except Exception as error:  # converters raise whatever they like
            reasons.append(type(error).__name__)
    return NotConverted(f"skl2onnx does not convert it to a graph that opens here ({reasons[-1]})")


def _graph(model: Any, contract: Contract, numbers: str) -> bytes:
    skl2onnx, types = importlib.import_module("skl2onnx"), importlib.import_module("skl2onnx.common.data_types")
    options = {id(model): {"zipmap": False}} if hasattr(model, "predict_proba") else None
    with _silenced():
        graph = skl2onnx.convert_sklearn(model, initial_types=_inputs(model, contract, types, numbers), options=options)
    content: bytes = graph.SerializeToString(deterministic=True)
    return content


def _inputs(model: Any, contract: Contract, types: Any, numbers: str) -> Sequence[tuple[str, Any]]:
    """One input for each column where columns are chosen by name, else one for all."""
    number, columns = getattr(types, numbers), contract.inputs
    texts = any(column.kind is Kind.TEXT for column in columns)
    if texts or len(columns) == 1 or type(_first(model)).__name__ == "ColumnTransformer":
        return [(one.name, (types.StringTensorType if one.kind is Kind.TEXT else number)([None, 1])) for one in columns]
    return [("rows", number([None, len(columns)]))]


def _first(model: Any) -> Any:
    """The step that gets the columns."""
    inner = model.steps[0][1] if hasattr(model, "steps") else getattr(model, "estimator", None)
    return model if inner is None or isinstance(inner, str) else _first(inner)


@contextmanager
def _silenced() -> Iterator[None]:
    """skl2onnx warns and logs on the way to graphs that hold, and to those that parity finds out."""
    logger = logging.getLogger("skl2onnx")
    before, logger.disabled = logger.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = before
