"""Histogram gradient boosting of scikit-learn, with categories of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lamplighter.packaging.compile.base import Declined
from lamplighter.packaging.compile.forest import Floats, Forest, Integers, Tree
from lamplighter.packaging.compile.sets import THRESHOLD, Sets, coded, members
from lamplighter.packaging.compile.wires import Wire, is_nan
from lamplighter.serving.compiled.plan import Link

#: Estimators by name.
KINDS = ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor")
_LINKS: Mapping[str, Link] = {"poisson": Link.EXPONENTIAL, "gamma": Link.EXPONENTIAL, "log_loss": Link.SIGMOID}


def histogram(estimator: Any, wires: Sequence[Wire]) -> tuple[Forest, Link, Sequence[Wire]]:
    """The trees, the link and the wires that the trees look at: categories first, as the estimator puts them."""
    if len(estimator._predictors[0]) != 1 or not isinstance(estimator.loss, str):
        raise Declined(estimator, "it has more than one output or a loss of its own")
    sets = Sets(estimator, _features(estimator, wires))
    trees = [_tree(stage[0], sets) for stage in estimator._predictors]
    base = float(np.asarray(estimator._baseline_prediction).reshape(-1)[0])
    return Forest(trees, base=base), _LINKS.get(estimator.loss, Link.IDENTITY), sets.wires


def _features(estimator: Any, wires: Sequence[Wire]) -> Sequence[Wire]:
    if estimator._preprocessor is None:
        return wires
    flags = estimator.is_categorical_.tolist()
    categories = iter(estimator._preprocessor.named_transformers_["encoder"].categories_)
    marked = [wire for wire, flag in zip(wires, flags, strict=True) if flag]
    plain = [wire for wire, flag in zip(wires, flags, strict=True) if not flag]
    return [*(coded(estimator, wire, _known(next(categories))) for wire in marked), *plain]


def _known(categories: Any) -> list[Any]:
    """Without the mark of a missing value, which stands last and has no code."""
    return [value for value in categories.tolist() if value is not None and not is_nan(value)]


def _tree(predictor: Any, sets: Sets) -> Tree:
    """These trees compare float64 values; children of a leaf are 0 there."""
    nodes = predictor.nodes
    leaf = nodes["is_leaf"].astype(bool)
    feature, threshold = nodes["feature_idx"].astype(np.int64), nodes["num_threshold"].astype(np.float64)
    _ask_sets(predictor, sets, feature, threshold)
    return Tree(
        feature=feature,
        threshold=threshold,
        left=np.where(leaf, -1, nodes["left"].astype(np.int64)),
        right=np.where(leaf, -1, nodes["right"].astype(np.int64)),
        missing_left=nodes["missing_go_to_left"].astype(bool),
        value=nodes["value"].astype(np.float64),
    )


def _ask_sets(predictor: Any, sets: Sets, feature: Integers, threshold: Floats) -> None:
    """Nodes on categories look at the place of their set instead."""
    for at in np.flatnonzero(predictor.nodes["is_categorical"]).tolist():
        node = predictor.nodes[at]
        left = members(predictor.raw_left_cat_bitsets[node["bitset_idx"]].tolist())
        feature[at] = sets.place(int(feature[at]), left, missing_left=bool(node["missing_go_to_left"]))
        threshold[at] = THRESHOLD
