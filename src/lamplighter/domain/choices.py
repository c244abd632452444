"""The names that may stand at the place where a record does not fit."""

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import inspect

_PLACE = re.compile(r" - at `(?:key in )?\$(.*)`$")
_STEP = re.compile(r"\.(\w+)|\[[^]]*\]")
#: Names that are told.
_SHOWN = 12


def choices(shape: Any, error: msgspec.ValidationError) -> Sequence[str]:
    """The names that this shape takes at the place that the error tells: members of an enum, or fields; none where neither."""
    place = _PLACE.search(str(error))
    nodes = list(_each(inspect.type_info(shape)))
    for step in _STEP.finditer(place[1]) if place else ():
        nodes = [one for node in nodes for inner in _inside(node, step[1]) for one in _each(inner)]
    if str(error).startswith("Invalid enum value"):
        return [str(member.value) for node in nodes if isinstance(node, inspect.EnumType) for member in node.cls]
    if str(error).startswith("Object contains unknown field"):
        return [field.encode_name for node in nodes if isinstance(node, inspect.StructType) for field in node.fields]
    return ()


def told(names: Sequence[str]) -> str:
    """A sentence that tells the names; nothing if there are none."""
    more = " and more" if len(names) > _SHOWN else ""
    return f" Known: {', '.join(names[:_SHOWN])}{more}." if names else ""


def misfit(shape: Any, error: msgspec.MsgspecError) -> tuple[str, str]:
    """Why a file of somebody's own is not of this shape, and what to do: with the known names, and the one that was meant."""
    names = choices(shape, error) if isinstance(error, msgspec.ValidationError) else ()
    written = re.search(r"(?:value '|field `)([^'`]*)", str(error))
    near = difflib.get_close_matches(written[1], names, n=1) if written else []
    return f"{error}.{told(names)}", f"Did you mean {near[0]}?" if near else "Correct the field that is named."


def _each(node: inspect.Type) -> Iterator[inspect.Type]:
    for one in node.types if isinstance(node, inspect.UnionType) else (node,):
        yield one.type if isinstance(one, inspect.Metadata) else one


def _inside(node: inspect.Type, field: str | None) -> Iterator[inspect.Type]:
    """The types one step down: of a field, or of what a list or a table holds."""
    match node:
        case inspect.StructType() if field is not None:
            yield from (inner.type for inner in node.fields if inner.encode_name == field)
        case inspect.ListType() | inspect.VarTupleType() if field is None:
            yield node.item_type
        case inspect.TupleType() if field is None:
            yield from node.item_types
        case inspect.DictType():
            yield node.value_type
