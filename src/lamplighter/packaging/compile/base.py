"""What the compiler says: a compiled form, or which step it does not know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lamplighter.serving.compiled.plan import Plan


@dataclass(frozen=True)
class Compiled:
    """A compiled form; parity decides whether it is used."""

    plan: Plan
    #: The trees as an ONNX file; empty for a linear plan.
    trees: bytes
    #: Values of numeric columns around split points of the trees.
    edges: Mapping[str, Sequence[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class NotCompiled:
    """No compiled form; the model is served by the Python runtime."""

    #: The step that the compiler does not know, as the name of its type.
    step: str
    why: str


class Declined(Exception):
    """Raised within this folder where a step is not known; `compile_model` turns it into `NotCompiled`."""

    def __init__(self, step: Any, why: str) -> None:
        super().__init__(why)
        self.step = step if isinstance(step, str) else type(step).__name__
        self.why = why


def kind_of(step: Any) -> tuple[str, str]:
    """Package and name of the type of a fitted object; a subclass of a known type is another type."""
    return type(step).__module__.split(".")[0], type(step).__name__
