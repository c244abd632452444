"""How a verb is reached over HTTP and what it takes to be allowed. Declared on the verb itself, so nothing can be forgotten."""

import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar, get_type_hints

import msgspec

from lamplighter.domain.identity import Permission

Verb = TypeVar("Verb", bound=Callable[..., Any])
_PLACE = re.compile(r"\{(\w+)\}")


class Door(msgspec.Struct, frozen=True):
    """One verb of the interface."""

    name: str
    #: GET for questions, POST and PUT for deeds.
    method: str
    #: Path below the base of the API, with the names of arguments in braces.
    path: str
    permission: Permission
    #: Types of the arguments by name, in order.
    arguments: dict[str, Any]
    #: Names of arguments that may be left out.
    optional: frozenset[str]
    #: Type of the answer.
    answer: Any
    #: First sentence of the docstring.
    summary: str

    @property
    def places(self) -> tuple[str, ...]:
        """Names of the arguments that stand in the path."""
        return tuple(_PLACE.findall(self.path))


#: Base of every path.
BASE = "/api/v1"


def door(method: str, path: str, permission: Permission) -> Callable[[Verb], Verb]:
    """Declare how a verb of the interface is reached."""

    def declare(verb: Verb) -> Verb:
        verb.__door__ = (method, path, permission)  # type: ignore[attr-defined]
        return verb

    return declare


def doors_of(interface: type) -> dict[str, Door]:
    """Every declared verb of an interface, by name; raises `TypeError` for a public verb without a declaration."""
    found = {}
    for name, verb in inspect.getmembers(interface, inspect.isfunction):
        if name.startswith("_"):
            continue
        declared = getattr(verb, "__door__", None)
        if declared is None:
            raise TypeError(f"{interface.__name__}.{name} declares neither a path nor a permission")
        found[name] = _door(name, verb, *declared)
    return found


def _door(name: str, verb: Callable[..., Any], method: str, path: str, permission: Permission) -> Door:
    hints = get_type_hints(verb)
    answer = hints.pop("return")
    parameters = inspect.signature(verb).parameters
    optional = frozenset(key for key in hints if parameters[key].default is not inspect.Parameter.empty)
    summary = (inspect.getdoc(verb) or "").split("\n")[0]
    return Door(name, method, f"{BASE}{path}", permission, hints, optional, answer, summary)
