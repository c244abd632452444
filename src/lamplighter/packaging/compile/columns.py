"""Steps that contain steps: pipelines, column transformers, unions and selections of columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lamplighter.packaging.compile.base import Declined, kind_of
from lamplighter.packaging.compile.encoding import encoder
from lamplighter.packaging.compile.imputing import indicator_only, simple_imputer
from lamplighter.packaging.compile.scaling import max_abs, min_max, robust, standard
from lamplighter.packaging.compile.wires import Wire

Wires = Sequence[Wire]
_NOTHING = ("passthrough", None)


def trace(step: Any, wires: Wires) -> Wires:
    """The wires behind a fitted transformer; raises `Declined` for one that is not known."""
    if isinstance(step, str) or step is None:
        if step in _NOTHING:
            return wires
        raise Declined("step", f"it is the text {step!r}")
    package, name = kind_of(step)
    if package != "sklearn":
        raise Declined(step, "only transformers of scikit-learn are compiled")
    if name in _SELECTORS:
        return [wire for wire, kept in zip(wires, step.get_support(), strict=True) if kept]
    if name not in _TRANSFORMERS:
        raise Declined(step, "this transformer is not compiled")
    return _TRANSFORMERS[name](step, wires)


def _pipeline(step: Any, wires: Wires) -> Wires:
    for _, part in step.steps:
        wires = trace(part, wires)
    return wires


def _column_transformer(step: Any, wires: Wires) -> Wires:
    if step.transformer_weights:
        raise Declined(step, "it weights its transformers")
    places = getattr(step, "_transformer_to_input_indices", None)
    if places is None:
        raise Declined(step, "this release of scikit-learn does not say which columns go where")
    return [wire for name, part, _ in step.transformers_ for wire in _branch(part, [wires[place] for place in places[name]])]


def _branch(part: Any, wires: Wires) -> Wires:
    return [] if isinstance(part, str) and part == "drop" else trace(part, wires) if wires else []


def _union(step: Any, wires: Wires) -> Wires:
    if step.transformer_weights:
        raise Declined(step, "it weights its transformers")
    return list(_parts(step, wires))


def _parts(step: Any, wires: Wires) -> Iterator[Wire]:
    for _, part in step.transformer_list:
        yield from _branch(part, wires)


def _function(step: Any, wires: Wires) -> Wires:
    if step.func is not None:
        raise Declined(step, "it calls a function")
    return wires


_SELECTORS = (
    "GenericUnivariateSelect",
    "RFE",
    "RFECV",
    "SelectFdr",
    "SelectFpr",
    "SelectFromModel",
    "SelectFwe",
    "SelectKBest",
    "SelectPercentile",
    "SequentialFeatureSelector",
    "VarianceThreshold",
)
_TRANSFORMERS: Mapping[str, Callable[[Any, Wires], Wires]] = {
    "ColumnTransformer": _column_transformer,
    "FeatureUnion": _union,
    "FunctionTransformer": _function,
    "MaxAbsScaler": max_abs,
    "MinMaxScaler": min_max,
    "MissingIndicator": indicator_only,
    "OneHotEncoder": encoder,
    "OrdinalEncoder": encoder,
    "Pipeline": _pipeline,
    "RobustScaler": robust,
    "SimpleImputer": simple_imputer,
    "StandardScaler": standard,
    "TargetEncoder": encoder,
}
