"""What the signature of an MLflow model says, as far as a contract can say it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lamplighter.domain.contract import Kind, Output
from lamplighter.domain.errors import Invalid
from lamplighter.packaging.sources.base import Request, output_of, unsupported

_SAVE = (
    "Save it again with input_example=X.head(), or with signature=mlflow.models.infer_signature(X, answers), where X are rows"
    " of its input and answers what it predicts for them."
)
#: What a contract calls the types of MLflow.
KINDS: Mapping[str, Kind] = {
    "double": Kind.NUMBER,
    "float": Kind.NUMBER,
    "long": Kind.INTEGER,
    "integer": Kind.INTEGER,
    "string": Kind.TEXT,
    "boolean": Kind.BOOLEAN,
}
#: Kinds of columns in which MLflow lets a row be empty.
_MAY_BE_EMPTY = (Kind.NUMBER, Kind.TEXT)
_NUMBERS = ("double", "float", "long", "integer")
#: Shapes of arrays that are one number, or two, for each row; -1 is any number of rows.
_SHAPES: Mapping[tuple[int, ...], int] = {(-1,): 1, (-1, 1): 1, (-1, 2): 2}


@dataclass(frozen=True)
class Signature:
    """Inputs and output of a model."""

    #: Columns in order.
    kinds: Mapping[str, Kind]
    #: Those that a row may leave empty.
    nullable: frozenset[str]
    output: Output


def read(told: Mapping[str, Any], request: Request) -> Signature:
    """The signature in an `MLmodel`; raises `Invalid` where there is none, and for what a contract cannot say."""
    inputs, outputs = _specs(told, "inputs"), _specs(told, "outputs")
    kinds = dict(map(_kind, inputs))
    if len(kinds) != len(inputs):
        raise _inexpressible("takes two columns of the same name", "Give every column a name of its own.")
    nullable = {spec["name"] for spec in inputs if spec.get("required") is False and kinds[spec["name"]] in _MAY_BE_EMPTY}
    return Signature(kinds=kinds, nullable=frozenset(nullable), output=_output(outputs, request))


def _specs(told: Mapping[str, Any], side: str) -> Sequence[Mapping[str, Any]]:
    """The columns or tensors of one side, which are JSON in a YAML string."""
    text = told.get(side)
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not found or not all(isinstance(spec, dict) for spec in found):
        missing = f"Its signature names no {side}" if told else "It was saved without a signature"
        raise unsupported(
            "This MLflow model does not say what it takes and what it answers.",
            f"{missing}, and the contract that callers are held to is made from the signature.",
            _SAVE,
        )
    return found


def _kind(spec: Mapping[str, Any]) -> tuple[str, Kind]:
    name, kind = spec.get("name"), spec.get("type")
    if kind == "tensor" or not isinstance(name, str):
        raise _inexpressible(
            "takes an array or a list instead of named columns",
            "Let predict take a pandas frame, and save it with an input_example that is one.",
        )
    if not isinstance(kind, str) or kind not in KINDS:
        raise _inexpressible(
            f"takes the column {name!r} as {kind}",
            "Save it with numbers, texts and truth values, for example a time as a text that predict parses, or as hours.",
        )
    return name, KINDS[kind]


def _output(specs: Sequence[Mapping[str, Any]], request: Request) -> Output:
    width = _width(specs)
    if width == 1:
        return output_of(("0", "1") if request.classes else (), request)
    if width == 2 and request.classes:
        return output_of(("0", "1"), request)
    if width == 2:
        raise _inexpressible(
            "answers with two numbers for each row",
            "If they are the probabilities of two classes, name them: classes=(negative, positive). Else return one of them.",
        )
    raise _inexpressible(
        f"answers with {width} numbers for each row" if width else "answers with classes, texts or something else",
        "Let predict return one number for each row: the quantity, or the probability of the second of two classes, such as"
        " predict_proba(X)[:, 1] with their names as classes=(negative, positive).",
    )


def _width(specs: Sequence[Mapping[str, Any]]) -> int:
    """How many numbers it answers with for each row; 0 for anything but numbers."""
    if any(spec.get("type") == "tensor" for spec in specs):
        return _tensor_width(specs[0].get("tensor-spec")) if len(specs) == 1 else 0
    return len(specs) if all(spec.get("type") in _NUMBERS for spec in specs) else 0


def _tensor_width(spec: Any) -> int:
    shape, kind = (spec.get("shape"), str(spec.get("dtype"))) if isinstance(spec, dict) else (None, "")
    if not isinstance(shape, list) or not all(type(side) is int for side in shape):
        return 0
    return _SHAPES.get(tuple(shape), 0) if kind.startswith(("float", "int", "uint")) else 0


def _inexpressible(what: str, fix: str) -> Invalid:
    return unsupported(
        f"An MLflow model that {what} cannot be a version.",
        "A version takes named columns of numbers, texts and truth values. It answers with one number for each row: a"
        " quantity, or the probability of one class against another.",
        fix,
    )


def whole_numbers(told: Mapping[str, Any]) -> bool:
    """Whether a signature says that the answers are whole numbers: quantities, or classes by their number."""
    try:
        specs = json.loads(str(told.get("outputs") or "[]"))
    except (ValueError, RecursionError):
        return False
    one = specs[0] if isinstance(specs, list) and len(specs) == 1 and isinstance(specs[0], dict) else {}
    shape = one.get("tensor-spec")
    kind = str(shape.get("dtype") if isinstance(shape, dict) else one.get("type"))
    return kind in ("long", "integer") or kind.startswith(("int", "uint"))
