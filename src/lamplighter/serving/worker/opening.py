"""From verified bytes to a scorer, one way for each format. Runs in a worker only."""

import importlib
import io
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lamplighter.domain.contract import Contract
from lamplighter.serving.worker.directory import of_directory
from lamplighter.serving.worker.graph import of_graph
from lamplighter.serving.worker.mark import PREDICTOR_MARK
from lamplighter.serving.worker.pyfunc import of_pyfunc
from lamplighter.serving.worker.scorers import Scorer, of_catboost, of_estimator, of_lightgbm, of_predictor, of_xgboost
from lamplighter.serving.worker.trusted import TRUSTED

#: What is imported for a format before the worker closes itself. onnxruntime is not: it starts a thread, and the sandbox binds
#: only threads that start later.
IMPORTS: Mapping[str, Sequence[str]] = {
    "skops": ("skops.io", "sklearn.pipeline", "sklearn.compose", "pandas"),
    "lightgbm": ("lightgbm",),
    "xgboost": ("xgboost",),
    "catboost": ("catboost", "pandas"),
    "onnx": (),
    "python-source": ("pandas",),
    "cloudpickle": ("cloudpickle", "pandas"),
    "joblib": ("joblib", "pandas"),
    "mlflow-directory": ("cloudpickle", "pandas"),
    "mlflow-pyfunc": ("mlflow.pyfunc", "pandas"),
}


def open_model(form: str, content: bytes, contract: Contract) -> Scorer:
    """The scorer of a model in a format of `IMPORTS`; raises `ValueError` for another, and whatever opening it raises."""
    if form not in _OPENERS:
        raise ValueError("the format of the model is unknown here")
    return _OPENERS[form](content, contract)


def _skops(content: bytes, contract: Contract) -> Scorer:
    skops = importlib.import_module("skops.io")
    return of_estimator(skops.loads(content, trusted=list(TRUSTED)), contract)


def _lightgbm(content: bytes, contract: Contract) -> Scorer:
    lightgbm = importlib.import_module("lightgbm")
    return of_lightgbm(lightgbm.Booster(model_str=content.decode()), contract)


def _xgboost(content: bytes, contract: Contract) -> Scorer:
    xgboost = importlib.import_module("xgboost")
    booster = xgboost.Booster(params={"nthread": 1})
    booster.load_model(bytearray(content))
    return of_xgboost(booster, contract)


def _catboost(content: bytes, contract: Contract) -> Scorer:
    catboost = importlib.import_module("catboost")
    model = catboost.CatBoost()
    model.load_model(blob=content)
    return of_catboost(model, contract)


def _cloudpickle(content: bytes, contract: Contract) -> Scorer:
    return of_estimator(importlib.import_module("cloudpickle").loads(content), contract)


def _joblib(content: bytes, contract: Contract) -> Scorer:
    return of_estimator(importlib.import_module("joblib").load(io.BytesIO(content)), contract)


def _source(content: bytes, contract: Contract) -> Scorer:
    module = types.ModuleType("lamplighter_model")
    exec(compile(content, "model.py", "exec"), module.__dict__)  # noqa: S102  the format is code; the worker is closed by now
    return of_predictor(predictor_of(vars(module)), contract)


def predictor_of(names: Mapping[str, Any]) -> Callable[[Any], Any]:
    """The one function that is marked as the predictor; raises `ValueError` if there is none or more than one."""
    marked = {id(value): value for value in names.values() if callable(value) and hasattr(value, PREDICTOR_MARK)}
    if len(marked) != 1:
        raise ValueError("the module has not exactly one predictor")
    found: Callable[[Any], Any] = next(iter(marked.values()))
    return found


_OPENERS: Mapping[str, Callable[[bytes, Contract], Scorer]] = {
    "skops": _skops,
    "lightgbm": _lightgbm,
    "xgboost": _xgboost,
    "catboost": _catboost,
    "onnx": of_graph,
    "python-source": _source,
    "cloudpickle": _cloudpickle,
    "joblib": _joblib,
    "mlflow-directory": of_directory,
    "mlflow-pyfunc": of_pyfunc,
}
