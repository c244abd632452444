"""Trees of scikit-learn: single trees, forests and gradient boosting."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lamplighter.packaging.compile.base import Declined
from lamplighter.packaging.compile.forest import Floats, Forest, Tree, for_float32
from lamplighter.serving.compiled.plan import Link

Translated = tuple[Forest, Link]


def _tree(fitted: Any, values: Floats) -> Tree:
    """scikit-learn rounds the inputs of these trees to float32 and compares with <= to a float64 threshold."""
    nodes = fitted.__getstate__()["nodes"]
    names = nodes.dtype.names
    missing_left = (
        nodes["missing_go_to_left"].astype(bool) if "missing_go_to_left" in names else np.zeros(nodes.size, dtype=bool)
    )
    return Tree(
        feature=nodes["feature"].astype(np.int64),
        threshold=for_float32(nodes["threshold"].astype(np.float64)),
        left=nodes["left_child"].astype(np.int64),
        right=nodes["right_child"].astype(np.int64),
        missing_left=missing_left,
        value=values,
    )


def _answers(estimator: Any, fitted: Any) -> Floats:
    """What each node answers with: the share of the second class, or the mean."""
    values: Floats = fitted.value[:, 0, :]
    if values.shape[1] == 1:
        return values[:, 0]
    if values.shape[1] != 2 or fitted.value.shape[1] != 1:
        raise Declined(estimator, "it has more than one output")
    shares: Floats = values[:, 1] / values.sum(axis=1)
    return shares


def _single(estimator: Any) -> Translated:
    return Forest([_tree(estimator.tree_, _answers(estimator, estimator.tree_))]), Link.IDENTITY


def _forest(estimator: Any) -> Translated:
    trees = [_tree(part.tree_, _answers(estimator, part.tree_)) for part in estimator.estimators_]
    return Forest(trees, divisor=float(len(trees))), Link.IDENTITY


def _gradient_boosting(estimator: Any) -> Translated:
    if estimator.estimators_.shape[1] != 1:
        raise Declined(estimator, "it has more than one output")
    classifies = hasattr(estimator, "classes_")
    if classifies and estimator.loss != "log_loss":
        raise Declined(estimator, f"its loss is {estimator.loss}")
    if not isinstance(estimator.init_, str) and type(estimator.init_).__name__ not in ("DummyClassifier", "DummyRegressor"):
        raise Declined(estimator, "it starts from another model")
    rate = estimator.learning_rate
    trees = [_tree(part.tree_, rate * part.tree_.value[:, 0, 0]) for part in estimator.estimators_[:, 0]]
    start = estimator._raw_predict_init(np.zeros((1, estimator.n_features_in_), dtype=np.float32))
    return Forest(trees, base=float(start[0, 0])), Link.SIGMOID if classifies else Link.IDENTITY


#: Estimators by name.
KINDS: Mapping[str, Callable[[Any], Translated]] = {
    "DecisionTreeClassifier": _single,
    "DecisionTreeRegressor": _single,
    "ExtraTreeClassifier": _single,
    "ExtraTreeRegressor": _single,
    "ExtraTreesClassifier": _forest,
    "ExtraTreesRegressor": _forest,
    "GradientBoostingClassifier": _gradient_boosting,
    "GradientBoostingRegressor": _gradient_boosting,
    "RandomForestClassifier": _forest,
    "RandomForestRegressor": _forest,
}
