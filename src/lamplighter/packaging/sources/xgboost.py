"""XGBoost models that stand alone, as XGBoost's own JSON."""

import json
import math
from typing import Any

from lamplighter.domain.version import Badge
from lamplighter.packaging.sources.base import Captured, Request, Source, multiclass, output_of, unsupported
from lamplighter.serving.worker.scorers import of_xgboost

_KINDS = ("Booster", "XGBClassifier", "XGBRegressor")
_PROBABILITIES = ("binary:logistic", "reg:logistic")


def recognises(model: Any) -> bool:
    """Whether it is a booster, or the classifier or regressor with scikit-learn's manners."""
    return type(model).__module__.split(".")[0] == "xgboost" and type(model).__name__ in _KINDS


def capture(model: Any, request: Request) -> Captured:
    """The model as JSON, up to its best iteration; raises `Invalid` for classes, columns or values it has no safe form for."""
    bare = type(model).__name__ == "Booster"
    booster = _whole(model if bare else model.get_booster())
    if not bare and not math.isnan(model.missing):
        raise _not_as_is("It takes a number of its own for a missing value.", "Train it with missing=nan.")
    if "c" in (booster.feature_types or ()):
        raise _not_as_is(
            "It was trained on pandas categories.", "Put a OneHotEncoder or OrdinalEncoder in front, in a Pipeline."
        )
    content = bytes(booster.save_raw(raw_format="json"))
    learner = json.loads(content)["learner"]
    if int(learner["learner_model_param"]["num_class"]) > 1:
        raise multiclass(int(learner["learner_model_param"]["num_class"]))
    classes = _classes(learner["objective"]["name"]) if bare else list(getattr(model, "classes_", ()))
    return Captured(
        model=model,
        source=Source(name="model.json", format="xgboost", badge=Badge.DATA, content=content),
        output=output_of(classes, request),
        inputs=tuple(booster.feature_names) if booster.feature_names else None,
        width=booster.num_features(),
        truth=lambda contract: of_xgboost(booster, contract),
        roots=frozenset({"xgboost"}),
    )


def _whole(booster: Any) -> Any:
    """The trees that count: those up to the best iteration of an early stop."""
    best = booster.attr("best_iteration")
    return booster if best is None else booster[: int(best) + 1]


def _classes(objective: str) -> list[str]:
    return ["0", "1"] if objective in _PROBABILITIES else []


def _not_as_is(why: str, fix: str) -> Exception:
    return unsupported("This XGBoost model cannot be a version as it is.", why, fix)
