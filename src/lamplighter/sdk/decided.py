"""What scores say: the class by a version's threshold, or the number of a model of numbers."""

from collections.abc import Sequence
from typing import Any

from lamplighter.domain.contract import Meaning
from lamplighter.domain.version import Manifest


def is_number(manifest: Manifest) -> bool:
    """Whether the model answers numbers and decides nothing."""
    return manifest.contract.output.meaning is Meaning.NUMBER


def classes_of(manifest: Manifest) -> list[Any]:
    """The two classes, negative first, as they were when the model was fitted: texts, whole numbers or truth values."""
    return [_as_fitted(name) for name in manifest.contract.output.classes] or [False, True]


def decided(manifest: Manifest, scores: Sequence[float]) -> list[Any]:
    """What each row is."""
    if is_number(manifest):
        return list(scores)
    classes = classes_of(manifest)
    return [classes[score >= manifest.decision.threshold] for score in scores]


def _as_fitted(name: str) -> Any:
    """The class of that name: contracts hold names, estimators also numbers and truth values."""
    if name in ("False", "True"):
        return name == "True"
    return int(name) if name.removeprefix("-").isdecimal() else name
