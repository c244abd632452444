"""What capturing a model gives, whatever it is made with.

Each other file of this folder knows one kind of model and offers `recognises(model) -> bool` and
`capture(model, request) -> Captured`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lamplighter.domain.contract import Contract, Kind, Meaning, Output
from lamplighter.domain.errors import Invalid
from lamplighter.domain.version import Badge, Lock
from lamplighter.serving.worker.scorers import Scorer


@dataclass(frozen=True)
class Request:
    """What a person says beside the model."""

    #: Names of the two classes, negative first; empty means as the model has them.
    classes: tuple[str, ...] = ()
    #: Whether a format that runs code when it is opened may be used.
    trust: bool = False
    #: Folder for environments of models whose packages are not those here; nothing if none may be made.
    environments: Path | None = None


@dataclass(frozen=True)
class Source:
    """A model in the bytes that stand for it."""

    #: File name for people.
    name: str
    #: One of the formats that a worker opens.
    format: str
    badge: Badge
    content: bytes


@dataclass(frozen=True)
class Captured:
    """A model that can be made a version."""

    #: The live object.
    model: Any
    source: Source
    output: Output
    #: The columns the model takes, in order; nothing if it knows no names.
    inputs: tuple[str, ...] | None
    #: How many columns the model takes; nothing if it does not say.
    width: int | None
    #: The truth: how the live object itself scores columns.
    truth: Callable[[Contract], Scorer]
    #: Names of the top modules that the model is made of.
    roots: frozenset[str]
    #: Why the source may not be stored without trust; a form of the model that holds no code may serve nevertheless.
    unsafe: Invalid | None = None
    #: Columns that the model itself declares as ones that may be empty.
    nullable: frozenset[str] = frozenset()
    #: What columns hold where the model itself declares it; the sample shows it for all others.
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    #: The packages that it is opened with; nothing if they are those here.
    lock: Lock | None = None


def output_of(classes: Sequence[Any], request: Request) -> Output:
    """A probability for two classes, a number for none; raises `Invalid` for any other count or names that do not match."""
    names = request.classes or tuple(str(name) for name in classes)
    if not names:
        return Output(name="prediction", meaning=Meaning.NUMBER)
    if len(names) != 2 or (classes and len(classes) != 2):
        raise multiclass(max(len(names), len(classes)))
    return Output(name="probability", meaning=Meaning.PROBABILITY, classes=names)


def multiclass(count: int) -> Invalid:
    """The refusal of a classifier whose classes are not two."""
    return Invalid(
        f"A model with {count} classes cannot be a version.",
        why="A version answers with one number for each row: a probability of one class against another, or a quantity.",
        fix="Train one model for each class against the rest, or a model of two classes.",
        code="E1153",
    )


def unsupported(what: str, why: str, fix: str) -> Invalid:
    """The refusal of a model that cannot be captured."""
    return Invalid(what, why=why, fix=fix, code="E1154")
