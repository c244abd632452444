"""A forest as an ONNX file with one `TreeEnsemble` in float64 (`ai.onnx.ml`, version 5)."""

import importlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lamplighter.packaging.compile.base import Declined
from lamplighter.packaging.compile.forest import Forest, Integers, Tree
from lamplighter.serving.compiled.trees import INPUT, OUTPUT

#: A larger forest would take more than about 1 GB in onnxruntime.
MOST_NODES = 2_000_000
_SUM, _NO_TRANSFORM, _OPERATORS, _FORM = 1, 0, 5, 10


def write(forest: Forest, width: int) -> bytes:
    """The bytes of the file for vectors of `width` numbers; raises `Declined` for a forest without a split or a huge one."""
    if forest.nodes > MOST_NODES:
        raise Declined("trees", f"they have {forest.nodes} nodes, at most {MOST_NODES} are compiled")
    if all(tree.left[0] < 0 for tree in forest.trees):
        raise Declined("trees", "none of them splits")
    parts = _Parts(forest)
    onnx = importlib.import_module("onnx")
    helper, double = onnx.helper, onnx.TensorProto.DOUBLE
    node = helper.make_node("TreeEnsemble", [INPUT], [OUTPUT], domain="ai.onnx.ml")
    node.attribute.extend(_attribute(onnx, *part) for part in sorted(parts.attributes(onnx.numpy_helper).items()))
    graph = helper.make_graph(
        [node],
        "trees",
        [helper.make_tensor_value_info(INPUT, double, [None, width])],
        [helper.make_tensor_value_info(OUTPUT, double, [None, 1])],
    )
    operators = [helper.make_opsetid("ai.onnx.ml", _OPERATORS)]
    content: bytes = helper.make_model(graph, opset_imports=operators, ir_version=_FORM).SerializeToString(deterministic=True)
    return content


def _attribute(onnx: Any, name: str, value: Any) -> Any:
    """As `onnx.helper` makes it, which looks at each of a million numbers several times."""
    if not isinstance(value, list):
        return onnx.helper.make_attribute(name, value)
    return onnx.AttributeProto(name=name, type=onnx.AttributeProto.INTS, ints=value)


class _Parts:
    """The nodes of all trees in one row, inner nodes and leaves counted apart."""

    def __init__(self, forest: Forest) -> None:
        self._trees = [_with_root(tree) for tree in forest.trees]
        self._starts = np.cumsum([0, *(tree.left.size for tree in self._trees)])[:-1]
        leaf = self._all("left") < 0
        self._inner = ~leaf
        self._number = np.where(leaf, np.cumsum(leaf), np.cumsum(~leaf)) - 1
        self._leaf = leaf

    def _all(self, name: str) -> NDArray[Any]:
        return np.concatenate([getattr(tree, name) for tree in self._trees])

    def _side(self, name: str) -> tuple[list[int], list[int]]:
        children = self._all(name) + np.repeat(self._starts, [tree.left.size for tree in self._trees])
        children = children[self._inner]
        return self._number[children].tolist(), self._leaf[children].astype(int).tolist()

    def attributes(self, numpy_helper: Any) -> dict[str, Any]:
        """The attributes of the operator."""
        (left, left_is_leaf), (right, right_is_leaf) = self._side("left"), self._side("right")
        weights = self._all("value")[self._leaf]
        splits = self._all("threshold")[self._inner]
        return {
            "aggregate_function": _SUM,
            "post_transform": _NO_TRANSFORM,
            "n_targets": 1,
            "nodes_featureids": self._all("feature")[self._inner].tolist(),
            "nodes_splits": numpy_helper.from_array(splits),
            "nodes_modes": numpy_helper.from_array(np.zeros(splits.size, dtype=np.uint8)),
            "nodes_truenodeids": left,
            "nodes_trueleafs": left_is_leaf,
            "nodes_falsenodeids": right,
            "nodes_falseleafs": right_is_leaf,
            "nodes_missing_value_tracks_true": self._all("missing_left")[self._inner].astype(int).tolist(),
            "leaf_targetids": [0] * weights.size,
            "leaf_weights": numpy_helper.from_array(weights),
            "tree_roots": self._number[self._starts].tolist(),
        }


def _with_root(tree: Tree) -> Tree:
    """A tree that is one leaf gets a node in front that goes to that leaf either way; the format knows no other."""
    if tree.left[0] >= 0:
        return tree
    both: Integers = np.array([1, -1])
    return Tree(
        feature=np.array([0, 0]),
        threshold=np.array([0.0, 0.0]),
        left=both,
        right=both,
        missing_left=np.array([False, False]),
        value=np.array([0.0, tree.value[0]]),
    )
