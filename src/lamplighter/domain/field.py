"""What is lawful in one field of a file that people write."""

from collections.abc import Callable
from typing import Any

from lamplighter.domain.errors import Invalid


def check_field(field: str, lawful: Callable[[Any], object], value: Any) -> None:
    """Hold the value of a field against what is lawful there; raises `Invalid` naming the field."""
    try:
        lawful(value)
    except Invalid as error:
        raise Invalid(error.what, why=f"{field}: {error.why}", fix=error.fix, code=error.code) from None


def if_named(lawful: Callable[[str], object]) -> Callable[[str], object]:
    """The same check for a field that may be left out."""
    return lambda text: lawful(text) if text else text
