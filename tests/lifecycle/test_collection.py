"""What serving recorded is brought in exactly once, whatever happens in between."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from itertools import accumulate

from msgspec.structs import replace
from sqlalchemy import func, select
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import Segment, failed, scored
from tests.sdk import models
from tests.sdk.homes import until

from lamplighter.domain.prediction import Scored, frame
from lamplighter.domain.route import Arm
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.requests import recent_requests
from lamplighter.monitoring.counts import counts_from
from lamplighter.store import schema
from lamplighter.views.answering import service

MODEL = "collected"
NOON = 19_000 * 86_400_000_000 + 43_200_000_000


def counted(kit: Kit) -> dict[str, int]:
    """Everything that is made of records, added up."""
    with kit.store.reading() as look:
        total = look.connection.execute(select(func.count()).select_from(schema.predictions)).scalar_one()
        traffic = look.connection.execute(
            select(func.sum(schema.traffic.c.requests), func.sum(schema.traffic.c.rows), func.sum(schema.traffic.c.failures))
        ).one()
        profiles = look.connection.execute(select(schema.profiles.c.counts)).scalars().all()
        return {
            "rows": total,
            "requests": traffic[0] or 0,
            "requested rows": traffic[1] or 0,
            "failures": traffic[2] or 0,
            "profiled": sum(counts_from(day).rows for day in profiles),
            "called": sum(requests for _, _, requests, _ in look.traffic.callers(MODEL)),
        }


def expected(records: list[Scored]) -> dict[str, int]:
    """The same sums from the records themselves."""
    return {
        "rows": sum(len(record.scores) for record in records),
        "requests": len(records),
        "requested rows": sum(record.rows for record in records),
        "failures": sum(bool(record.failure) for record in records),
        "profiled": sum(len(record.scores) for record in records if record.columns),
        "called": sum(record.arm is not Arm.SHADOW for record in records),
    }


def requests(version: Version, count: int, name: str = "q") -> list[Scored]:
    """Records of every sort, over several seconds and two days."""
    chance = random.Random(count)
    made = []
    for place in range(count):
        at = NOON + place * 700_000 + (place % 2) * 86_400_000_000
        if place % 9 == 8:
            made.append(failed(version, f"{name}{place}", at=at))
        else:
            # A shadow shares the rows of the arm that answered.
            along = {"arm": Arm.SHADOW, "columns": {}} if place % 5 == 4 else {}
            scores = [chance.random() for _ in range(1 + place % 4)]
            made.append(scored(version, f"{name}{place}", scores, at=at, **along))
    return made


def test_who_asks_again_with_the_same_id_has_asked_once(life: Life) -> None:
    version = life.version(models.project(MODEL))
    chunks = [scored(version, f"job-7-{place:08d}", [0.1, 0.9], at=NOON + place) for place in range(6)]
    Segment(life.settings, name="0-1-000000").write(*chunks[:4], chunks[3])
    Segment(life.settings, name="1-1-000000").write(*chunks[2:])
    assert collection.collect(life.kit, "prod") == 9
    # The service was asked nine times; what it said counts once.
    assert counted(life.kit) == {**expected(chunks), "requests": 9, "requested rows": 18}


def test_every_record_counts_once_over_segments_and_restarts(life: Life) -> None:
    version = life.version(models.project(MODEL))
    records = requests(version, 120)
    one, other = Segment(life.settings, name="0-1-000000"), Segment(life.settings, name="1-1-000000")
    for start in range(0, 120, 20):
        one.write(*records[start : start + 13])
        other.write(*records[start + 13 : start + 20])
        assert collection.collect(life.kit, "prod") == 20
        life.restart()
        assert collection.collect(life.kit, "prod") == 0
    assert counted(life.kit) == expected(records)


def test_an_answer_in_place_of_a_version_is_none_of_its_own(life: Life) -> None:
    version = life.version(models.project(MODEL))
    broke = failed(version, "r1", at=NOON)
    instead = scored(version, "r1", [0.25], at=NOON, arm=Arm.FALLBACK)
    old = replace(failed(version, "r2", at=NOON), failure="version-expired: It is too old.")
    drilled = scored(version, "r3", [0.25], at=NOON, arm=Arm.FALLBACK, consumer="drill:dana@trains.example")
    Segment(life.settings).write(broke, instead, old, drilled)
    assert collection.collect(life.kit, "prod") == 4
    assert counted(life.kit) == {
        "rows": 0,
        "requests": 3,
        "requested rows": 3,
        "failures": 1,
        "profiled": 0,
        "called": 2,
    }
    with life.kit.store.reading() as look:
        felt = service(look, MODEL, "prod", now=NOON + 1_000_000)
    assert (felt.requests, felt.failures) == (2, 0)


def test_a_redacted_column_is_not_counted_and_the_others_are(life: Life) -> None:
    version = life.version(models.project(MODEL))
    plain = scored(version, "r1", [0.25, 0.5], at=NOON)
    hashed = replace(scored(version, "r2", [0.5], at=NOON), columns={"delay": ["a5f0"], "load": [0.5]}, redacted=["delay"])
    dropped = replace(scored(version, "r3", [0.75], at=NOON), columns={"load": [0.5]}, redacted=["delay"])
    unsampled = replace(scored(version, "r4", [0.75], at=NOON), columns={})
    Segment(life.settings).write(plain, hashed, dropped, unsampled)
    assert collection.collect(life.kit, "prod") == 4
    with life.kit.store.reading() as look:
        (day,) = look.profiles.between(MODEL, "prod", version.number, 0, 2**62)
        assert look.answered.count(MODEL, "prod") == 5
    counts = counts_from(day)
    assert {name: tally.rows for name, tally in counts.columns.items()} == {"delay": 2, "load": 4, "@prediction": 4}
    # What was not kept as it came cannot be asked again.
    (found,) = recent_requests(life.kit, MODEL, "prod", 10)["display@trains.example"]
    assert (found.request, found.columns) == ("r1", plain.columns)


def test_a_record_that_is_split_over_two_looks_waits_for_its_end(life: Life) -> None:
    version = life.version(models.project(MODEL))
    first, second = requests(version, 2)
    segment = Segment(life.settings)
    content = frame(second)
    segment.append(frame(first) + content[:5])
    assert collection.collect(life.kit, "prod") == 1
    segment.append(content[5:-1])
    assert collection.collect(life.kit, "prod") == 0
    segment.append(content[-1:])
    assert collection.collect(life.kit, "prod") == 1
    assert counted(life.kit) == expected([first, second])


def test_a_torn_tail_is_left_out_and_nothing_in_front_of_it(life: Life) -> None:
    version = life.version(models.project(MODEL))
    *whole, torn = requests(version, 7)
    segment, later = Segment(life.settings, name="0-1-000000"), Segment(life.settings, name="0-2-000000")
    damaged = bytearray(frame(torn))
    damaged[-1] ^= 0xFF
    segment.append(b"".join(map(frame, whole)) + bytes(damaged))
    # The process that took its place began another file.
    after = requests(version, 3, "after")
    later.write(*after)
    for _ in range(3):
        collection.collect(life.kit, "prod")
    assert counted(life.kit) == expected([*whole, *after])


def test_a_record_that_is_larger_than_one_bite_is_no_dead_end(life: Life) -> None:
    version = life.version(models.project(MODEL))
    small, behind = requests(version, 2)
    large = failed(version, "large", at=NOON)
    large = replace(large, columns={"delay": ["x" * 20_000_000]})
    Segment(life.settings).write(small, large, behind)
    collection.collect(life.kit, "prod")
    assert counted(life.kit) == expected([small, large, behind])


def test_two_collectors_at_once_count_nothing_twice(life: Life) -> None:
    version = life.version(models.project(MODEL))
    records = requests(version, 400)
    segment = Segment(life.settings)
    kits = [Kit.open(life.settings, life.clock) for _ in range(2)]
    writing = threading.Event()

    def collect(kit: Kit) -> None:
        while not writing.is_set() or collection.collect(kit, "prod"):
            collection.collect(kit, "prod")

    threads = [threading.Thread(target=collect, args=(kit,)) for kit in kits]
    for thread in threads:
        thread.start()
    for start in range(0, 400, 40):
        segment.write(*records[start : start + 40])
        time.sleep(0.01)
    writing.set()
    for thread, kit in zip(threads, kits, strict=True):
        thread.join(30.0)
        kit.close()
    collection.collect(life.kit, "prod")
    assert counted(life.kit) == expected(records)


def test_callers_that_never_pause_do_not_keep_the_collector(life: Life) -> None:
    version = life.version(models.project(MODEL))
    records, segment, ended = requests(version, 3000), Segment(life.settings), threading.Event()
    segment.write(records[0])

    def write() -> None:
        for record in records[1:]:
            if ended.wait(0.001):
                return
            segment.write(record)

    writer = threading.Thread(target=write)
    writer.start()
    collection.collect(life.kit, "prod")
    collected_while_asked = writer.is_alive()
    ended.set()
    writer.join()
    assert collected_while_asked
    collection.collect(life.kit, "prod")
    assert 1 < counted(life.kit)["requests"] < 3000


def test_a_look_of_limited_time_begins_no_further_bite(life: Life) -> None:
    version = life.version(models.project(MODEL))
    records = requests(version, 6)
    for slot in range(2):
        Segment(life.settings, name=f"{slot}-1-000000").write(*records[slot * 3 : slot * 3 + 3])
    assert collection.collect(life.kit, "prod", 0.0) == 0
    assert collection.collect(life.kit, "prod") == 6


_COLLECTOR = """
import sys, time
from lamplighter.lifecycle import collection
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.requests import recent_requests
from lamplighter.settings import read_settings

kit = Kit.open(read_settings({}, home=sys.argv[1]))
bite = collection._bite

def slow(*asked):
    # A pause after each, in which to be killed.
    time.sleep(0.1)
    return bite(*asked)

collection._bite = slow
while True:
    collection.collect(kit, "prod")
"""


def test_a_collector_that_is_killed_loses_nothing_and_repeats_nothing(life: Life) -> None:
    version = life.version(models.project(MODEL))
    records = requests(version, 9 * 110)
    padded = [replace(record, columns={"delay": ["x" * 220_000]}) if record.failure else record for record in records]
    ends = list(accumulate(len(frame(record)) for record in padded))
    segment = Segment(life.settings)
    segment.write(*padded)

    def seen() -> int:
        """How far the segment is read; what was made of it is always of exactly the records in front."""
        with life.kit.store.reading() as look:
            position = look.predictions.position("prod", segment.path.name)
            kept = look.connection.execute(select(func.sum(schema.traffic.c.requests))).scalar_one() or 0
        assert kept == sum(end <= position for end in ends)
        return position

    command = [sys.executable, "-c", _COLLECTOR, str(life.settings.folder)]
    with subprocess.Popen(command, start_new_session=True) as collector:
        try:
            until(lambda: seen() > ends[0])
        finally:
            os.kill(collector.pid, signal.SIGKILL)
    assert 0 < seen() < ends[-1]
    life.restart()
    collection.collect(life.kit, "prod")
    assert seen() == ends[-1]
    assert counted(life.kit) == expected(records)
