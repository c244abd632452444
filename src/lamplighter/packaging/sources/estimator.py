"""scikit-learn estimators and pipelines, whatever their last step is made with, as skops; other objects only by trust."""

import importlib
from collections.abc import Iterable, Sequence
from typing import Any

from lamplighter.domain.errors import Invalid
from lamplighter.domain.version import Badge
from lamplighter.packaging.sources.base import Captured, Request, Source, output_of, unsupported
from lamplighter.packaging.sources.settled import settled
from lamplighter.serving.worker.scorers import of_estimator
from lamplighter.serving.worker.trusted import TRUSTED


def recognises(model: Any) -> bool:
    """Whether the object predicts."""
    return hasattr(model, "predict")


def capture(model: Any, request: Request) -> Captured:
    """The model as skops, or as cloudpickle, which is marked as unsafe without trust; raises `Invalid` for other models."""
    names, (source, strange) = getattr(model, "feature_names_in_", None), _source(model)
    return Captured(
        model=model,
        source=source,
        output=output_of(_classes(model), request),
        inputs=None if names is None else tuple(str(name) for name in names),
        width=getattr(model, "n_features_in_", None),
        truth=lambda contract: of_estimator(model, contract),
        roots=frozenset((*_roots(model), "pandas")),
        unsafe=_unsafe(model, strange) if strange and not request.trust else None,
    )


def _classes(model: Any) -> Sequence[Any]:
    classes = getattr(model, "classes_", None)
    if classes is None:
        return ()
    if not hasattr(model, "predict_proba"):
        raise unsupported(
            f"{type(model).__name__} gives classes without probabilities.",
            "A decision is taken where a probability passes a threshold.",
            "Use a classifier with predict_proba, for example by wrapping it in CalibratedClassifierCV.",
        )
    found: list[Any] = list(classes)
    return found


def _source(model: Any) -> tuple[Source, str]:
    """The model in the safest format, and why that is none of the safe ones."""
    if type(model).__module__.split(".")[0] != "sklearn":
        return _pickled(model, "it is no scikit-learn estimator")
    try:
        skops = importlib.import_module("skops.io")
        content = skops.dumps(model)
    except (TypeError, ValueError, AttributeError, NotImplementedError) as error:
        return _pickled(model, f"skops cannot write it ({type(error).__name__})")
    strange = sorted(set(skops.get_untrusted_types(data=content)) - set(TRUSTED))
    if strange:
        return _pickled(model, f"it holds {', '.join(strange[:5])}")
    return Source(name="model.skops", format="skops", badge=Badge.AUDITED, content=settled(content)), ""


def _pickled(model: Any, why: str) -> tuple[Source, str]:
    try:
        content = importlib.import_module("cloudpickle").dumps(model)
    except Exception as error:  # whatever an object raises that cannot be pickled
        raise _unsafe(model, why) from error
    return Source(name="model.pkl", format="cloudpickle", badge=Badge.CODE, content=content), why


def _unsafe(model: Any, why: str) -> Invalid:
    return Invalid(
        f"{type(model).__name__} cannot be saved in a format that is safe to open.",
        why=f"The safe formats do not take it: {why}.",
        fix="Build it from scikit-learn, LightGBM, XGBoost or CatBoost parts, make it a predictor function, or pass trust=True"
        " to store it as code that runs only in a closed process.",
        code="E1155",
    )


def _roots(model: Any) -> Iterable[str]:
    yield type(model).__module__.split(".")[0]
    if hasattr(model, "get_params"):
        for part in model.get_params(deep=True).values():
            module = type(part).__module__.split(".")[0]
            if hasattr(part, "get_params") or hasattr(part, "predict"):
                yield module
