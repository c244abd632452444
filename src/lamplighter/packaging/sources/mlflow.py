"""Models that MLflow saved: in their library's own safe format where there is one, else as code by trust."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lamplighter.domain.errors import Invalid
from lamplighter.packaging.sources import catboost, directory, estimator, lightgbm, pyfunc, xgboost
from lamplighter.packaging.sources.base import Captured, Request, unsupported
from lamplighter.packaging.sources.mlmodel import NAME, Directory, read
from lamplighter.serving.worker.trusted import TRUSTED

#: Formats of CatBoost that hold a whole model and no code.
_CATBOOST_FORMATS = ("cbm", "json")
_XGBOOST = ("xgboost.core.Booster", "xgboost.sklearn.XGBClassifier", "xgboost.sklearn.XGBRegressor")


def recognises(model: Any) -> bool:
    """Whether it is the path of a folder with an `MLmodel`."""
    return isinstance(model, (str, Path)) and (Path(model) / NAME).is_file()


def capture(model: Any, request: Request) -> Captured:
    """The model of the folder; raises `Invalid` where it cannot be read, or opening it runs code and that is not trusted."""
    told = read(Path(model))
    for flavor, safe in _SAFE.items():
        kind = safe(told) if flavor in told.flavors else None
        if kind is not None:
            return _named(kind(request), told)
    if pyfunc.FLAVOR in told.flavors and not directory.PICKLES.keys() & told.flavors.keys():
        return pyfunc.capture(told, request)
    return _named(directory.capture(told, request), told)


def _named(captured: Captured, told: Directory) -> Captured:
    nullable = frozenset(name for name, may_be_empty in told.inputs.items() if may_be_empty)
    return replace(captured, inputs=captured.inputs or tuple(told.inputs) or None, nullable=nullable)


#: Takes what a person says beside the model.
Capture = Callable[[Request], Captured]


def _sklearn(told: Directory) -> Capture | None:
    model = _skops(told, "sklearn", "pickled_model")
    return None if model is None else lambda request: estimator.capture(model, request)


def _skops(told: Directory, flavor: str, key: str) -> Any:
    """The model in the skops file that a flavour names; nothing if it is no skops, or holds types beyond our own list."""
    if told.flavors[flavor].get("serialization_format") != "skops":
        return None
    content = told.file(flavor, key).read_bytes()
    skops = importlib.import_module("skops.io")
    try:
        if set(skops.get_untrusted_types(data=content)) - set(TRUSTED):
            return None
        return skops.loads(content, trusted=list(TRUSTED))
    except Exception as error:  # the errors of a damaged file share no base
        raise _unopened("skops", error) from None


def _xgboost(told: Directory) -> Capture | None:
    name = told.flavors["xgboost"].get("model_class")
    file = told.file("xgboost", "data")
    if name not in _XGBOOST:
        return None
    library = importlib.import_module("xgboost")
    model = getattr(library, str(name).rpartition(".")[2])()
    try:
        model.load_model(file)
    except Exception as error:  # as above
        raise _unopened("XGBoost", error) from None
    return lambda request: xgboost.capture(model, request)


def _lightgbm(told: Directory) -> Capture | None:
    """LightGBM's own text, or a class with scikit-learn's manners as skops."""
    if told.flavors["lightgbm"].get("model_class") != "lightgbm.basic.Booster":
        estimated = _skops(told, "lightgbm", "data")
        return None if estimated is None else lambda request: lightgbm.capture(estimated, request)
    file = told.file("lightgbm", "data")
    try:
        model = importlib.import_module("lightgbm").Booster(model_str=file.read_text())
    except Exception as error:  # as above
        raise _unopened("LightGBM", error) from None
    return lambda request: lightgbm.capture(model, request)


def _catboost(told: Directory) -> Capture | None:
    """CatBoost's own formats. One that no safe reader knows is not taken for another."""
    flavor = told.flavors["catboost"]
    name, form, file = flavor.get("model_type"), flavor.get("save_format", "cbm"), told.file("catboost", "data")
    if name not in catboost.KINDS or form not in _CATBOOST_FORMATS:
        return None
    model = getattr(importlib.import_module("catboost"), str(name))()
    try:
        model.load_model(str(file), format=form)
    except Exception as error:  # as above
        raise _unopened("CatBoost", error) from None
    return lambda request: catboost.capture(model, request)


def _unopened(library: str, error: Exception) -> Invalid:
    return unsupported(
        "This MLflow model cannot be opened.",
        f"{library} says {type(error).__name__}: the file is damaged or of another release.",
        "Save it again with the releases that are installed here.",
    )


_SAFE: Mapping[str, Callable[[Directory], Capture | None]] = {
    "sklearn": _sklearn,
    "xgboost": _xgboost,
    "lightgbm": _lightgbm,
    "catboost": _catboost,
}
