"""A fitted model as a plan, or the step that has none."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lamplighter.domain.contract import Contract
from lamplighter.packaging.compile import (
    catboost_trees,
    catboost_wires,
    ensemble,
    histogram,
    lightgbm_trees,
    linear,
    sklearn_trees,
    xgboost_trees,
)
from lamplighter.packaging.compile.assembly import Assembly
from lamplighter.packaging.compile.base import Compiled, Declined, NotCompiled, kind_of
from lamplighter.packaging.compile.columns import trace
from lamplighter.packaging.compile.edges import edges
from lamplighter.packaging.compile.forest import Forest
from lamplighter.packaging.compile.wires import Direct, Wire
from lamplighter.serving.compiled.plan import Link, Plan, Trees
from lamplighter.serving.worker.frame import matrix, typed

_LIGHTGBM = ("Booster", "LGBMClassifier", "LGBMRegressor")
_XGBOOST = ("Booster", "XGBClassifier", "XGBRegressor")
_CATBOOST = ("CatBoost", "CatBoostClassifier", "CatBoostRegressor")
_ROWS = 20


def compile_model(model: Any, contract: Contract, sample: Mapping[str, Sequence[Any]]) -> Compiled | NotCompiled:
    """The compiled form of a fitted model of a known library that takes the columns of the contract in their order.

    `sample` are rows that fit the contract; they show whether the steps in front of the estimator make a sparse matrix.
    """
    if isinstance(model, Path):
        return NotCompiled(step="A saved model", why="its parts are not looked at, for opening it runs code")
    try:
        steps, estimator = _split(model)
        wires: Sequence[Wire] = [Direct(column=column.name, kind=column.kind) for column in contract.inputs]
        for step in steps:
            wires = trace(step, wires)
        package, name = kind_of(estimator)
        if package == "catboost" and name in _CATBOOST:
            return _catboost(estimator, wires, sample)
        return _finish(estimator, wires, is_sparse=bool(steps) and _is_sparse(steps, model, contract, sample))
    except Declined as declined:
        return NotCompiled(step=declined.step, why=declined.why)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        why = f"a fitted part has another form than this release of the compiler expects ({type(error).__name__})"
        return NotCompiled(step=type(model).__name__, why=why)


def _split(model: Any) -> tuple[list[Any], Any]:
    if kind_of(model) != ("sklearn", "Pipeline"):
        return [], model
    *steps, (_, last) = model.steps
    more, estimator = _split(last)
    return [*(step for _, step in steps), *more], estimator


def _is_sparse(steps: Sequence[Any], model: Any, contract: Contract, sample: Mapping[str, Sequence[Any]]) -> bool:
    """Whether the estimator gets a sparse matrix, asked of the pipeline itself."""
    rows = {name: values[:_ROWS] for name, values in sample.items()}
    named = getattr(model, "feature_names_in_", None) is not None
    table: Any = typed(contract, rows) if named else matrix(contract, rows)
    for step in steps:
        table = table if step is None or isinstance(step, str) else step.transform(table)
    return hasattr(table, "toarray")


def _finish(estimator: Any, wires: Sequence[Wire], *, is_sparse: bool) -> Compiled:
    package, name = kind_of(estimator)
    if package == "sklearn" and name in linear.KINDS:
        return _linear(estimator, name, wires)
    if package == "sklearn" and name in sklearn_trees.KINDS:
        forest, link = sklearn_trees.KINDS[name](estimator)
        return _trees(forest, link, Assembly(wires))
    if package == "sklearn" and name in histogram.KINDS:
        forest, link, wires = histogram.histogram(estimator, wires)
        return _trees(forest, link, Assembly(wires))
    if package == "lightgbm" and name in _LIGHTGBM:
        booster = estimator if name == "Booster" else estimator.booster_
        forest, link, steepness, wires = lightgbm_trees.forest(booster, wires)
        return _trees(forest, link, Assembly(wires), steepness)
    if package == "xgboost" and name in _XGBOOST:
        return _xgboost(estimator, name, wires, is_sparse=is_sparse)
    raise Declined(estimator, "this estimator is not compiled")


def _linear(estimator: Any, name: str, wires: Sequence[Wire]) -> Compiled:
    form, link = linear.linear(estimator, name)
    parts = Assembly(wires)
    plan = Plan(template=parts.template, numbers=parts.numbers, tables=parts.tables, estimator=form, link=link)
    return Compiled(plan=plan, trees=b"")


def _xgboost(estimator: Any, name: str, wires: Sequence[Wire], *, is_sparse: bool) -> Compiled:
    """XGBoost takes what a sparse matrix leaves out, its zeros, for missing."""
    if name != "Booster" and not math.isnan(estimator.missing):
        raise Declined(estimator, "its missing value is another than not-a-number")
    forest, link = xgboost_trees.forest(estimator if name == "Booster" else estimator.get_booster())
    return _trees(forest, link, Assembly(wires, zero_is_missing=is_sparse))


def _catboost(estimator: Any, wires: Sequence[Wire], sample: Mapping[str, Sequence[Any]]) -> Compiled:
    export = catboost_trees.Export(estimator)
    return _trees(export.forest(), export.link, Assembly(catboost_wires.wires(export, wires, sample)))


def _trees(forest: Forest, link: Link, parts: Assembly, steepness: float = 1.0) -> Compiled:
    width = len(parts.template)
    if max((int(np.max(tree.feature)) for tree in forest.trees), default=0) >= width:
        raise Declined("trees", "they look at a place that no step fills")
    plan = Plan(
        template=parts.template,
        numbers=parts.numbers,
        tables=parts.tables,
        estimator=Trees(base=forest.base, divisor=forest.divisor),
        link=link,
        steepness=steepness,
    )
    return Compiled(plan=plan, trees=ensemble.write(forest, width), edges=edges(forest, parts.numbers))
