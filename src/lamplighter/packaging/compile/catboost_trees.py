"""Trees of CatBoost, read from its own JSON: symmetric trees and trees that grow node by node.

Source of the format: `json_model_helpers.cpp` of CatBoost. CatBoost rounds inputs to float32; a value above the border, or the
one category of a split, goes right.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lamplighter.packaging.compile.base import Declined
from lamplighter.packaging.compile.forest import Floats, Forest, Tree, for_float32
from lamplighter.serving.compiled.plan import Link

#: Objectives with the link between the sum and what the model predicts.
_OBJECTIVES: Mapping[str, Link] = {
    "Logloss": Link.SIGMOID,
    "CrossEntropy": Link.SIGMOID,
    "RMSE": Link.IDENTITY,
    "MAE": Link.IDENTITY,
    "MAPE": Link.IDENTITY,
    "Quantile": Link.IDENTITY,
    "Expectile": Link.IDENTITY,
    "Huber": Link.IDENTITY,
    "Lq": Link.IDENTITY,
    "Poisson": Link.EXPONENTIAL,
    "Tweedie": Link.EXPONENTIAL,
}
#: Kinds of splits.
_NUMBER, CATEGORY = "FloatFeature", "OneHotFeature"
_RIGHT = "AsTrue"

#: A column of the model with the number that stands for one of its categories.
Category = tuple[int, int]


class Export:
    """What a fitted model says of itself."""

    def __init__(self, model: Any) -> None:
        """Raises `Declined` for objectives, statistics over categories, texts and vectors that are not compiled."""
        self._model = model
        self.facts = exported(model)
        self._features = self.facts["features_info"]
        if any(self._features.get(kind) for kind in ("ctrs", "text_features", "embedding_features")):
            raise Declined(model, "it computes statistics of categories, texts or vectors")
        self.link = self._link()
        #: Columns that are numbers, in the order in which splits count them.
        self.numbers = self._columns("float_features")
        #: Columns that are categories, in the order in which splits count them.
        self.texts = self._columns("categorical_features")
        #: The categories that some split asks for; they take the places behind the numbers.
        self.categories = self._categories()
        self._missing_right = [one["nan_value_treatment"] == _RIGHT for one in self._sorted("float_features")]

    def _link(self) -> Link:
        parameters = self.facts["model_info"]["params"]
        parameters = json.loads(parameters) if isinstance(parameters, str) else parameters
        objective = parameters["loss_function"]["type"]
        if objective not in _OBJECTIVES:
            raise Declined(self._model, "its objective is not compiled")
        return _OBJECTIVES[objective]

    def _columns(self, kind: str) -> list[int]:
        return [int(feature["flat_feature_index"]) for feature in self._sorted(kind)]

    def _sorted(self, kind: str) -> list[Mapping[str, Any]]:
        return sorted(self._features.get(kind, ()), key=lambda feature: int(feature["feature_index"]))

    def _categories(self) -> list[Category]:
        features = self._sorted("categorical_features")
        return [(int(one["flat_feature_index"]), int(value)) for one in features for value in one.get("values", ())]

    def forest(self) -> Forest:
        """The trees over a vector of the numbers, then one place for each category that holds 1 where the row has it."""
        scale, bias = self.facts["scale_and_bias"]
        if len(bias) != 1:
            raise Declined(self._model, "it has more than one output")
        symmetric, grown = self.facts.get("oblivious_trees") or (), self.facts.get("trees") or ()
        trees = [self._symmetric(tree) for tree in symmetric] + [self._grown(tree) for tree in grown]
        return Forest([_scaled(tree, float(scale)) for tree in trees], base=float(bias[0]))

    def _symmetric(self, tree: Mapping[str, Any]) -> Tree:
        """All nodes of a level ask the same; the answers are the bits of the leaf's number, the first the lowest."""
        splits = [self._split(split) for split in tree["splits"] or ()]
        values = np.array(tree["leaf_values"], dtype=np.float64)
        if values.size != 2 ** len(splits):
            raise Declined(self._model, "it has more than one output")
        levels = [np.arange(2**level) for level in range(len(splits))]
        inner, ends = values.size - 1, np.full(values.size, -1)
        features, thresholds, missing = (
            np.array([split[part] for split, level in zip(splits, levels, strict=True) for _ in level]) for part in range(3)
        )
        starts = [2 ** (level + 1) - 1 + prefix for level, prefix in enumerate(levels)]
        left = np.concatenate([*starts, ends])
        right = np.concatenate([*(start + 2**level for level, start in enumerate(starts)), ends])
        return Tree(
            feature=np.append(features, np.zeros(values.size)).astype(np.int64),
            threshold=np.append(thresholds, np.zeros(values.size)).astype(np.float64),
            left=left.astype(np.int64),
            right=right.astype(np.int64),
            missing_left=np.append(missing, np.zeros(values.size)).astype(bool),
            value=np.append(np.zeros(inner), values),
        )

    def _grown(self, tree: Mapping[str, Any]) -> Tree:
        nodes: list[Mapping[str, Any]] = [tree]
        children = []
        for node in nodes:  # grows as children are found
            inner = "split" in node
            children.append((len(nodes), len(nodes) + 1) if inner else (-1, -1))
            nodes.extend((node["left"], node["right"]) if inner else ())
        splits = [self._split(node["split"]) if "split" in node else (0, 0.0, False) for node in nodes]
        return Tree(
            feature=np.array([split[0] for split in splits], dtype=np.int64),
            threshold=np.array([split[1] for split in splits], dtype=np.float64),
            left=np.array([left for left, _ in children], dtype=np.int64),
            right=np.array([right for _, right in children], dtype=np.int64),
            missing_left=np.array([split[2] for split in splits], dtype=bool),
            value=np.array([0.0 if "split" in node else self._one(node["value"]) for node in nodes], dtype=np.float64),
        )

    def _one(self, value: Any) -> float:
        if isinstance(value, list):
            raise Declined(self._model, "it has more than one output")
        return float(value)

    def _split(self, split: Mapping[str, Any]) -> tuple[int, float, bool]:
        """Place in the vector, threshold, and whether a missing value goes left."""
        if split["split_type"] == _NUMBER:
            feature = int(split["float_feature_index"])
            return feature, _border(split["border"]), not self._missing_right[feature]
        if split["split_type"] == CATEGORY:
            category = (self.texts[int(split["cat_feature_index"])], int(split["value"]))
            return len(self.numbers) + self.categories.index(category), 0.5, True
        raise Declined(self._model, "it splits on statistics of categories")


def exported(model: Any) -> Any:
    """The JSON of a fitted CatBoost model."""
    with tempfile.TemporaryDirectory(prefix="lamplighter-") as folder:
        path = Path(folder, "model.json")
        model.save_model(str(path), format="json")
        return json.loads(path.read_bytes())


def _border(written: float) -> float:
    """The decimal number stands for the float32 nearest to it."""
    return float(for_float32(np.array([np.float32(written)], dtype=np.float64))[0])


def _scaled(tree: Tree, scale: float) -> Tree:
    values: Floats = tree.value * scale
    return Tree(tree.feature, tree.threshold, tree.left, tree.right, tree.missing_left, values)
