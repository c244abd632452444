"""Trees of XGBoost, read from its own JSON. Source of the format: the JSON schema in XGBoost's documentation."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lamplighter.packaging.compile.base import Declined
from lamplighter.packaging.compile.forest import Forest, Tree, below_float32
from lamplighter.serving.compiled.plan import Link


def _logit(share: float) -> float:
    return math.log(share / (1.0 - share))


def _same(value: float) -> float:
    return value


#: Objectives with the link and what the base score is before it.
_OBJECTIVES: Mapping[str, tuple[Link, Callable[[float], float]]] = {
    "binary:logistic": (Link.SIGMOID, _logit),
    "reg:logistic": (Link.SIGMOID, _logit),
    "reg:squarederror": (Link.IDENTITY, _same),
    "reg:absoluteerror": (Link.IDENTITY, _same),
    "reg:pseudohubererror": (Link.IDENTITY, _same),
    "reg:gamma": (Link.EXPONENTIAL, math.log),
    "reg:tweedie": (Link.EXPONENTIAL, math.log),
    "count:poisson": (Link.EXPONENTIAL, math.log),
}


def forest(booster: Any) -> tuple[Forest, Link]:
    """The trees and the link; raises `Declined` for boosters, objectives and splits that are not known."""
    best = booster.attr("best_iteration")
    whole = booster if best is None else booster[: int(best) + 1]
    learner = json.loads(bytes(whole.save_raw(raw_format="json")))["learner"]
    objective = learner["objective"]["name"]
    if objective not in _OBJECTIVES or learner["gradient_booster"]["name"] != "gbtree":
        raise Declined(booster, "its objective or kind of booster is not compiled")
    link, before = _OBJECTIVES[objective]
    base = before(float(learner["learner_model_param"]["base_score"].strip("[]")))
    trees = [_tree(booster, tree) for tree in learner["gradient_booster"]["model"]["trees"]]
    return Forest(trees, base=base), link


def _tree(booster: Any, tree: Mapping[str, Any]) -> Tree:
    """XGBoost rounds inputs to float32; a value below the float32 threshold goes left."""
    if tree["categories_nodes"] or any(tree["split_type"]):
        raise Declined(booster, "it splits on categories of its own")
    conditions = np.array(tree["split_conditions"], dtype=np.float64)
    left = np.array(tree["left_children"], dtype=np.int64)
    return Tree(
        feature=np.array(tree["split_indices"], dtype=np.int64),
        threshold=below_float32(conditions),
        left=left,
        right=np.array(tree["right_children"], dtype=np.int64),
        missing_left=np.array(tree["default_left"], dtype=bool),
        value=np.where(left < 0, conditions, 0.0),
    )
