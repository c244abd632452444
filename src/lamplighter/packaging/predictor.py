"""A plain function as a model."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from lamplighter.serving.worker.mark import PREDICTOR_MARK

Function = TypeVar("Function", bound=Callable[[Any], Any])


@overload
def predictor(function: Function, /) -> Function: ...


@overload
def predictor(*, classes: Sequence[str]) -> Callable[[Function], Function]: ...


def predictor(function: Function | None = None, /, *, classes: Sequence[str] = ()) -> Function | Callable[[Function], Function]:
    """Mark a function from a pandas frame to one number for each row as the model of its module.

    With `classes`, two names, negative first, the number is the probability of the second. The whole module is captured as its
    source file, so it has to import what it needs and define everything else itself.
    """
    named = tuple(classes)

    def mark(marked: Function) -> Function:
        setattr(marked, PREDICTOR_MARK, named)
        return marked

    return mark if function is None else mark(function)
