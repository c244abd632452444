"""Texts that are timestamps, and the hour of the day that they mean."""

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.domain.timestamp import are_timestamps, hour_of

ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=ZONES).filter(lambda moment: 1 < moment.year < 9999))
def test_the_hour_is_that_in_utc(moment: datetime) -> None:
    utc = moment.astimezone(UTC)
    wanted = utc.hour + utc.minute / 60 + (utc.second + utc.microsecond / 1e6) / 3600
    assert hour_of(moment.isoformat()) == pytest.approx(wanted, abs=1e-9)
    assert 0.0 <= hour_of(moment.isoformat()) < 24.0


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-03-01T14:30:00Z", 14.5),
        ("2026-03-01 14:30", 14.5),
        ("2026-03-01T00:30:00.123456789+01:00", 23.5 + 0.123456 / 3600),
        ("2026-03-01", 0.0),
        ("0001-01-01T00:00:00+14:00", 10.0),
        ("9999-12-31T23:00:00-14:00", 13.0),
    ],
)
def test_forms(text: str, hour: float) -> None:
    assert hour_of(text) == pytest.approx(hour)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.binary(), st.lists(st.text())))
def test_whatever_else_comes_has_no_hour(value: Any) -> None:
    assert math.isnan(hour_of(value))


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-03-01T25:00", "2026-W09-1", "20260301", "٢٠٢٦-03-01", "2026-03-01T14:30:00Z "]
)
def test_near_misses(text: str) -> None:
    assert math.isnan(hour_of(text))


def test_all_that_are_there_have_to_be_timestamps() -> None:
    assert are_timestamps([None, "2026-03-01", "2026-03-01T14:30:00Z"])
    assert not are_timestamps(["2026-03-01", "soon"])
    assert not are_timestamps([None, None])
    assert not are_timestamps(["2026-03-01", 3])
