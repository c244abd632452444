"""Linear estimators of scikit-learn."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lamplighter.packaging.compile.base import Declined
from lamplighter.serving.compiled.plan import Linear, Link

_SIGMOID, _IDENTITY, _EXPONENTIAL = Link.SIGMOID, Link.IDENTITY, Link.EXPONENTIAL
#: Estimators by name, with the function behind the sum.
KINDS: Mapping[str, Link] = {
    "ARDRegression": _IDENTITY,
    "BayesianRidge": _IDENTITY,
    "ElasticNet": _IDENTITY,
    "ElasticNetCV": _IDENTITY,
    "GammaRegressor": _EXPONENTIAL,
    "HuberRegressor": _IDENTITY,
    "Lasso": _IDENTITY,
    "LassoCV": _IDENTITY,
    "LinearRegression": _IDENTITY,
    "LinearSVR": _IDENTITY,
    "LogisticRegression": _SIGMOID,
    "LogisticRegressionCV": _SIGMOID,
    "PoissonRegressor": _EXPONENTIAL,
    "QuantileRegressor": _IDENTITY,
    "Ridge": _IDENTITY,
    "RidgeCV": _IDENTITY,
    "SGDClassifier": _SIGMOID,
    "SGDRegressor": _IDENTITY,
    "TheilSenRegressor": _IDENTITY,
}


def linear(estimator: Any, name: str) -> tuple[Linear, Link]:
    """The weights of a fitted estimator and its link; raises `Declined` for a loss without a sigmoid."""
    if name == "SGDClassifier" and estimator.loss != "log_loss":
        raise Declined(estimator, f"its loss is {estimator.loss}")
    weights = np.asarray(estimator.coef_, dtype=np.float64)
    bias = np.asarray(estimator.intercept_, dtype=np.float64).reshape(-1)
    if weights.size != weights.shape[-1] or bias.size != 1:
        raise Declined(estimator, "it has more than one output")
    return Linear(bias=float(bias[0]), weights=tuple(weights.reshape(-1).tolist())), KINDS[name]
