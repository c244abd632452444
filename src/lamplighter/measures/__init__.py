"""Measures: how far a window is from the reference, and how good scores were. One file each; `measure` finds them by name."""

from collections.abc import Mapping

from lamplighter import plugins
from lamplighter.domain.contract import Meaning
from lamplighter.domain.names import unknown
from lamplighter.measures.base import DriftMeasure, QualityMeasure

#: Quality measures that are shown beside the watched one, by what the scores mean.
SHOWN: Mapping[Meaning, tuple[str, ...]] = {
    Meaning.PROBABILITY: ("auc", "brier"),
    Meaning.NUMBER: ("mae", "rmse", "bias"),
}


def drift_measure(name: str) -> DriftMeasure:
    """The drift measure of this name with its default settings; raises `NotFound`."""
    found = measure(name) if name in plugins.names("measures") else None
    if not isinstance(found, DriftMeasure):
        raise unknown("drift measure", name, _names(DriftMeasure))
    return found


def quality_measure(name: str) -> QualityMeasure:
    """The quality measure of this name with its default settings; raises `NotFound`."""
    found = measure(name) if name in plugins.names("measures") else None
    if not isinstance(found, QualityMeasure):
        raise unknown("quality measure", name, _names(QualityMeasure))
    return found


def measure(name: str) -> DriftMeasure | QualityMeasure:
    """The measure of this name: the one class of its file. Raises `NotFound`."""
    module = plugins.plugin("measures", name)
    own = [kind for kind in vars(module).values() if isinstance(kind, type) and kind.__module__ == module.__name__]
    found: DriftMeasure | QualityMeasure = next(kind for kind in own if issubclass(kind, (DriftMeasure, QualityMeasure)))()
    return found


def watched(metric: str, meaning: Meaning) -> str:
    """The quality measure that a version is watched by: the one that is named, or for numbers the mean absolute error where
    that one says nothing of numbers. Raises `NotFound`."""
    told = quality_measure(metric).meaning
    return metric if meaning is Meaning.PROBABILITY or told is Meaning.NUMBER else SHOWN[meaning][0]


def quality_measures(meaning: Meaning) -> list[str]:
    """The quality measures that say something of such answers, by name."""
    return [name for name in _names(QualityMeasure) if watched(name, meaning) == name]


def _names(kind: type) -> list[str]:
    return [name for name in plugins.names("measures") if isinstance(measure(name), kind)]
