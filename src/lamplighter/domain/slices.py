"""A slice: the rows that have one value of one input. People write `origin = 'EWR'`; figures name it `origin=EWR`."""

from collections.abc import Iterable, Mapping

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Record

#: Values that the reference did not hold.
UNSEEN = "(unseen)"
#: Rows without a value.
MISSING = "(missing)"
#: Values that have no figures of their own.
OTHER = "(other)"
#: Inputs that a model is sliced by.
MOST_INPUTS = 8


class Slice(Record, frozen=True):
    """The rows that have one value of one input."""

    column: str
    value: str

    def __str__(self) -> str:
        return f"{self.column}={self.value}"


def read_slice(text: str) -> Slice:
    """The slice that a text such as `origin = 'EWR'` names; raises `Invalid`."""
    column, equals, value = (word.strip() for word in text.partition("="))
    if not (column and equals and value):
        raise Invalid(
            "A requirement names a slice that does not exist.",
            why="A slice is the name of an input, =, and a value.",
            fix="Write slice = \"origin = 'EWR'\".",
            code="E1119",
        )
    return Slice(column=column, value=value.strip("'\""))


def key_of(values: Mapping[str, str]) -> str:
    """How the slices of one row are kept beside it: its values by input, as JSON; empty for none."""
    return msgspec.json.encode(values, order="sorted").decode() if values else ""


def slices_in(key: str) -> tuple[Slice, ...]:
    """The slices that a row with this key lies in."""
    values = from_json(key, dict[str, str]) if key else {}
    return tuple(Slice(column=column, value=value) for column, value in values.items())


def check_slices(names: tuple[str, ...], redacted: Iterable[str]) -> tuple[str, ...]:
    """The inputs themselves if rows may be told apart by them; raises `Invalid`."""
    hidden = sorted(set(names).intersection(redacted))
    if hidden:
        raise Invalid(
            "A redacted input cannot be a slice.",
            why=f"Figures by {hidden[0]} would write down the values that [log] keeps off the disk.",
            fix=f"Remove {hidden[0]} from slices in [monitor], or from redact in [log].",
            code="E1230",
        )
    if len(set(names)) < len(names) or len(names) > MOST_INPUTS:
        raise Invalid(
            "The slices are not valid.",
            why=f"They name each input once, and {MOST_INPUTS} inputs at most.",
            fix="Shorten slices in [monitor].",
            code="E1231",
        )
    return names
