"""A column that has suddenly lost its values: the owner of its source is told, and nobody where there is no source."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.segments import Segment, scored
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.events.incident import FindingMade
from lamplighter.domain.monitor import Finding, Kind, Severity
from lamplighter.lifecycle import collection, watching

MONDAY, HOUR = 1_767_571_200_000_000, 3_600_000_000


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with lived(tmp_path / "home") as life:
        yield life


def _found(life: Life, empty: int, *, columns: tuple[str, ...] = ("delay",)) -> list[Finding]:
    """What is found of feeds after a day of 300 rows, so many of which have no delay."""
    source = {"name": "timetable", "owner": address("milo"), "columns": columns}
    monitor = {"quality": {"window": "1d", "least_rows": 50}}
    version = life.version(models.project("trains", source=[source], monitor=monitor))
    life.appoint(version)
    sample, _ = models.rows(300, seed=9)
    delays = [None if row < empty else value for row, value in enumerate(sample["delay"].tolist())]
    day = {"delay": delays, "load": sample["load"].tolist()}
    end = {"delay": [1.0], "load": [0.5]}
    scores = [0.5] * 300
    Segment(life.settings).write(
        scored(version, "day", scores, at=MONDAY + 6 * HOUR, columns=day),
        scored(version, "end", [0.5], at=MONDAY + 25 * HOUR, columns=end),
    )
    collection.collect(life.kit, "prod")
    watching.observe(life.kit)
    found = [event.finding for event in life.events(FindingMade) if event.finding is not None]
    return [finding for finding in found if finding.kind is Kind.FEED]


def test_a_column_of_a_source_that_is_suddenly_empty_is_a_page_about_the_source(life: Life) -> None:
    (found,) = _found(life, 120)
    assert (found.source, found.column, found.measure, found.severity) == ("timetable", "delay", "missing", Severity.PAGE)
    assert found.sentence == "delay of the source timetable is empty in 40% of the rows, and was in 0% when v1 was trained."


def test_a_column_that_has_lost_some_of_its_values_wakes_nobody(life: Life) -> None:
    (found,) = _found(life, 60)
    assert (found.source, found.severity) == ("timetable", Severity.NOTICE)


def test_a_few_empty_values_are_no_fault(life: Life) -> None:
    assert _found(life, 6) == []


def test_a_column_without_a_source_is_nobodys_fault(life: Life) -> None:
    assert _found(life, 120, columns=("load",)) == []
