"""Schedules against another reader of cron, on random expressions and over the days on which clocks are set."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from croniter import CroniterError, croniter  # type: ignore[import-untyped]

from lamplighter.domain.errors import Invalid
from lamplighter.domain.schedule import read_schedule

FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
SECOND = 1_000_000
ZURICH = ZoneInfo("Europe/Zurich")
#: The hours in which clocks there are set forward and back, and the one before each.
CHANGED = [
    (datetime(2026, month, day, 0, tzinfo=UTC), datetime(2026, month, day, 2, tzinfo=UTC)) for month, day in ((3, 29), (10, 25))
]


def _item(chance: random.Random, low: int, high: int) -> str:
    first = chance.randint(low, high - 1)
    last = chance.randint(first + 1, high)
    step = chance.randint(1, (high - low) // 2)
    listed = ",".join(str(chance.randint(low, high)) for _ in range(3))
    return chance.choice(
        ["*", "*", "*", str(first), str(last), f"{first}-{last}", f"*/{step}", f"{first}-{last}/{step}", listed]
    )


def expressions(count: int, seed: int) -> Iterator[tuple[str, random.Random]]:
    """Random expressions, some with names of months and days."""
    chance = random.Random(seed)
    for _ in range(count):
        fields = [_item(chance, *limits) for limits in FIELDS]
        if chance.random() < 0.1:
            fields[3] = chance.choice(("JAN", "feb", "Dec", "MAR-OCT"))
        if chance.random() < 0.1:
            fields[4] = chance.choice(("MON", "sun", "mon-fri", "7"))
        yield " ".join(fields), chance


def ours(text: str, start: datetime, count: int) -> list[datetime] | None:
    """The next times; nothing where it is no schedule."""
    try:
        schedule = read_schedule(text)
    except Invalid:
        return None
    at, found = round(start.timestamp()) * SECOND, []
    for _ in range(count):
        at = schedule.next(at)
        found.append(datetime.fromtimestamp(at // SECOND, UTC))
    return found


def theirs(text: str, start: datetime, count: int) -> list[datetime] | None:
    """The same of croniter, with the stars of cron's day fields as cron reads them."""
    try:
        times = croniter(text, start, ret_type=datetime, implement_cron_bug=True, max_years_between_matches=60)
        return [times.get_next().astimezone(UTC) for _ in range(count)]
    except CroniterError:
        return None


def test_five_thousand_random_expressions_are_due_when_croniter_says() -> None:
    refused = 0
    for text, chance in expressions(5_000, seed=1):
        start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(4 * 525_960))
        found = ours(text, start, 3)
        assert found == theirs(text, start, 3), (text, start)
        refused += found is None
    assert refused < 100


def test_over_the_days_on_which_clocks_are_set_only_the_changed_hour_differs() -> None:
    """Croniter runs twice in an hour that comes twice; here it has its runs once, as cron of Debian has it."""
    for text, chance in expressions(1_500, seed=2):
        changed = chance.choice(CHANGED)[0]
        start = (changed - timedelta(minutes=chance.randrange(720))).astimezone(ZURICH)
        one, other = ours(f"TZ=Europe/Zurich {text}", start, 8), theirs(text, start, 8)
        if one is None or other is None:
            assert one is other, text
            continue
        pairs = zip(*([at for at in found if not _is_changed(at)] for found in (one, other)), strict=False)
        assert all(mine == yours for mine, yours in pairs), (text, start)


def _is_changed(at: datetime) -> bool:
    return any(first <= at <= last for first, last in CHANGED)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("TZ=Europe/Zurich 30 2 * * *", ["28 02:30 CET", "29 03:00 CEST", "30 02:30 CEST"]),
        ("CRON_TZ=Europe/Zurich 0 12 * * *", ["28 12:00 CET", "29 12:00 CEST", "30 12:00 CEST"]),
        ("30 2 * * *", ["28 02:30 UTC", "29 02:30 UTC", "30 02:30 UTC"]),
    ],
)
def test_a_time_that_clocks_leave_out_is_due_as_the_gap_ends(text: str, due: list[str]) -> None:
    schedule = read_schedule(text)
    now = round(datetime(2026, 3, 27, 12, tzinfo=UTC).timestamp()) * SECOND
    assert [said.replace("March ", "").partition(" ")[2] for said in schedule.words(now, 3)] == due


def test_a_time_that_comes_twice_is_due_once() -> None:
    schedule = read_schedule("TZ=Europe/Zurich 30 2 * * *")
    now = round(datetime(2026, 10, 24, 12, tzinfo=UTC).timestamp()) * SECOND
    assert schedule.words(now, 2) == ["Sunday 25 October 02:30 CEST", "Monday 26 October 02:30 CET"]
    first, second = schedule.next(now), schedule.next(schedule.next(now))
    assert (schedule.last(second - SECOND), schedule.last(second)) == (first, second)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("@hourly", "0 * * * *"),
        ("@daily", "0 0 * * *"),
        ("@Midnight", "0 0 * * *"),
        ("@weekly", "0 0 * * 0"),
        ("@monthly", "0 0 1 * *"),
        ("@yearly", "0 0 1 1 *"),
        ("TZ=Europe/Zurich @annually", "0 0 1 1 *"),
        ("  0   3 * * * ", "0 3 * * *"),
    ],
)
def test_names_of_cron_are_their_fields(name: str, fields: str) -> None:
    assert read_schedule(name).fields == fields
    plain = name.removeprefix("TZ=Europe/Zurich ").strip().lower()
    start = datetime(2026, 5, 5, 5, 5, tzinfo=UTC)
    assert ours(fields, start, 5) == theirs(plain, start, 5)
