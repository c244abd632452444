"""Instants as people write them."""

import pytest

from lamplighter.domain.instant import days, minute

DAY = 86_400_000_000


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [(0, DAY, "1 Jan 1970"), (0, 7 * DAY, "1 Jan 1970 to 7 Jan 1970"), (0, DAY + 1, "1 Jan 1970 to 2 Jan 1970")],
)
def test_a_window_ends_before_its_end(start: int, end: int, told: str) -> None:
    assert days(start, end) == told


def test_a_minute_names_its_zone() -> None:
    assert minute(15_897_600_000_000) == "4 Jul 1970 00:00 UTC"
