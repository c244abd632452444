"""Freezes and windows: which instants they hold, until when, and the same on the days on which clocks are changed."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain import specimens

from lamplighter.domain.errors import Invalid
from lamplighter.domain.freeze import Freeze, check_freeze
from lamplighter.domain.hold import Hold, hold_of
from lamplighter.domain.hours import read_hours
from lamplighter.domain.local_time import first_shown
from lamplighter.domain.policy import read_policy
from lamplighter.domain.project_file import project_from

YEAR_END = Freeze(name="year-end", first="12-15", last="01-04", zone="Europe/Paris", why="The books are closed.")
OFFICE = "Mon-Thu 09:00-16:00 Europe/Paris"
NIGHT = "Sat 22:00-04:00 Europe/Paris"
ZONES = ("UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago")


def at(text: str) -> int:
    """Microseconds of an instant of ISO 8601 with its offset."""
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


def until(text: str, *windows: str, frozen: tuple[Freeze, ...] = ()) -> str:
    """When rollouts may go on that are looked at then, in UTC; `now` if they may, `never` if no end is in sight."""
    found = hold_of(frozen, (windows,), at(text))
    if found is None:
        return "now"
    return datetime.fromtimestamp(found.until / 1e6, UTC).strftime("%Y-%m-%dT%H:%M") if found.until else "never"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-26T08:59:59+01:00", "2026-11-26T08:00"),
        ("2026-11-26T09:00:00+01:00", "now"),
        ("2026-11-26T15:59:59+01:00", "now"),
        ("2026-11-26T16:00:00+01:00", "2026-11-30T08:00"),
        ("2026-11-29T12:00:00+01:00", "2026-11-30T08:00"),
        # In summer the same hours are two hours ahead of UTC.
        ("2026-07-02T16:00:00+02:00", "2026-07-06T07:00"),
        # Over the night in which clocks are put forward, and over that in which they are put back.
        ("2026-03-26T16:00:00+01:00", "2026-03-30T07:00"),
        ("2026-10-22T16:00:00+02:00", "2026-10-26T08:00"),
    ],
)
def test_office_hours(now: str, expected: str) -> None:
    assert until(now, OFFICE) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-28T21:59:00+01:00", "2026-11-28T21:00"),
        ("2026-11-29T03:59:00+01:00", "now"),
        ("2026-11-29T04:00:00+01:00", "2026-12-05T21:00"),
        # The clock jumps from 2 to 3: the window is an hour shorter.
        ("2026-03-29T03:59:00+02:00", "now"),
        ("2026-03-29T04:00:00+02:00", "2026-04-04T20:00"),
        # It shows 2 twice: the window is an hour longer.
        ("2026-10-25T02:30:00+02:00", "now"),
        ("2026-10-25T02:30:00+01:00", "now"),
        ("2026-10-25T04:00:00+01:00", "2026-10-31T21:00"),
    ],
)
def test_hours_over_midnight_belong_to_the_day_on_which_they_begin(now: str, expected: str) -> None:
    assert until(now, NIGHT) == expected


def test_hours_that_a_day_skips_begin_when_its_clock_is_put_forward_or_not_at_all() -> None:
    assert until("2026-03-29T01:30:00+01:00", "Sun 02:30-05:00 Europe/Paris") == "2026-03-29T01:00"
    assert until("2026-03-29T01:30:00+01:00", "Sun 02:00-02:45 Europe/Paris") == "2026-04-05T00:00"


def test_of_an_hour_that_comes_twice_the_first_counts() -> None:
    hours = "Sun 02:00-03:00 Europe/Paris"
    assert until("2026-10-25T02:00:00+02:00", hours) == "now"
    assert until("2026-10-25T02:59:00+01:00", hours) == "now"
    assert until("2026-10-25T02:45:00+02:00", "Sun 02:00-02:30 Europe/Paris") == "2026-11-01T01:00"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-14T23:59:59+01:00", "now"),
        ("2026-12-15T00:00:00+01:00", "2027-01-04T23:00"),
        ("2027-01-04T23:59:59+01:00", "2027-01-04T23:00"),
        ("2027-01-05T00:00:00+01:00", "now"),
        ("2035-12-31T12:00:00+01:00", "2036-01-04T23:00"),
    ],
)
def test_a_freeze_of_every_year(now: str, expected: str) -> None:
    assert until(now, frozen=(YEAR_END,)) == expected


def test_a_freeze_of_one_year_is_over_for_good() -> None:
    once = Freeze(name="move", first="2026-10-24", last="2026-10-25", zone="Europe/Paris", why="The data centre moves.")
    # The last day has 25 hours.
    assert until("2026-10-24T00:00:00+02:00", frozen=(once,)) == "2026-10-25T23:00"
    assert until("2027-10-24T12:00:00+02:00", frozen=(once,)) == "now"


def test_what_is_told_is_the_rule_that_holds_now_and_the_moment_at_which_nothing_does() -> None:
    found = hold_of((YEAR_END,), ((OFFICE,),), at("2026-12-20T12:00:00+01:00"))
    assert found == Hold(rule="freeze year-end", why="The books are closed.", until=at("2027-01-05T09:00:00+01:00"))
    outside = hold_of((YEAR_END,), ((OFFICE,),), at("2026-12-11T12:00:00+01:00"))
    assert outside is not None
    assert (outside.rule, outside.until) == (f"window {OFFICE}", at("2026-12-14T09:00:00+01:00"))


def test_a_project_only_narrows_the_windows_of_the_policy() -> None:
    both = (("Mon-Fri 08:00-12:00 UTC", "Mon-Fri 14:00-18:00 UTC"), ("Wed 11:00-15:00 UTC",))
    told = {hour: hold_of((), both, at(f"2026-11-25T{hour:02}:00:00+00:00")) is None for hour in (9, 11, 12, 13, 14, 15, 17)}
    assert [hour for hour, is_open in told.items() if is_open] == [11, 14]


@pytest.mark.parametrize("windows", [(("Mon 09:00-10:00 UTC",), ("Tue 09:00-10:00 UTC",))])
def test_rules_that_never_let_anything_through_have_no_end_in_sight(windows: tuple[tuple[str, ...], ...]) -> None:
    found = hold_of((), windows, at("2026-11-25T09:00:00+00:00"))
    assert found is not None
    assert found.until == 0
    always = Freeze(name="for-ever", first="01-01", last="12-31", zone="UTC", why="It is retired.")
    assert until("2026-11-25T09:00:00+00:00", frozen=(always,)) == "never"


@given(
    now=st.integers(at("2020-01-01T00:00:00+00:00") // 60_000_000, at("2040-01-01T00:00:00+00:00") // 60_000_000),
    zone=st.sampled_from(ZONES),
    days=st.sampled_from(["Mon-Fri", "Sat,Sun", "Fri-Mon", "Wed", "Mon-Sun"]),
    start=st.integers(0, 23),
    length=st.integers(1, 23),
)
def test_it_goes_on_exactly_when_it_was_told(now: int, zone: str, days: str, start: int, length: int) -> None:
    text = f"{days} {start:02}:00-{(start + length) % 24:02}:00 {zone}"
    instant = now * 60_000_000
    found = hold_of((), ((text,),), instant)
    if found is not None:
        assert found.until > instant
        assert hold_of((), ((text,),), found.until) is None
        earlier = hold_of((), ((text,),), found.until - 1)
        assert earlier is not None
        assert earlier.until == found.until
    local = datetime.fromtimestamp(instant / 1e6, ZoneInfo(zone))
    if all(_offset(local + timedelta(days=ahead)) == _offset(local) for ahead in (-2, -1, 1, 2)):
        begun = local - timedelta(minutes=start * 60)
        minute = begun.hour * 60 + begun.minute
        assert (found is None) == (begun.weekday() in read_hours(text).days and minute < length * 60)


def _offset(moment: datetime) -> timedelta | None:
    return moment.replace(tzinfo=moment.tzinfo).utcoffset()


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), minute=st.integers(0, 1440), zone=st.sampled_from(ZONES))
def test_the_first_moment_at_which_a_clock_shows_a_time_or_has_passed_it(day: date, minute: int, zone: str) -> None:
    """No earlier second of that day shows that time or a later one."""
    found, place = first_shown(day, minute, ZoneInfo(zone)) // 1_000_000, ZoneInfo(zone)
    wanted = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    assert datetime.fromtimestamp(found, place).replace(tzinfo=None) >= wanted
    for seconds in (1, 600, 1800, 3600, 5400):
        assert datetime.fromtimestamp(found - seconds, place).replace(tzinfo=None) < wanted


@pytest.mark.parametrize(
    "text",
    ["", "Mon 09:00-16:00", "Mon 9:00-16:00 UTC", "Mon 09:00-09:00 UTC", "Mon 24:00-08:00 UTC", "Mon 09:00-24:01 UTC",
     "Mo 09:00-16:00 UTC", "Mon 09:60-16:00 UTC", "Mon 09:00-16:00 Mars/Olympus", "Mon 09:00-16:00 ../../etc/passwd"],
)  # fmt: skip
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_hours(text)
    assert refusal.value.code in ("E1137", "E1138")


@pytest.mark.parametrize(
    ("field", "value"),
    [("from", "15-12"), ("from", "2026-12-15"), ("from", "02-29"), ("to", "soon"), ("zone", "Mars/Olympus"), ("why", " "),
     ("name", "")],
)  # fmt: skip
def test_a_freeze_that_is_none_is_refused_where_it_stands(field: str, value: str) -> None:
    said = {"name": "year-end", "from": "12-15", "to": "01-04", "zone": "UTC", "why": "Closing."} | {field: value}
    line = ", ".join(f'{name} = "{text}"' for name, text in said.items())
    with pytest.raises(Invalid) as refusal:
        read_policy(with_rules(f"freeze = [{{ {line} }}]"))
    assert re.match("Line [0-9]+: freeze of internal at production: ", refusal.value.why)
    assert refusal.value.code in ("E1137", "E1139")


def test_a_freeze_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Invalid, match="not valid"):
        check_freeze(Freeze(name="odd", first="2026-12-15", last="2026-12-14", zone="UTC", why="A slip."))


def with_rules(lines: str) -> str:
    """The starter rule book with more lines for internal models in production."""
    text = specimens.starter_text()
    head, production, rest = text.partition("[tier.levels.production]\n")
    return f"{head}{production}{lines}\n{rest}"


def test_the_rule_book_and_the_project_say_both_and_they_are_part_of_the_revision() -> None:
    line = '{ name = "year-end", from = "12-15", to = "01-04", zone = "Europe/Paris", why = "The books are closed." }'
    policy = read_policy(with_rules(f'freeze = [{line}]\nwindows = ["{OFFICE}"]'))
    rules = policy.tier[0].levels["production"]  # type: ignore[index]
    assert (rules.freeze, rules.windows) == ((YEAR_END,), (OFFICE,))
    assert policy.digest != specimens.starter().digest
    with pytest.raises(Invalid) as refusal:
        read_policy(with_rules('windows = ["sometimes"]'))
    assert re.match("Line [0-9]+: windows of internal at production: ", refusal.value.why)
    assert project_from({"model": {"name": "a"}, "env": {"prod": {"window": OFFICE}}}).env["prod"].window == OFFICE
    with pytest.raises(Invalid) as refused:
        project_from({"model": {"name": "a"}, "env": {"prod": {"window": "sometimes"}}})
    assert refused.value.why.startswith("env.prod.window: ")
