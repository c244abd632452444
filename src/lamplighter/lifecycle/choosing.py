"""Which rows of a request meet conditions on their inputs."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from lamplighter.domain.condition import Condition
from lamplighter.domain.errors import Invalid
from lamplighter.domain.names import unknown
from lamplighter.domain.prediction import Scored
from lamplighter.domain.version import Version
from lamplighter.lifecycle import profiles
from lamplighter.lifecycle.kit import Kit
from lamplighter.monitoring.slicing import slicer

#: Tells of each row of a request whether it fits.
Fits = Callable[[Scored], Sequence[bool]]


def fits(kit: Kit, conditions: Sequence[Condition], hidden: frozenset[str], versions: Sequence[Version]) -> Fits:
    """A test for all conditions together; without any, every row fits. What was not kept or is redacted fits none.

    Raises `NotFound` for an input that no version takes, and `Invalid` for one that is hidden or cannot be held against its
    value.
    """
    for one in conditions:
        _check(one, hidden, versions)
    by_digest, names = {version.digest: version for version in versions}, {one.column for one in conditions}

    @cache
    def holding(digest: str, condition: Condition) -> Callable[[Sequence[Any]], Sequence[bool]]:
        return _holding(kit, by_digest[digest], condition)

    def test(record: Scored) -> Sequence[bool]:
        if not conditions:
            return [True] * record.height
        if not names <= record.columns.keys() or names.intersection(record.redacted):
            return [False] * record.height
        held = [holding(record.digest, one)(record.columns[one.column]) for one in conditions]
        return [all(row) for row in zip(*held, strict=True)]

    return test


def _check(condition: Condition, hidden: frozenset[str], versions: Sequence[Version]) -> None:
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


def _holding(kit: Kit, version: Version, condition: Condition) -> Callable[[Sequence[Any]], Sequence[bool]]:
    """Tells of values of the input which of them meet the condition."""
    column = version.manifest.contract.column(condition.column)
    parts = slicer(column, profiles.profile_of(kit, version), frozenset({condition.value}))

    def holding(values: Sequence[Any]) -> Sequence[bool]:
        names = parts.names(values) if parts is not None else [""] * len(values)
        return [condition.holds(value, name) for value, name in zip(values, names, strict=True)]

    return holding
