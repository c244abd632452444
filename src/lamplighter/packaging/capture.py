"""From a model object to bytes that stand for it, in the safest format there is for its kind."""

import re
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from lamplighter.domain.errors import Invalid
from lamplighter.packaging.sources import catboost, estimator, function, lightgbm, mlflow, onnx, pickled, xgboost
from lamplighter.packaging.sources.base import Captured, Request, unsupported

#: Kinds of models, the first that recognises an object takes it.
KINDS: tuple[ModuleType, ...] = (function, lightgbm, xgboost, catboost, onnx, mlflow, pickled, estimator)


def capture(model: Any, request: Request = Request()) -> Captured:  # noqa: B008  a request is immutable
    """Recognise the model and save it.

    Raises `Invalid` if nothing recognises it, if it has more than two classes, or if there is no safe format for it and
    `request.trust` is not set.
    """
    for kind in KINDS:
        if kind.recognises(model):
            captured: Captured = kind.capture(model, request)
            return captured
    raise unsupported(
        f"An object of the type {type(model).__name__} is no model.",
        "It has no predict, is no function marked with predictor and no ONNX graph.",
        "Hand over a fitted estimator, a booster, an ONNX file, a directory of MLflow, a pickle or a predictor function.",
    )


def arranged(captured: Captured, sample: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """The columns of the sample that the model takes, in its order; raises `Invalid` if one is missing or the count differs."""
    if captured.inputs is None:
        if captured.width is not None and captured.width != len(sample):
            raise _misfit(f"the model takes {captured.width} columns, the sample has {len(sample)}")
        return dict(sample)
    by_name = {**{_as_lightgbm(name): name for name in sample}, **{name: name for name in sample}}
    missing = [name for name in captured.inputs if name not in by_name]
    if missing:
        raise _misfit(f"the model was trained on a column {missing[0]!r} that the sample does not have")
    return {by_name[name]: sample[by_name[name]] for name in captured.inputs}


def _as_lightgbm(name: str) -> str:
    """LightGBM writes an underscore for white space in the names of columns."""
    return re.sub(r"\s", "_", name)


def _misfit(why: str) -> Invalid:
    return Invalid(
        "The sample does not fit the model.",
        why=f"In short: {why}.",
        fix="Hand over rows as the model was trained on, with the same names of columns.",
        code="E1156",
    )
