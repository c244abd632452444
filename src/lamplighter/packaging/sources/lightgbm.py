"""LightGBM models that stand alone, as LightGBM's own text."""

from typing import Any

from lamplighter.domain.version import Badge
from lamplighter.packaging.sources.base import Captured, Request, Source, multiclass, output_of
from lamplighter.serving.worker.scorers import has_names, of_estimator, of_lightgbm

_KINDS = ("Booster", "LGBMClassifier", "LGBMRegressor")
_PROBABILITIES = ("binary", "cross_entropy")


def recognises(model: Any) -> bool:
    """Whether it is a booster, or the classifier or regressor with scikit-learn's manners."""
    return type(model).__module__.split(".")[0] == "lightgbm" and type(model).__name__ in _KINDS


def capture(model: Any, request: Request) -> Captured:
    """The model as text, up to its best iteration; raises `Invalid` for more than two classes."""
    bare = type(model).__name__ == "Booster"
    booster = model if bare else model.booster_
    if booster.num_model_per_iteration() > 1:
        raise multiclass(booster.num_model_per_iteration())
    text = booster.model_to_string()
    classes = _classes(text) if bare else list(getattr(model, "classes_", ()))
    names = tuple(booster.feature_name())
    named = has_names(booster)
    return Captured(
        model=model,
        source=Source(name="model.txt", format="lightgbm", badge=Badge.DATA, content=text.encode()),
        output=output_of(classes, request),
        inputs=names if named else None,
        width=len(names),
        truth=lambda contract: of_lightgbm(model, contract) if bare else of_estimator(model, contract),
        roots=frozenset({"lightgbm", "pandas"} if named else {"lightgbm"}),
    )


def _classes(text: str) -> list[str]:
    objective = next((line for line in text.splitlines() if line.startswith("objective=")), "").removeprefix("objective=")
    return ["0", "1"] if objective.split(" ")[0] in _PROBABILITIES else []
