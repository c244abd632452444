"""Which rows of a request meet conditions on their inputs."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from lamplighter.domain.condition import Condition
from lamplighter.domain.errors import Invalid
from lamplighter.domain.names import unknown
from lamplighter.domain.prediction import Scored
from lamplighter.domain.slices import MISSING
from lamplighter.domain.version import Version
from lamplighter.lifecycle import profiles
from lamplighter.lifecycle.kit import Kit
from lamplighter.monitoring.slicing import slicer

#: Tells of each row of a request whether it fits.
Fits = Callable[[Scored], Sequence[bool]]
#: Tells of values of one input which of them meet a condition.
_Holding = Callable[[Sequence[Any]], Sequence[bool]]


def fits(kit: Kit, conditions: Sequence[Condition], hidden: frozenset[str], versions: Sequence[Version]) -> Fits:
    """A test for all conditions together; without any, every row fits. What was not kept or is redacted fits none.

    Raises `NotFound` for an input that no version takes, and `Invalid` for one that is hidden or cannot be held against its
    value.
    """
    for one in conditions:
        _check(kit, one, hidden, versions)
    by_digest, names = {version.digest: version for version in versions}, {one.column for one in conditions}

    @cache
    def tests(digest: str) -> list[tuple[str, _Holding]]:
        return [(one.column, _holding(kit, by_digest[digest], one)) for one in conditions]

    def test(record: Scored) -> Sequence[bool]:
        if not conditions:
            return [True] * record.height
        if not names <= record.columns.keys() or names.intersection(record.redacted):
            return [False] * record.height
        held = [holding(record.columns[column]) for column, holding in tests(record.digest)]
        return held[0] if len(held) == 1 else [all(row) for row in zip(*held, strict=True)]

    return test


def _check(kit: Kit, condition: Condition, hidden: frozenset[str], versions: Sequence[Version]) -> None:
    if condition.column in hidden:
        raise Invalid(
            "A redacted input chooses no rows.",
            why=f"Whether {condition.column} has a value would tell what [log] keeps from everybody.",
            fix="Choose by another input.",
            code="E1247",
        )
    known = {column.name: column for version in versions for column in version.manifest.contract.inputs}
    if condition.column not in known:
        raise unknown("input", condition.column, known)
    condition.check(known[condition.column])
    if condition.names_part_of(known[condition.column]):
        condition.check_part(_parts(kit, condition.column, versions))


def _parts(kit: Kit, column: str, versions: Sequence[Version]) -> list[str]:
    """Names of the slices of an input of numbers, in their order; those of each version."""
    known: dict[str, None] = {}
    for version in versions:
        if any(one.name == column for one in version.manifest.contract.inputs):
            found = slicer(version.manifest.contract.column(column), profiles.profile_of(kit, version))
            known |= dict.fromkeys(found.parts if found else ())
    return [*known, MISSING]


def _holding(kit: Kit, version: Version, condition: Condition) -> _Holding:
    column, test = version.manifest.contract.column(condition.column), condition.test()
    parts = None if condition.is_of_order else slicer(column, profiles.profile_of(kit, version), frozenset({condition.value}))
    if parts is None:
        return lambda values: [test(value, "") for value in values]
    return lambda values: [test(value, name) for value, name in zip(values, parts.names(values), strict=True)]
