"""Fields of a posted form, read strictly."""

from enum import Enum
from typing import TypeVar

from starlette.requests import Request

from lamplighter.api.authentication import form
from lamplighter.domain.errors import Invalid

Choice = TypeVar("Choice", bound=Enum)
#: Longest text that a field of a form may hold, characters.
LONGEST = 2000


def text(request: Request, name: str, longest: int = LONGEST) -> str:
    """The text of a field, without white space around it; empty if it was not sent. Raises `Invalid` if it is too long."""
    given = form(request).get(name, "").strip()
    if len(given) > longest:
        raise _misfit(name, f"It holds more than {longest} characters.")
    return given


def needed(request: Request, name: str, longest: int = LONGEST) -> str:
    """The text of a field that must be filled; raises `Invalid`."""
    given = text(request, name, longest)
    if not given:
        raise _misfit(name, "It is empty.")
    return given


def whole(request: Request, name: str) -> int:
    """The whole number of a field; raises `Invalid`."""
    given = text(request, name)
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        raise _misfit(name, "It is not a whole number.")
    return int(given)


def fraction(request: Request, name: str) -> float:
    """The number of a field, whole or not; raises `Invalid`."""
    try:
        return float(text(request, name))
    except ValueError:
        raise _misfit(name, "It is not a number.") from None


def choice(request: Request, name: str, kind: type[Choice]) -> Choice:
    """The member of an enumeration that a field names; raises `Invalid` with the known ones."""
    given = text(request, name)
    for member in kind:
        if member.value == given:
            return member
    raise _misfit(name, f"It is none of {', '.join(str(member.value) for member in kind)}.")


def _misfit(name: str, why: str) -> Invalid:
    return Invalid(
        f"The field {name} of the form does not fit.",
        why=why,
        fix="Open the page again, correct the field and send it again.",
        code="E1134",
    )
