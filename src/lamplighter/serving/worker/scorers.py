"""How each kind of model is asked. A scorer takes columns that fit the contract and gives one finite number for each row."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from lamplighter.domain.contract import Contract, Kind, Meaning
from lamplighter.serving.worker.answers import finite, positive
from lamplighter.serving.worker.frame import Categories, matrix, typed

#: Columns and the number of rows; raises `Failed` for an answer that is no number, and whatever the model raises.
Scorer = Callable[[Mapping[str, Sequence[Any]], int], list[float]]

#: Losses of CatBoost whose regressor predicts the exponential of the sum.
_EXPONENTIALS = ("Poisson", "Tweedie", "LogLinQuantile")


def of_estimator(model: Any, contract: Contract) -> Scorer:
    """A model with `predict_proba` or `predict`; it gets a frame if it was trained on named columns, else an array."""
    table = _table_for(model, contract)
    if contract.output.meaning is Meaning.PROBABILITY:
        return lambda columns, rows: positive(model.predict_proba(table(columns)), rows)
    return lambda columns, rows: finite(model.predict(table(columns)), rows)


def _table_for(model: Any, contract: Contract) -> Callable[[Mapping[str, Sequence[Any]]], Any]:
    kind = type(model)
    if kind.__module__.split(".")[0] == "lightgbm":
        return _lightgbm_table(model.booster_, contract, named=has_names(model.booster_))
    if kind.__module__.startswith("sklearn.") and getattr(model, "feature_names_in_", None) is None:
        return lambda columns: matrix(contract, columns)
    return lambda columns: typed(contract, columns)


def of_lightgbm(booster: Any, contract: Contract) -> Scorer:
    """A LightGBM `Booster`."""
    table = _lightgbm_table(booster, contract, named=False)
    return lambda columns, rows: finite(booster.predict(table(columns)), rows)


def has_names(booster: Any) -> bool:
    """Whether a LightGBM `Booster` was trained on named columns."""
    names = booster.feature_name()
    return list(names) != [f"Column_{place}" for place in range(len(names))]


def _lightgbm_table(booster: Any, contract: Contract, *, named: bool) -> Callable[[Mapping[str, Sequence[Any]]], Any]:
    categories = lightgbm_categories(booster, contract)
    if not categories and not named:
        return lambda columns: matrix(contract, columns)
    return lambda columns: typed(contract, columns, categories)


def lightgbm_categories(booster: Any, contract: Contract) -> Categories:
    """The categories of each text column, as LightGBM numbers them; raises `ValueError` if they do not match the texts."""
    texts = [column.name for column in contract.inputs if column.kind is Kind.TEXT]
    categories = booster.pandas_categorical or []
    if len(categories) != len(texts):
        raise ValueError("the booster's categorical columns are not the text columns of the contract")
    return dict(zip(texts, categories, strict=True))


def of_xgboost(booster: Any, contract: Contract) -> Scorer:
    """An XGBoost `Booster` over numbers."""
    xgboost = importlib.import_module("xgboost")
    names = booster.feature_names

    def score(columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        data = xgboost.DMatrix(matrix(contract, columns), feature_names=names, nthread=1)
        return finite(booster.predict(data), rows)

    return score


def of_catboost(model: Any, contract: Contract) -> Scorer:
    """A CatBoost model, its categories as texts or whole numbers; raises `ValueError` if it takes another number of columns."""
    names = list(model.feature_names_)
    if len(names) != len(contract.inputs):
        raise ValueError(f"the model takes {len(names)} columns")
    kind = _catboost_answer(model, contract)

    def score(columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        table = typed(contract, columns)
        table.columns = names
        answer = model.predict(table, prediction_type=kind, thread_count=1)
        return positive(answer, rows) if kind == "Probability" else finite(answer, rows)

    return score


def _catboost_answer(model: Any, contract: Contract) -> str:
    """What CatBoost's regressor answers with by itself, or probabilities."""
    if contract.output.meaning is Meaning.PROBABILITY:
        return "Probability"
    return "Exponent" if catboost_objective(model) in _EXPONENTIALS else "RawFormulaVal"


def catboost_objective(model: Any) -> str:
    """The name of the loss of a CatBoost model, without its parameters."""
    return str(model.get_all_params()["loss_function"]).split(":")[0]


def of_predictor(function: Callable[[Any], Any], contract: Contract) -> Scorer:
    """A plain function from a frame to one number for each row."""
    return lambda columns, rows: finite(np.asarray(function(typed(contract, columns))), rows)
