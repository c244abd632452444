"""The only ONNX graph that the serving process opens: one tree ensemble in float64 whose every index is in range.

Anything else (other operators, external data, functions, an index that leaves its array) is refused before the bytes reach the
native library. Source of the numbers of fields and of the attributes: `onnx.proto` and the operator `TreeEnsemble` of
`ai.onnx.ml`, version 5.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lamplighter.serving.compiled.protobuf import Integers, field, fields, repeated

_GRAPH, _NODE = 7, 1
_MODEL_FIELDS = frozenset({1, 2, 3, 4, 5, 6, _GRAPH, 8})
_GRAPH_FIELDS = frozenset({_NODE, 2, 10, 11, 12})
_OPERATOR, _DOMAIN, _ATTRIBUTE = 4, 7, 5
_TENSOR_FIELDS = frozenset({1, 2, 8, 9})
_TYPE = 20
_DOUBLE, _UINT8 = 11, 2
_SCALARS = {"aggregate_function": 1, "post_transform": 0, "n_targets": 1}
_INNER = (
    "nodes_featureids",
    "nodes_truenodeids",
    "nodes_trueleafs",
    "nodes_falsenodeids",
    "nodes_falseleafs",
    "nodes_missing_value_tracks_true",
)
_INTEGERS = frozenset((*_INNER, "leaf_targetids", "tree_roots"))
_TENSORS = {"nodes_splits": (_DOUBLE, 8), "nodes_modes": (_UINT8, 1), "leaf_weights": (_DOUBLE, 8)}


Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Arrays:
    """An ensemble that was found safe: every index is inside its array, and each node belongs to one tree."""

    #: Place in the row that each inner node looks at.
    features: Integers
    #: A value up to this one goes to the true side.
    splits: NDArray[np.float64]
    #: Whether a missing value goes to the true side.
    missing_true: Flags
    #: The child on the true side, and whether it is a leaf.
    true: tuple[Integers, Flags]
    #: The child on the false side, and whether it is a leaf.
    false: tuple[Integers, Flags]
    #: What each leaf adds.
    leaves: NDArray[np.float64]
    #: The first inner node of each tree.
    roots: Integers


def check(content: bytes, width: int) -> Arrays:
    """The arrays in the bytes of a tree ensemble over `width` numbers; raises `ValueError` unless it is safe to open."""
    graph = _bytes_of(_only(content, _MODEL_FIELDS, _GRAPH))
    node = _bytes_of(_only(graph, _GRAPH_FIELDS, _NODE))
    parts = list(fields(node))
    if [value for number, value in parts if number == _OPERATOR] != [b"TreeEnsemble"]:
        raise ValueError("the graph holds another operator than a tree ensemble")
    if [value for number, value in parts if number == _DOMAIN] != [b"ai.onnx.ml"]:
        raise ValueError("the operator is not that of ai.onnx.ml")
    ensemble = _attributes([_bytes_of(value) for number, value in parts if number == _ATTRIBUTE])
    _check_ensemble(ensemble, width)
    return _arrays(ensemble)


def _bytes_of(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number stands where a message belongs")
    return value


def _only(content: bytes, allowed: frozenset[int], wanted: int) -> int | bytes:
    parts = list(fields(content))
    if {number for number, _ in parts} - allowed:
        raise ValueError("the file holds more than one plain graph")
    found = [value for number, value in parts if number == wanted]
    if len(found) != 1:
        raise ValueError("the graph has not exactly one node")
    return found[0]


class _Ensemble:
    def __init__(self) -> None:
        self.integers: dict[str, Integers] = {}
        self.lengths: dict[str, int] = {}
        self.raw: dict[str, bytes] = {}


def _attributes(attributes: list[bytes]) -> _Ensemble:
    """Attribute fields: 1 name, which comes first, 3 integer, 5 tensor, 8 integers, 20 type."""
    ensemble = _Ensemble()
    for attribute in attributes:
        number, value, end = field(attribute, 0)
        name = _bytes_of(value).decode("utf-8", "replace")
        if number != 1 or name in ensemble.integers or name in ensemble.lengths:
            raise ValueError("an attribute has no name or stands twice")
        _take(ensemble, name, attribute[end:])
    missing = (_INTEGERS | _TENSORS.keys()) - ensemble.integers.keys() - ensemble.lengths.keys()
    if missing:
        raise ValueError("an attribute of the ensemble is missing")
    return ensemble


def _take(ensemble: _Ensemble, name: str, content: bytes) -> None:
    if name in _SCALARS or name in _INTEGERS:
        numbers, values = repeated(content)
        wanted = 3 if name in _SCALARS else 8
        if not ((numbers == wanted) | (numbers == _TYPE)).all():
            raise ValueError("an attribute has another type")
        ensemble.integers[name] = values[numbers == wanted]
    elif name in _TENSORS:
        tensors = [_bytes_of(value) for number, value in fields(content) if number != _TYPE]
        if len(tensors) != 1:
            raise ValueError("an attribute has more than one tensor")
        ensemble.lengths[name], ensemble.raw[name] = _tensor(tensors[0], *_TENSORS[name])
    else:
        raise ValueError("an attribute is unknown")


def _tensor(content: bytes, kind: int, size: int) -> tuple[int, bytes]:
    """Tensor fields: 1 dimensions, 2 type, 8 name, 9 raw bytes; external data (13, 14) is none of them."""
    parts = list(fields(content))
    raw = [_bytes_of(value) for number, value in parts if number == 9]
    if (
        {number for number, _ in parts} - _TENSOR_FIELDS
        or len(raw) != 1
        or [value for number, value in parts if number == 2] != [kind]
    ):
        raise ValueError("a tensor is not plain bytes of its type")
    if [value for number, value in parts if number == 1] != [len(raw[0]) // size] or len(raw[0]) % size:
        raise ValueError("a tensor has another length than it says")
    return len(raw[0]) // size, raw[0]


def _check_ensemble(ensemble: _Ensemble, width: int) -> None:
    integers, lengths = ensemble.integers, ensemble.lengths
    if any(integers[name].tolist() != [value] for name, value in _SCALARS.items() if name in integers):
        raise ValueError("the ensemble is not a sum over one target")
    nodes, leaves = lengths["nodes_splits"], lengths["leaf_weights"]
    same = {integers[name].size for name in _INNER} | {lengths["nodes_modes"]}
    if same != {nodes} or integers["leaf_targetids"].size != leaves or not nodes:
        raise ValueError("the arrays of the ensemble differ in length")
    if np.isnan(_doubles(ensemble, "nodes_splits")).any():
        raise ValueError("a node of the ensemble compares with no number")
    if any(ensemble.raw["nodes_modes"]) or integers["leaf_targetids"].any():
        raise ValueError("the ensemble compares otherwise than by <= or has more than one target")
    for name in ("nodes_missing_value_tracks_true", "nodes_trueleafs", "nodes_falseleafs"):
        _check_range(integers[name], 2)
    _check_range(integers["nodes_featureids"], width)
    _check_range(integers["tree_roots"], nodes)
    own, pointed = np.arange(nodes), [integers["tree_roots"]]
    for side in ("true", "false"):
        ids, leaf = integers[f"nodes_{side}nodeids"], integers[f"nodes_{side}leafs"].astype(bool)
        _check_range(ids[leaf], leaves)
        _check_range(ids[~leaf], nodes)
        if (ids[~leaf] <= own[~leaf]).any():
            raise ValueError("a node of the ensemble points back")
        pointed.append(ids[~leaf])
    if (np.bincount(np.concatenate(pointed), minlength=nodes) != 1).any():
        raise ValueError("a node of the ensemble belongs to no tree or to more than one")


def _doubles(ensemble: _Ensemble, name: str) -> NDArray[np.float64]:
    return np.frombuffer(ensemble.raw[name], dtype="<f8").astype(np.float64, copy=False)


def _arrays(ensemble: _Ensemble) -> Arrays:
    integers = ensemble.integers
    return Arrays(
        features=integers["nodes_featureids"],
        splits=_doubles(ensemble, "nodes_splits"),
        missing_true=integers["nodes_missing_value_tracks_true"].astype(bool),
        true=(integers["nodes_truenodeids"], integers["nodes_trueleafs"].astype(bool)),
        false=(integers["nodes_falsenodeids"], integers["nodes_falseleafs"].astype(bool)),
        leaves=_doubles(ensemble, "leaf_weights"),
        roots=integers["tree_roots"],
    )


def _check_range(values: Integers, end: int) -> None:
    if ((values < 0) | (values >= end)).any():
        raise ValueError("an index of the ensemble leaves its array")
