"""What a model takes and what it gives: inferred from a sample, checked at every request, compared between versions."""

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from lamplighter.domain.record import Record


class Kind(StrEnum):
    """What a column holds."""

    #: A floating-point number.
    NUMBER = "number"
    #: A whole number of at most 64 bits.
    INTEGER = "integer"
    #: A text; a list of known categories may go with it.
    TEXT = "text"
    #: True or false.
    BOOLEAN = "boolean"


class Unknown(StrEnum):
    """What to do with a category that the reference never held."""

    #: Score it and count it as drift.
    ACCEPT = "accept"
    #: Refuse the request.
    REFUSE = "refuse"


class Column(Record, frozen=True):
    """One input of a model."""

    #: Name, as callers send it.
    name: str
    #: What it holds.
    kind: Kind
    #: Whether a row may leave it empty.
    nullable: bool = False
    #: Categories seen in the reference, for texts with few of them.
    categories: tuple[str, ...] | None = None
    #: Smallest value seen in the reference.
    low: float | None = None
    #: Largest value seen in the reference.
    high: float | None = None
    #: What to do with a category outside `categories`.
    unknown: Unknown = Unknown.ACCEPT

    @property
    def is_listed(self) -> bool:
        """Whether no text is taken but those of `categories`."""
        return self.kind is Kind.TEXT and self.unknown is Unknown.REFUSE and bool(self.categories)


class Meaning(StrEnum):
    """What a model answers with."""

    #: The probability of the positive class, from 0 to 1.
    PROBABILITY = "probability"
    #: A number on the scale of the target.
    NUMBER = "number"


class Output(Record, frozen=True):
    """What a model gives for each row."""

    #: Name of the answer.
    name: str
    #: How to read it.
    meaning: Meaning
    #: The classes, negative first, for probabilities.
    classes: tuple[str, ...] = ()


class Contract(Record, frozen=True):
    """Inputs in the order the model takes them, and the output."""

    inputs: tuple[Column, ...]
    output: Output

    def column(self, name: str) -> Column:
        """The input of that name; raises `KeyError`."""
        return {column.name: column for column in self.inputs}[name]


class Problem(Record, frozen=True):
    """One thing wrong with one value of a request. Holds names and types, never values."""

    #: JSON Pointer to the value, from the rows of the request.
    pointer: str
    #: What is wrong: missing, extra, type, null, not-finite, out-of-range, invalid-string, unknown-category.
    code: str
    #: What the contract wants there.
    expected: str
    #: The type that came.
    got_type: str


#: A request reports at most this many problems.
MOST_PROBLEMS = 20
_TYPE_NAMES = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    type(None): "null",
    list: "array",
    dict: "object",
}
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


def problems_of(contract: Contract, columns: Mapping[str, Sequence[Any]]) -> tuple[Problem, ...]:
    """Everything wrong with these columns, at most `MOST_PROBLEMS`; an empty answer means the request fits."""
    wanted = {column.name: column for column in contract.inputs}
    found = [
        Problem(pointer=f"/columns/{_token(name)}", code="missing", expected=wanted[name].kind, got_type="absent")
        for name in wanted
        if name not in columns
    ]
    if any(name not in wanted for name in columns):
        found.append(Problem(pointer="/columns", code="extra", expected="no other column", got_type="column"))
    for name, values in columns.items():
        if name in wanted and len(found) < MOST_PROBLEMS:
            found.extend(_of_column(wanted[name], values, MOST_PROBLEMS - len(found)))
    return tuple(found[:MOST_PROBLEMS])


def _of_column(column: Column, values: Sequence[Any], room: int) -> list[Problem]:
    found: list[Problem] = []
    listed, token = _listed(column), _token(column.name)
    for row, value in enumerate(values):
        code = _fault(column, value, listed)
        if code is not None:
            got = _TYPE_NAMES.get(type(value), "other")
            found.append(Problem(pointer=f"/rows/{row}/{token}", code=code, expected=column.kind, got_type=got))
            if len(found) >= room:
                break
    return found


def _token(name: str) -> str:
    """The name as a part of a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _listed(column: Column) -> frozenset[str] | None:
    """The only texts that are taken, or nothing where any is."""
    return frozenset(column.categories or ()) if column.is_listed else None


def _fault(column: Column, value: Any, listed: frozenset[str] | None) -> str | None:
    if value is None:
        return None if column.nullable else "null"
    kind = type(value)
    if column.kind is Kind.NUMBER:
        if kind is float:
            return None if math.isfinite(value) else "not-finite"
        return _whole(value) if kind is int else "type"
    if column.kind is Kind.INTEGER:
        return _whole(value) if kind is int else "type"
    if column.kind is Kind.BOOLEAN:
        return None if kind is bool else "type"
    return _text(value, listed) if kind is str else "type"


def _whole(value: int) -> str | None:
    return None if _LOWEST <= value <= _HIGHEST else "out-of-range"


def _text(value: str, listed: frozenset[str] | None) -> str | None:
    if "\x00" in value or (not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value)):
        return "invalid-string"
    return "unknown-category" if listed is not None and value not in listed else None


class Difference(Record, frozen=True):
    """One change between two contracts."""

    #: The column, or `output`.
    name: str
    #: What changed, as a sentence.
    what: str
    #: Whether a caller that fits the old contract can fail under the new one, or read its answer wrongly.
    breaking: bool


def differences(old: Contract, new: Contract) -> tuple[Difference, ...]:
    """What a caller of the old contract would notice under the new one."""
    before = {column.name: column for column in old.inputs}
    after = {column.name: column for column in new.inputs}
    found = [Difference(name=name, what="is no longer taken", breaking=True) for name in before if name not in after]
    found += [Difference(name=name, what="is now needed", breaking=True) for name in after if name not in before]
    if name := moved(old, new):
        found.append(Difference(name=name, what="stands in another place", breaking=True))
    for name in before:
        if name in after:
            found.extend(_between(before[name], after[name]))
    if old.output != new.output:
        found.append(Difference(name="output", what="has another name, meaning or classes", breaking=True))
    return tuple(found)


def moved(old: Contract, new: Contract) -> str:
    """The first input that stands in another place among those of both, or nothing: a row that is sent as a list would be read
    with its values exchanged, and nobody would hear of it."""
    before, after = ([column.name for column in contract.inputs] for contract in (old, new))
    kept = zip([name for name in before if name in after], [name for name in after if name in before], strict=True)
    return next((name for name, other in kept if name != other), "")


def _between(old: Column, new: Column) -> list[Difference]:
    found = []
    if old.kind is not new.kind:
        widened = old.kind is Kind.INTEGER and new.kind is Kind.NUMBER
        found.append(Difference(name=old.name, what=f"was {old.kind}, is {new.kind}", breaking=not widened))
    if old.nullable and not new.nullable:
        found.append(Difference(name=old.name, what="may no longer be empty", breaking=True))
    before, after = _listed(old), _listed(new)
    if old.kind is new.kind and before is None and after is not None:
        found.append(Difference(name=old.name, what="may no longer hold an unknown category", breaking=True))
    gone = set(old.categories or ()) - set(new.categories or ())
    if gone and new.categories is not None:
        strict = before is not None and after is not None
        found.append(Difference(name=old.name, what=f"{len(gone)} known categories are unknown now", breaking=strict))
    return found
