"""Whether rows are ranked as well as they should be: as the project asks, or as at first."""

import msgspec
import pytest

from lamplighter.domain.monitor import Reading
from lamplighter.domain.requirement import Operator, Requirement
from lamplighter.domain.still_ranks import still_ranks


def auc(value: float, end: int = 1, *, number: int = 3, crossed: bool = False) -> Reading:
    return Reading(
        model="m", environment="prod", number=number, aspect="quality", measure="auc", column="", start=0, end=end,
        value=value, low=value - 0.02, high=value + 0.02, count=500, crossed=crossed, limit=None,
    )  # fmt: skip


def asked(bound: float, part: str = "") -> list[Requirement]:
    return [Requirement(metric="auc", operator=Operator.AT_LEAST, bound=bound, slice=part)]


@pytest.mark.parametrize(
    ("readings", "requirements", "holds"),
    [
        ([auc(0.7), auc(0.68, 2)], [], True),
        ([auc(0.7), auc(0.6, 2)], [], False),
        ([auc(0.7), auc(0.6, 2)], asked(0.58), True),
        ([auc(0.7), auc(0.6, 2)], asked(0.65), False),
        ([auc(0.7), auc(0.6, 2)], asked(0.58, "origin = 'EWR'"), False),
        ([auc(0.7, crossed=True)], asked(0.58), False),
        ([auc(0.51)], asked(0.5), False),
        ([auc(0.7, number=2)], [], False),
        ([msgspec.structs.replace(auc(0.7), aspect="estimate")], [], False),
        ([], [], False),
    ],
)
def test_still_ranks(readings: list[Reading], requirements: list[Requirement], *, holds: bool) -> None:
    found = still_ranks(readings, 3, requirements)
    assert found == (readings[-1] if holds else None)
