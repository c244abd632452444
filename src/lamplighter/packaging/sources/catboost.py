"""CatBoost models that stand alone, in CatBoost's own binary format."""

import tempfile
from pathlib import Path
from typing import Any

from lamplighter.domain.version import Badge
from lamplighter.packaging.sources.base import Captured, Request, Source, multiclass, output_of
from lamplighter.serving.worker.scorers import catboost_objective, of_catboost

#: Classes of CatBoost that are models.
KINDS = ("CatBoost", "CatBoostClassifier", "CatBoostRegressor")
_PROBABILITIES = ("Logloss", "CrossEntropy")


def recognises(model: Any) -> bool:
    """Whether it is a CatBoost model, classifier or regressor."""
    return type(model).__module__.split(".")[0] == "catboost" and type(model).__name__ in KINDS


def capture(model: Any, request: Request) -> Captured:
    """The model as it is saved by CatBoost; raises `Invalid` for more than two classes."""
    names = tuple(str(name) for name in model.feature_names_)
    return Captured(
        model=model,
        source=Source(name="model.cbm", format="catboost", badge=Badge.DATA, content=_content(model)),
        output=output_of(_classes(model), request),
        inputs=None if names == tuple(map(str, range(len(names)))) else names,
        width=len(names),
        truth=lambda contract: of_catboost(model, contract),
        roots=frozenset({"catboost", "pandas"}),
    )


def _classes(model: Any) -> list[Any]:
    known = list(model.classes_)
    if len(known) > 2:
        raise multiclass(len(known))
    if catboost_objective(model) not in _PROBABILITIES:
        return []
    return known or ["0", "1"]


def _content(model: Any) -> bytes:
    with tempfile.TemporaryDirectory(prefix="lamplighter-") as folder:
        path = Path(folder, "model.cbm")
        model.save_model(str(path), format="cbm")
        return path.read_bytes()
