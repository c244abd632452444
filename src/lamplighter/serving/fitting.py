"""A quick look at columns: whether they surely fit a contract.

It says yes or does not know. Whoever gets no yes asks `problems_of`, which knows what is wrong and names it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lamplighter.domain.contract import Contract, Kind, Unknown

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


class Fit:
    """The check of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._checks = {column.name: (_CHECKS[column.kind], column.nullable) for column in contract.inputs}
        self._is_strict = any(column.unknown is Unknown.REFUSE for column in contract.inputs)

    def holds(self, columns: Mapping[str, Sequence[Any]]) -> bool:
        """Whether every value is one that the contract takes; false also means not known."""
        checks = self._checks
        if self._is_strict or columns.keys() != checks.keys():
            return False
        for name, values in columns.items():
            check, is_nullable = checks[name]
            for value in values:
                if not (is_nullable if value is None else check(value)):
                    return False
        return True


def _number(value: Any) -> bool:
    # A number that is not finite differs from itself when taken from itself.
    return bool(value - value == 0.0) if type(value) is float else _whole(value)


def _whole(value: Any) -> bool:
    return type(value) is int and _LOWEST <= value <= _HIGHEST


def _text(value: Any) -> bool:
    return type(value) is str and value.isascii() and "\x00" not in value


def _boolean(value: Any) -> bool:
    return type(value) is bool


_CHECKS: Mapping[Kind, Callable[[Any], bool]] = {
    Kind.NUMBER: _number,
    Kind.INTEGER: _whole,
    Kind.TEXT: _text,
    Kind.BOOLEAN: _boolean,
}
