"""Trees of LightGBM, read from its own text format.

Source of the format: `tree.cpp` and `gbdt_model_text.cpp` of LightGBM.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lamplighter.domain.contract import Kind
from lamplighter.packaging.compile.base import Declined
from lamplighter.packaging.compile.forest import Floats, Forest, Integers, Tree
from lamplighter.packaging.compile.sets import THRESHOLD, Sets, coded, members
from lamplighter.packaging.compile.wires import Direct, Wire
from lamplighter.serving.compiled.plan import Link

_IDENTITIES = ("regression", "regression_l1", "huber", "fair", "quantile", "mape")
_EXPONENTIALS = ("poisson", "gamma", "tweedie")
_CATEGORICAL, _DEFAULT_LEFT, _MISSING_SHIFT = 1, 2, 2
_NO_MISSING, _ZERO_MISSING = 0, 1


def forest(booster: Any, wires: Sequence[Wire]) -> tuple[Forest, Link, float, Sequence[Wire]]:
    """The trees, the link, its steepness and the wires that the trees look at; raises `Declined` for linear leaves and zeros as
    missing."""
    head, *blocks = booster.model_to_string().split("\nTree=")
    facts = _facts(head)
    if "average_output" in head.splitlines():
        raise Declined(booster, "it averages its trees")
    link, steepness = _link(booster, facts.get("objective", ""))
    trees = [_facts(block) for block in blocks]
    sets = Sets(booster, _features(booster, wires, trees))
    return Forest([_tree(booster, facts, sets) for facts in trees]), link, steepness, sets.wires


def _features(booster: Any, wires: Sequence[Wire], trees: Sequence[Mapping[str, str]]) -> Sequence[Wire]:
    """Texts as their codes; whole numbers that are split as categories as themselves, if the model knows them."""
    texts = iter(booster.pandas_categorical or ())
    highest = max((32 * _integers(facts["cat_boundaries"]).max() for facts in trees if "cat_boundaries" in facts), default=0)
    asked = {int(feature) for facts in trees for feature in _split_by_sets(facts)}
    return [
        coded(booster, wire, next(texts, ()))
        if isinstance(wire, Direct) and wire.kind is Kind.TEXT
        else coded(booster, wire, range(highest))
        if place in asked and not (isinstance(wire, Direct) and wire.kind is Kind.NUMBER)
        else wire
        for place, wire in enumerate(wires)
    ]


def _split_by_sets(facts: Mapping[str, str]) -> Integers:
    if "decision_type" not in facts:
        return np.empty(0, dtype=np.int64)
    return np.extract(_integers(facts["decision_type"]) & _CATEGORICAL, _integers(facts["split_feature"]))


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


def _tree(booster: Any, facts: Mapping[str, str], sets: Sets) -> Tree:
    if facts.get("is_linear", "0") != "0":
        raise Declined(booster, "its leaves are linear models")
    leaves = _floats(facts["leaf_value"])
    if facts["num_leaves"] == "1":
        return _leaf(leaves[:1])
    return _split(booster, facts, leaves, sets)


def _leaf(value: Floats) -> Tree:
    none = np.array([-1])
    return Tree(np.array([0]), np.array([0.0]), none, none, np.array([False]), value)


def _split(booster: Any, facts: Mapping[str, str], leaves: Floats, sets: Sets) -> Tree:
    decisions, thresholds = _integers(facts["decision_type"]), _floats(facts["threshold"])
    features = _integers(facts["split_feature"])
    missing, categorical = decisions >> _MISSING_SHIFT, (decisions & _CATEGORICAL) != 0
    if (missing[~categorical] == _ZERO_MISSING).any():
        raise Declined(booster, "it takes zeros for missing")
    for at in np.flatnonzero(categorical).tolist():
        # A category that is missing or unknown goes right.
        features[at] = sets.place(int(features[at]), _set(facts, int(thresholds[at])), missing_left=False)
        thresholds[at] = THRESHOLD
    inner = thresholds.size
    to_left = np.where(missing == _NO_MISSING, thresholds >= 0.0, (decisions & _DEFAULT_LEFT) != 0)
    ends = np.full(leaves.size, -1)
    return Tree(
        feature=np.append(features, np.zeros(leaves.size, dtype=np.int64)),
        threshold=np.append(thresholds, np.zeros(leaves.size)),
        left=np.append(_children(facts["left_child"], inner), ends),
        right=np.append(_children(facts["right_child"], inner), ends),
        missing_left=np.append(to_left, np.zeros(leaves.size, dtype=bool)),
        value=np.append(np.zeros(inner), leaves),
    )


def _set(facts: Mapping[str, str], number: int) -> list[int]:
    bounds, words = _integers(facts["cat_boundaries"]), _integers(facts["cat_threshold"])
    return members(words[bounds[number] : bounds[number + 1]].tolist())


def _children(text: str, inner: int) -> Integers:
    """A child below zero is a leaf, counted from -1 downwards; here the leaves stand behind the inner nodes."""
    children = _integers(text)
    return np.where(children < 0, inner - children - 1, children)


def _floats(text: str) -> Floats:
    return np.array(text.split(), dtype=np.float64)


def _integers(text: str) -> Integers:
    return np.array(text.split(), dtype=np.int64)
