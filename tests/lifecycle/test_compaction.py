"""Segments become Parquet files, each record once, wherever the machine stops; and go away when their time is over."""

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from arro3.io import read_parquet, write_parquet
from msgspec.structs import asdict, replace
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import Segment, failed, scored
from tests.sdk import models

from lamplighter.domain.prediction import Scored, frames
from lamplighter.domain.route import Arm
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection
from lamplighter.lifecycle.compaction import compact, day_of, folder
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.requests import recent_requests
from lamplighter.lifecycle.retention import retain
from lamplighter.store import recorded

MODEL = "recorded"
DAY = 86_400_000_000
NOON = 19_000 * DAY + DAY // 2


def requests(version: Version, count: int, name: str = "q") -> list[Scored]:
    """Records of every sort, over two days."""
    chance = random.Random(count)
    made = []
    for place in range(count):
        at, own = NOON + place * 700_000 + (place % 2) * DAY, f"{name}{place}"
        one = scored(version, own, [chance.random() for _ in range(1 + place % 4)], at=at, event_at=at - 5)
        made += {
            0: [failed(version, own, at=at), scored(version, own, [0.5], at=at, arm=Arm.FALLBACK)],
            1: [one, replace(one, arm=Arm.SHADOW, columns={})],
            2: [replace(one, columns={"delay": ["a5f0"] * len(one.scores), "load": one.columns["load"]}, redacted=["delay"])],
            3: [replace(one, columns={"load": one.columns["load"]}, redacted=["delay"])],
            4: [replace(one, columns={})],
        }.get(place % 9, [one])
    return made


def plain(records: Iterable[Scored]) -> Counter[str]:
    """What a record says, whatever kind of sequence holds it."""
    return Counter(
        repr([*map(str, asdict(replace(one, columns={}, scores=[], redacted=[])).values())])
        + repr((list(one.scores), list(one.redacted), {name: list(values) for name, values in sorted(one.columns.items())}))
        for one in records
    )


def files(kit: Kit) -> list[Path]:
    return sorted(folder(kit, "prod", MODEL).glob("*/*.parquet"))


def kept(kit: Kit) -> Counter[str]:
    return plain(record for path in files(kit) for record in recorded.read(path, MODEL))


def resting(life: Life, *groups: list[Scored]) -> list[Segment]:
    """Segments of one slot with a successor, written a while ago."""
    found = [Segment(life.settings, name=f"0-1-{place:06d}") for place in range(len(groups) + 1)]
    for segment, group in zip(found, [*groups, []], strict=True):
        segment.write(*group)
    life.clock.forward(61)
    return found


def test_a_collected_segment_becomes_files_that_hold_every_record_once(life: Life) -> None:
    version = life.version(models.project(MODEL))
    records = requests(version, 90)
    *_, newest = resting(life, records[:40], records[40:])
    assert compact(life.kit, "prod") == 0
    collection.collect(life.kit, "prod")
    before = recent_requests(life.kit, MODEL, "prod", 1000)
    assert [compact(life.kit, "prod") for _ in range(3)] == [40, len(records) - 40, 0]
    assert kept(life.kit) == plain(records)
    assert collection.segments(life.kit, "prod") == [newest.path]
    after = recent_requests(life.kit, MODEL, "prod", 1000)
    assert {name: plain(found) for name, found in after.items()} == {name: plain(found) for name, found in before.items()}
    # Nothing is collected a second time, and no position of a segment is kept that is gone.
    assert collection.collect(life.kit, "prod") == 0
    with life.kit.store.reading() as look:
        assert look.predictions.begun("prod") == []


def test_the_files_have_the_types_of_the_contract(life: Life) -> None:
    version = life.version(models.project(MODEL))
    resting(life, [scored(version, "r1", [0.25, 0.5], at=NOON)])
    collection.collect(life.kit, "prod")
    compact(life.kit, "prod")
    (path,) = files(life.kit)
    assert path.parent.name == day_of(NOON) == "2022-01-08"
    (batch,) = list(read_parquet(path))
    names = [batch.schema.field(place).name for place in range(batch.num_columns)]
    assert names == [
        "request", "number", "digest", "arm", "consumer", "at", "event_at", "duration", "failure", "rows", "trace",
        "record", "id", "row", "score", "kept", "redacted", "input.delay", "input.load",
    ]  # fmt: skip
    assert str(batch.schema.field("at").type).strip() == 'arro3.core.DataType<Timestamp(µs, "UTC")>'
    assert batch.column("score").to_pylist() == [0.25, 0.5]
    assert batch.column("input.delay").to_pylist() == [0.0, 1.0]


def test_the_trace_of_a_request_is_in_its_file_and_one_without_traces_is_read(life: Life) -> None:
    version = life.version(models.project(MODEL))
    resting(life, [scored(version, "r1", [0.25, 0.5], at=NOON, trace="4bf92f3577b34da6a3ce929d0e0e4736")])
    collection.collect(life.kit, "prod")
    compact(life.kit, "prod")
    (path,) = files(life.kit)
    (record,) = recorded.read(path, MODEL)
    assert record.trace == "4bf92f3577b34da6a3ce929d0e0e4736"
    # As an earlier release has written it.
    (batch,) = list(read_parquet(path))
    write_parquet(batch.select([name for name in batch.schema.names if name != "trace"]), path)
    assert list(recorded.read(path, MODEL)) == [replace(record, trace="")]


def test_what_is_new_open_torn_or_not_collected_stays(life: Life) -> None:
    version = life.version(models.project(MODEL))
    first, torn = Segment(life.settings, name="0-1-000000"), requests(version, 8)
    first.write(*torn)
    first.append(b"\x10\x00\x00\x00torn")
    other = Segment(life.settings, name="1-1-000000")
    other.write(*requests(version, 8, "other"))
    life.clock.forward(61)
    collection.collect(life.kit, "prod")
    # Each is the newest of its slot, and its process may still write.
    assert compact(life.kit, "prod") == 0
    Segment(life.settings, name="0-2-000000").write(*requests(version, 2, "next"))
    assert compact(life.kit, "prod") == len(torn)
    assert kept(life.kit) == plain(torn)
    assert len(collection.segments(life.kit, "prod")) == 2


#: Compacts in children; each is killed one step later than the one before, until one comes to its end.
_KILLED = """
import os, signal, sys
from pathlib import Path
from lamplighter.lifecycle.compaction import compact
from lamplighter.lifecycle.kit import Kit
from lamplighter.settings import read_settings
from lamplighter.lifecycle.clock import Clock
from lamplighter.store import recorded

segment, files = map(Path, sys.argv[1:])

class Later(Clock):
    def now(self):
        return super().now() + 61_000_000

def die_at(step):
    left = step
    def hook(event, arguments):
        nonlocal left
        if event in ("os.rename", "os.remove", "os.mkdir") or (event == "open" and "recorded" in str(arguments[0])):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)

step = 0
while True:
    child = os.fork()
    if child == 0:
        kit = Kit.open(read_settings(), Later())
        die_at(step)
        compact(kit, "prod")
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        break
    whole = sum(1 for path in files.glob("*/*.parquet") for _ in recorded.read(path, files.name))
    print(int(segment.exists()), whole, flush=True)
    step += 1
"""


def test_a_machine_that_stops_at_any_step_loses_and_doubles_nothing(life: Life) -> None:
    version = life.version(models.project(MODEL))
    records = requests(version, 40)
    segment, _ = resting(life, records)
    life.clock.forward(-61)
    collection.collect(life.kit, "prod")
    environ = {"LAMP_HOME": str(life.settings.folder), "LAMP_DATABASE": life.settings.database_url}
    command = [sys.executable, "-c", _KILLED, str(segment.path), str(folder(life.kit, "prod", MODEL))]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=True)
    deaths = [line.split() for line in done.stdout.splitlines()]
    assert len(deaths) > 10
    assert all(exists == "1" or int(whole) == len(records) for exists, whole in deaths)
    assert kept(life.kit) == plain(records)
    assert not segment.path.exists()


def test_a_request_is_always_in_the_segment_or_in_whole_files(life: Life) -> None:
    version = life.version(models.project(MODEL))
    records = requests(version, 40)
    segment, _ = resting(life, records)
    collection.collect(life.kit, "prod")
    content = segment.path.read_bytes()
    compact(life.kit, "prod")
    # As if the machine had stopped after the files and before the segment went away.
    segment.path.write_bytes(content)
    assert plain(record for record, _ in frames(content)) == plain(records) == kept(life.kit)
    found = recent_requests(life.kit, MODEL, "prod", 1000)
    assert Counter(Counter(one.request for one in found["display@trains.example"]).values()).keys() == {1}


def test_days_go_away_when_their_time_is_over_and_not_before(life: Life) -> None:
    version = life.version(models.project(MODEL, log={"keep": "30d"}))
    forever = life.version(models.project("kept-for-ever"))
    today = life.clock.now() // DAY * DAY
    days = [today - age * DAY for age in (0, 29, 30, 31, 32, 400)]
    resting(life, [scored(one, f"r{at}", [0.5], at=at) for at in days for one in (version, forever)])
    collection.collect(life.kit, "prod")
    assert compact(life.kit, "prod") == 12
    assert retain(life.kit, "prod") == 3
    assert [path.parent.name for path in files(life.kit)] == [day_of(at) for at in sorted(days[:3])]
    assert len(list(folder(life.kit, "prod", "kept-for-ever").iterdir())) == 6
    assert retain(life.kit, "prod") == 0
