"""The prediction log, counted anew, gives to the last bit what was counted as the rows came in, wherever they stand by now."""

import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import delete, update
from tests.lifecycle.away import adopt, scored_rows
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import Segment, failed, scored
from tests.sdk import models

from lamplighter.domain.events.prediction import Recounted as Happened
from lamplighter.domain.outage import DRILL
from lamplighter.domain.prediction import Scored
from lamplighter.domain.pushed import Pushed
from lamplighter.domain.recounted import Recounted
from lamplighter.domain.route import Arm, Served
from lamplighter.domain.routing import declared_live
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection, profiles, recounting
from lamplighter.lifecycle.compaction import compact, folder
from lamplighter.monitoring.counts import counts_from
from lamplighter.store import schema

MODEL = "counted-trains"
DAY = 86_400_000_000
MONDAY = 19_000 * DAY
Days = dict[tuple[int, int], bytes]


@pytest.fixture
def version(life: Life, tmp_path: Path) -> Version:
    """A version with numbers, with gaps, and texts."""
    version = adopt(life, models.project(MODEL), tmp_path)
    with life.kit.store.transaction() as change:
        before = change.routings.of(MODEL, "prod")
        change.routings.save(before, declared_live(before, Served(number=1, digest=version.digest), life.clock.now()))
    return version


def inputs(chance: random.Random, rows: int) -> dict[str, list[Any]]:
    """Values of every sort; some are not there, and some nobody has seen before."""
    return {
        "delay": [chance.choice([None, chance.gauss(5.0, 40.0), 0.0, 1e300]) for _ in range(rows)],
        "load": [chance.random() for _ in range(rows)],
        "line": [chance.choice(["north", "south", "täglich", "", None, "x" * 30]) for _ in range(rows)],
    }


def requests(version: Version, seed: int, count: int) -> list[Scored]:
    """Records of every sort, over three days; some ask again under an id of their own."""
    chance = random.Random(seed)
    made = []
    for place in range(count):
        rows = chance.choice([1, 1, 2, 7])
        own = chance.choice([f"{seed:02x}{place:028x}", f"own-{chance.randrange(count // 3)}"])
        at = MONDAY + chance.randrange(3 * DAY)
        columns = inputs(chance, rows)
        scores = [chance.random() for _ in range(rows)]
        one = scored(version, own, scores, at=at, event_at=at - chance.randrange(DAY), columns=columns)
        same = replace(one, request=f"twice-{seed}-{place}")
        made += {
            0: [failed(version, own, at=at), replace(one, arm=Arm.FALLBACK)],
            1: [one, replace(one, arm=Arm.SHADOW, columns={})],
            2: [replace(one, columns={**columns, "line": ["a5f0"] * rows}, redacted=("line",))],
            3: [replace(one, columns={name: columns[name] for name in ("delay", "load")}, redacted=("line",))],
            4: [replace(one, columns={})],
            5: [replace(one, consumer=f"{DRILL}ines@trains.example")],
            6: [same, same],
        }.get(place % 11, [one])
    return made


def kept(life: Life) -> Days:
    with life.kit.store.reading() as look:
        return look.profiles.all_days(MODEL, "prod", 0)


def resting(life: Life, *groups: list[Scored]) -> None:
    """Segments of one slot with a successor, written a while ago."""
    for place, group in enumerate(groups):
        Segment(life.settings, name=f"0-1-{place:06d}").write(*group)
    life.clock.forward(61)


def recount(life: Life, since: int = 0) -> Recounted:
    return life["dana"].recount(MODEL, "prod", since)


def lose(life: Life) -> None:
    with life.kit.store.transaction() as change:
        change.connection.execute(delete(schema.profiles))


@pytest.mark.parametrize("compacted", [0, 1, 3])
@pytest.mark.parametrize("seed", range(4))
def test_what_was_lost_comes_back_to_the_last_bit(life: Life, version: Version, seed: int, compacted: int) -> None:
    groups = [requests(version, 10 * seed + group, 60) for group in range(3)]
    resting(life, *groups, [])
    collection.collect(life.kit, "prod")
    for _ in range(compacted):
        assert compact(life.kit, "prod")
    before = kept(life)
    lose(life)
    rows = sum(counts_from(content).rows for content in before.values())
    assert recount(life) == Recounted(model=MODEL, environment="prod", days=len(before), rows=rows, kept=0)
    assert kept(life) == before
    # Once more changes nothing.
    assert recount(life).days == len(before)
    assert kept(life) == before
    assert [event.rows for event in life.events(Happened)] == [rows, rows]


def test_predictions_that_were_pushed_come_back_too(life: Life, version: Version) -> None:
    found = [
        Pushed(id=f"a-{place}", time=MONDAY + place * DAY // 40, score=row["score"],
               inputs={name: row[name] for name in ("delay", "load", "line")})
        for place, row in enumerate(scored_rows(120, 3).to_dict("records"))
    ]  # fmt: skip
    life["milo"].push_predictions(MODEL, "prod", found[:80])
    life["milo"].push_predictions(MODEL, "prod", found[40:])
    before = kept(life)
    lose(life)
    assert recount(life).rows == 120
    assert kept(life) == before


def test_days_before_an_instant_stay_as_they_are(life: Life, version: Version) -> None:
    resting(life, requests(version, 1, 80), [])
    collection.collect(life.kit, "prod")
    assert compact(life.kit, "prod")
    before = kept(life)
    lose(life)
    recount(life, MONDAY + DAY + 5)
    assert kept(life) == {place: counts for place, counts in before.items() if place[1] >= MONDAY + DAY}


@pytest.mark.parametrize(("since", "days"), [(-(10**30), 1), (10**30, 0)])
def test_an_instant_before_or_after_everything(life: Life, version: Version, since: int, days: int) -> None:
    Segment(life.settings).write(scored(version, "one", [0.5], at=MONDAY, columns=inputs(random.Random(1), 1)))
    collection.collect(life.kit, "prod")
    assert recount(life, since).days == days


def test_counts_that_cannot_be_read_no_longer_stop_the_collector(life: Life, version: Version) -> None:
    one = scored(version, "one", [0.5], at=MONDAY, columns=inputs(random.Random(1), 1))
    segment = Segment(life.settings)
    segment.write(one)
    collection.collect(life.kit, "prod")
    before = kept(life)
    with life.kit.store.transaction() as change:
        change.connection.execute(update(schema.profiles).values(counts=b"damaged"))
    assert recount(life).days == 1
    assert kept(life) == before
    segment.write(replace(one, request="two"))
    assert collection.collect(life.kit, "prod") == 1
    assert counts_from(kept(life)[1, MONDAY]).rows == 2


def test_a_day_of_which_the_log_has_fewer_rows_stays(life: Life, version: Version) -> None:
    resting(life, requests(version, 1, 80), requests(version, 2, 80), [])
    collection.collect(life.kit, "prod")
    assert compact(life.kit, "prod")
    assert compact(life.kit, "prod")
    before = kept(life)
    for path in folder(life.kit, "prod", MODEL).glob("*/*-0-1-000000-*.parquet"):
        path.unlink()
    assert recount(life) == Recounted(model=MODEL, environment="prod", days=0, rows=0, kept=len(before))
    assert kept(life) == before


def test_the_collector_and_compaction_go_on_meanwhile(life: Life, version: Version) -> None:
    groups = iter([requests(version, seed, 40) for seed in range(12)])
    ended = threading.Event()

    def live(more: Iterator[list[Scored]]) -> None:
        for place, group in enumerate(more):
            Segment(life.settings, name=f"0-1-{place:06d}").write(*group)
            life.clock.forward(61)
            collection.collect(life.kit, "prod")
            compact(life.kit, "prod")
        ended.set()

    thread = threading.Thread(target=live, args=(groups,))
    thread.start()
    while not ended.is_set():
        recount(life)
    thread.join()
    found = kept(life)
    lose(life)
    recount(life)
    assert kept(life) == found


def test_what_is_collected_between_reading_and_keeping_is_counted_once(life: Life, version: Version) -> None:
    first, second = requests(version, 1, 40), requests(version, 2, 40)
    segment = Segment(life.settings)
    segment.write(*first)
    collection.collect(life.kit, "prod")
    with life.kit.store.reading() as look:
        (reference,) = look.versions.all(model=MODEL)
    profile = profiles.profile_of(life.kit, reference)
    assert profile is not None
    count = recounting.Count(life.kit, MODEL, "prod", {1: profile}, 0)
    count.read()
    segment.write(*second)
    Segment(life.settings, name="8-1-000000").write(*requests(version, 3, 40))
    collection.collect(life.kit, "prod")
    before = kept(life)
    lose(life)
    count.put(life.actor("dana"))
    assert kept(life) == before
