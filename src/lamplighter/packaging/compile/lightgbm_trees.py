"""Trees of LightGBM, read from its own text format.

Source of the format: `tree.cpp` and `gbdt_model_text.cpp` of LightGBM.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lamplighter.packaging.compile.base import Declined
from lamplighter.packaging.compile.forest import Floats, Forest, Integers, Tree
from lamplighter.serving.compiled.plan import Link

_IDENTITIES = ("regression", "regression_l1", "huber", "fair", "quantile", "mape")
_EXPONENTIALS = ("poisson", "gamma", "tweedie")
_CATEGORICAL, _DEFAULT_LEFT, _MISSING_SHIFT = 1, 2, 2
_NO_MISSING, _ZERO_MISSING = 0, 1


def forest(booster: Any) -> tuple[Forest, Link, float]:
    """The trees, the link and its steepness; raises `Declined` for categorical splits, linear leaves and zeros as missing."""
    head, *blocks = booster.model_to_string().split("\nTree=")
    facts = _facts(head)
    if "average_output" in head.splitlines():
        raise Declined(booster, "it averages its trees")
    link, steepness = _link(booster, facts.get("objective", ""))
    return Forest([_tree(booster, _facts(block)) for block in blocks]), link, steepness


def _facts(block: str) -> Mapping[str, str]:
    lines = block.split("\n\n\n")[0].splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _link(booster: Any, objective: str) -> tuple[Link, float]:
    name, *options = objective.split(" ")
    if name == "binary":
        steepness = next((option for option in options if option.startswith("sigmoid:")), "sigmoid:1")
        return Link.SIGMOID, float(steepness.removeprefix("sigmoid:"))
    if name == "cross_entropy":
        return Link.SIGMOID, 1.0
    if name in _IDENTITIES and "sqrt" not in options:
        return Link.IDENTITY, 1.0
    if name in _EXPONENTIALS:
        return Link.EXPONENTIAL, 1.0
    raise Declined(booster, "its objective is not compiled")


def _tree(booster: Any, facts: Mapping[str, str]) -> Tree:
    if facts.get("num_cat", "0") != "0":
        raise Declined(booster, "it splits on categories of its own")
    if facts.get("is_linear", "0") != "0":
        raise Declined(booster, "its leaves are linear models")
    leaves = _floats(facts["leaf_value"])
    if facts["num_leaves"] == "1":
        return _leaf(leaves[:1])
    return _split(booster, facts, leaves)


def _leaf(value: Floats) -> Tree:
    none = np.array([-1])
    return Tree(np.array([0]), np.array([0.0]), none, none, np.array([False]), value)


def _split(booster: Any, facts: Mapping[str, str], leaves: Floats) -> Tree:
    decisions, thresholds = _integers(facts["decision_type"]), _floats(facts["threshold"])
    missing = decisions >> _MISSING_SHIFT
    if (decisions & _CATEGORICAL).any() or (missing == _ZERO_MISSING).any():
        raise Declined(booster, "it splits on categories of its own or takes zeros for missing")
    inner = thresholds.size
    to_left = np.where(missing == _NO_MISSING, thresholds >= 0.0, (decisions & _DEFAULT_LEFT) != 0)
    ends = np.full(leaves.size, -1)
    return Tree(
        feature=np.append(_integers(facts["split_feature"]), np.zeros(leaves.size, dtype=np.int64)),
        threshold=np.append(thresholds, np.zeros(leaves.size)),
        left=np.append(_children(facts["left_child"], inner), ends),
        right=np.append(_children(facts["right_child"], inner), ends),
        missing_left=np.append(to_left, np.zeros(leaves.size, dtype=bool)),
        value=np.append(np.zeros(inner), leaves),
    )


def _children(text: str, inner: int) -> Integers:
    """A child below zero is a leaf, counted from -1 downwards; here the leaves stand behind the inner nodes."""
    children = _integers(text)
    return np.where(children < 0, inner - children - 1, children)


def _floats(text: str) -> Floats:
    return np.array(text.split(), dtype=np.float64)


def _integers(text: str) -> Integers:
    return np.array(text.split(), dtype=np.int64)
