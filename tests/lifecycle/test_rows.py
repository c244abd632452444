"""Rows behind an incident or of a window: each once, as far as they are kept and may be seen, wherever the log lies."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from sqlalchemy.exc import OperationalError
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import Segment, failed, scored
from tests.sdk import models

from lamplighter.domain.errors import LampError
from lamplighter.domain.events.prediction import RowsRead
from lamplighter.domain.incident import Incident
from lamplighter.domain.log import LogPlan
from lamplighter.domain.monitor import Finding, Kind
from lamplighter.domain.prediction import Scored
from lamplighter.domain.route import Arm
from lamplighter.domain.rows import Clock, Rows, Window
from lamplighter.domain.stage import Duty
from lamplighter.domain.version import Version
from lamplighter.lifecycle import choosing, collection, looking, recordings, watching
from lamplighter.lifecycle.compaction import compact
from lamplighter.lifecycle.drawing import Draw
from lamplighter.lifecycle.watching import Label

MODEL = "asked"
HOUR, DAY = 3_600_000_000, 86_400_000_000
MONDAY = 19_000 * DAY


def lived(life: Life, **more: Any) -> Version:
    """A version that is live in production."""
    version = life.version(models.project(MODEL, **more))
    life.appoint(version)
    return version


def asked(life: Life, **more: Any) -> Rows:
    return life["dana"].rows(MODEL, **{"environment": "prod", **more})


def refused(life: Life, **more: Any) -> str:
    with pytest.raises(LampError) as refusal:
        asked(life, **more)
    return refusal.value.code


def day(version: Version, count: int = 60, **more: Any) -> list[Scored]:
    """A request of three rows every quarter of an hour."""
    return [scored(version, f"r{place:03d}", [0.1, 0.5, 0.9], at=MONDAY + place * HOUR // 4, **more) for place in range(count)]


def at_rest(life: Life, *groups: Sequence[Scored]) -> None:
    """Segments that may be compacted, and one more that is still written to."""
    for place, group in enumerate([*groups, []]):
        Segment(life.settings, name=f"0-1-{place:06d}").write(*group)
    life.clock.forward(61)
    collection.collect(life.kit, "prod")


def incident(life: Life, **told: Any) -> Incident:
    """An incident with this finding."""
    finding = Finding(
        **{
            "model": MODEL, "environment": "prod", "number": 1, "kind": Kind.FUNCTIONAL, "measure": "brier", "value": 0.3,
            "limit": 0.2, "sentence": "It got worse.", "start": MONDAY + HOUR, "end": MONDAY + 3 * HOUR, "after_rows": 9,
            **told,
        }
    )  # fmt: skip
    with life.kit.store.transaction() as change:
        key = change.counters.id("I")
        opened = Incident(
            id=key, model=MODEL, environment="prod", finding=finding, duty=Duty.MONITOR_FUNCTIONAL, holder="d", deputy="m"
        )
        change.incidents.add(opened)
    return opened


def test_a_row_has_what_was_asked_answered_and_came_true(life: Life) -> None:
    version = lived(life)
    at_rest(life, day(version, 2), [failed(version, "broken", at=MONDAY + HOUR, columns={"delay": [7.0], "load": [0.25]})])
    watching.push_labels(life.kit, MODEL, [Label(id="r000.2", value=0.0), Label(id="r001.0", value=1.0, revision=1)])
    found = asked(life)
    assert list(found.columns) == [
        "time", "answered_at", "id", "request", "version", "consumer", "delay", "load", "score", "decision", "label", "failure",
    ]  # fmt: skip
    rows = [dict(zip(found.columns, row, strict=True)) for row in zip(*found.columns.values(), strict=True)]
    assert [row["id"] for row in rows] == ["r000.0", "r000.1", "r000.2", "r001.0", "r001.1", "r001.2", "broken.0"]
    assert rows[2] == {
        "time": MONDAY, "answered_at": MONDAY, "id": "r000.2", "request": "r000", "version": "asked@1",
        "consumer": "display@trains.example", "delay": 2.0, "load": 2 / 7, "score": 0.9, "decision": "1", "label": 0.0,
        "failure": None,
    }  # fmt: skip
    assert [row["decision"] for row in rows] == ["0", "1", "1", "0", "1", "1", None]
    assert [row["label"] for row in rows] == [None, None, 0.0, 1.0, None, None, None]
    assert (rows[6]["score"], rows[6]["failure"], rows[6]["delay"]) == (None, "it raised", 7.0)
    assert (found.found, found.without_inputs, found.is_whole, found.redacted) == (7, 0, True, ())
    assert found.sentence == "7 rows of asked in prod."


def test_the_log_is_one_however_much_of_it_is_compacted(life: Life) -> None:
    version = lived(life)
    records = day(version)
    at_rest(life, records[:20], records[20:40], records[40:])
    before = asked(life)
    assert before.found == 180
    for moved in (20, 20, 20):
        assert compact(life.kit, "prod") == moved
        after = asked(life)
        assert after == msgspec.structs.replace(before, window=after.window)


def test_what_is_compacted_while_it_is_read_is_read_once(life: Life) -> None:
    version = lived(life)
    records = day(version)
    at_rest(life, records[:30], records[30:])
    with recordings.newest_first(life.kit, MODEL, "prod") as files:
        assert (compact(life.kit, "prod"), compact(life.kit, "prod")) == (30, 30)
        found = [record.request for file in files for record in file.records(MODEL)]
    assert sorted(found) == [record.request for record in records]


def test_what_a_crash_left_in_a_segment_and_in_files_is_one(life: Life) -> None:
    version = lived(life)
    at_rest(life, [scored(version, f"{place:030x}", [0.5], at=MONDAY + place) for place in range(5)])
    segment = collection.segments(life.kit, "prod")[0]
    content = segment.read_bytes()
    assert compact(life.kit, "prod") == 5
    segment.write_bytes(content)
    assert asked(life).found == 5


def test_nothing_is_a_row_that_was_not_asked_once(life: Life) -> None:
    version, other = lived(life), life.version(models.project(MODEL), threshold=0.6)
    one = day(version, 1)[0]
    again = msgspec.structs.replace(one, at=one.at + 5)
    shadow = msgspec.structs.replace(one, number=other.number, digest=other.digest, arm=Arm.SHADOW, columns={})
    instead = msgspec.structs.replace(one, request="x", arm=Arm.FALLBACK)
    drill = msgspec.structs.replace(one, request="y", consumer="drill:ines")
    strange = msgspec.structs.replace(one, request="z", model="another")
    Segment(life.settings).write(one, again, shadow, instead, drill, strange)
    assert asked(life).columns["id"] == ("r000.0", "r000.1", "r000.2")


def test_a_window_is_half_open_and_a_version_chooses(life: Life) -> None:
    first, second = lived(life), life.version(models.project(MODEL), threshold=0.6)
    at_rest(life, day(first), [msgspec.structs.replace(one, request=f"s{one.request}") for one in day(second, 3)])
    for _ in range(3):
        found = asked(life, start=MONDAY + HOUR, end=MONDAY + 2 * HOUR, number=1)
        assert sorted(set(found.columns["request"])) == ["r004", "r005", "r006", "r007"]
        assert set(asked(life, number=2).columns["version"]) == {"asked@2"}
        assert asked(life).found == 189
        compact(life.kit, "prod")
    assert refused(life, number=9) == "E1201"
    assert refused(life, environment="nowhere") == "E1201"


@pytest.mark.parametrize(
    ("condition", "delays"),
    [("delay = 1", {1.0}), ("delay > 0, load <= 0.2", {1.0}), ("delay != 1", {0.0, 2.0}), ("delay >= 3", set())],
)
def test_a_condition_chooses(life: Life, condition: str, delays: set[float]) -> None:
    version = lived(life)
    at_rest(life, day(version, 4), [scored(version, "lost", [0.5], at=MONDAY, columns={})])
    found = asked(life, condition=condition)
    assert set(found.columns["delay"]) == delays
    assert found.count == found.found == 4 * len(delays)


def test_the_name_of_a_slice_is_a_condition(life: Life) -> None:
    version = lived(life, monitor={"slices": ["delay"]})
    delays = [float(value) for value in range(-5, 20)]
    columns = {"delay": delays, "load": [0.5] * len(delays)}
    at_rest(life, [scored(version, "a", [0.5] * len(delays), at=MONDAY, columns=columns)])
    with life.kit.store.reading() as look:
        kept = look.predictions.joined(MODEL, "prod", 1, 0, MONDAY + DAY)
        assert not kept.ids
    watching.push_labels(life.kit, MODEL, [Label(id=f"a.{row}", value=1.0) for row in range(len(delays))])
    with life.kit.store.reading() as look:
        joined = look.predictions.joined(MODEL, "prod", 1, 0, MONDAY + DAY)
    by_slice: dict[str, set[str]] = {}
    for identity, key in zip(joined.ids, joined.slices, strict=True):
        by_slice.setdefault(msgspec.json.decode(key)["delay"], set()).add(identity)
    assert len(by_slice) > 5
    for name, ids in by_slice.items():
        assert set(asked(life, condition=f"delay={name}").columns["id"]) == ids


def test_more_rows_than_asked_for_are_an_even_sample(life: Life) -> None:
    version = lived(life)
    records = day(version)
    at_rest(life, records[:30], records[30:])
    found = asked(life, limit=40)
    assert (found.count, found.found) == (40, 180)
    assert found.sentence == "40 of 180 rows of asked in prod. They are an even sample."
    assert list(found.columns["time"]) == sorted(found.columns["time"])
    # Of 180 rows in order, 40 drawn at random reach almost from end to end.
    assert found.columns["time"][-1] - found.columns["time"][0] > 10 * HOUR
    compact(life.kit, "prod")
    assert asked(life, limit=40).columns == found.columns
    assert set(asked(life, limit=39).columns["id"]) < set(found.columns["id"])
    assert (refused(life, limit=0), refused(life, limit=50_001)) == ("E1249", "E1249")


def test_a_row_of_the_sample_does_not_hold_the_request_that_it_is_from(life: Life) -> None:
    version = lived(life)
    at_rest(life, [scored(version, "large", [0.5] * 5000, at=MONDAY)])
    draw = Draw(10, choosing.fits(life.kit, (), frozenset(), [version]), [version.digest])
    draw.look_through(life.kit, MODEL, "prod", Window(clock=Clock.EVENT, start=0, end=MONDAY + DAY))
    assert (draw.found, len(draw.chosen)) == (5000, 10)
    assert [{len(values) for values in one.record.columns.values()} for one in draw.chosen] == [{1}] * 10
    found = asked(life, limit=10)
    assert [f"large.{one.row}" for one in draw.chosen] == list(found.columns["id"])
    assert list(found.columns["delay"]) == [one.row % 11 for one in draw.chosen]


def test_what_was_never_written_down_is_not_there(life: Life) -> None:
    version = lived(life)
    records = day(version, 3)
    hashed = {"columns": {"delay": ["5d41", None, "7d79"], "load": records[0].columns["load"]}, "redacted": ("delay",)}
    at_rest(life, [msgspec.structs.replace(records[0], **hashed), msgspec.structs.replace(records[1], columns={}), records[2]])
    for _ in range(2):
        found = asked(life)
        assert found.columns["delay"] == ("5d41", None, "7d79", None, None, None, "0.0", "1.0", "2.0")
        assert (found.redacted, found.without_inputs) == (("delay",), 1)
        assert found.sentence == "9 rows of asked in prod. Redacted: delay. The inputs of 1 requests were not kept."
        assert refused(life, condition="delay = 5d41") == "E1248"
        compact(life.kit, "prod")


def test_what_is_redacted_now_is_withheld_from_before_and_chooses_nothing(life: Life) -> None:
    version = lived(life)
    at_rest(life, day(version, 2))
    assert asked(life, condition="delay = 2").found == 2
    project = msgspec.structs.replace(life["dana"].project(MODEL), log=LogPlan(redact={"delay": "hash"}))  # type: ignore[dict-item]
    with life.kit.store.transaction() as change:
        change.projects.put(project)
    found = asked(life)
    assert set(found.columns["delay"]) == {None}
    assert (found.redacted, found.inputs["delay"]) == (("delay",), "text")
    assert refused(life, condition="load < 2, delay = 2") == "E1247"


def test_a_slice_that_there_is_not_is_refused_with_those_that_there_are(life: Life) -> None:
    lived(life)
    with pytest.raises(LampError) as refusal:
        asked(life, condition="delay = 3 to 4")
    assert refusal.value.code == "E1248"
    assert refusal.value.why.startswith("delay holds numbers, and its slices are under ")
    assert refusal.value.why.endswith(" and more, (missing).")


def test_a_window_that_ends_before_it_begins_is_refused(life: Life) -> None:
    lived(life)
    assert refused(life, start=MONDAY, end=MONDAY) == "E1249"
    assert refused(life, start=MONDAY + 1, end=MONDAY) == "E1249"


@pytest.mark.parametrize(("condition", "code"), [("dealy = 3", "E1201"), ("delay", "E1248"), ("delay < late", "E1248")])
def test_a_condition_that_cannot_be(life: Life, condition: str, code: str) -> None:
    lived(life)
    assert refused(life, condition=condition) == code


def test_rows_behind_lost_quality_are_those_of_its_window_and_version(life: Life) -> None:
    version = lived(life)
    # Answered a week later than they happened, as rows of a replay are.
    at_rest(life, [msgspec.structs.replace(one, at=one.at + 7 * DAY) for one in day(version)])
    found = life["dana"].rows(MODEL, incident=incident(life).id, condition="delay = 1")
    assert list(found.columns["request"]) == [f"r{place:03d}" for place in range(4, 12)]
    assert (found.environment, found.incident) == ("prod", "I-1")
    assert found.sentence == "8 rows of asked in prod behind I-1 where delay = 1."


def test_rows_behind_failures_are_those_answered_then(life: Life) -> None:
    version = lived(life)
    early = day(version, event_at=MONDAY - 90 * DAY)
    at_rest(life, early, [failed(version, "broken", at=MONDAY + 2 * HOUR, event_at=5)])
    key = incident(life, kind=Kind.TECHNICAL, measure="failures").id
    for _ in range(3):
        found = life["dana"].rows(MODEL, incident=key)
        assert set(found.columns["request"]) == {"broken", *(f"r{place:03d}" for place in range(4, 12))}
        compact(life.kit, "prod")


def test_an_incident_says_what_it_is_about(life: Life) -> None:
    lived(life)
    late = incident(life, kind=Kind.FEED, measure="late", source="timetable")
    gone = incident(life, kind=Kind.TECHNICAL, measure="unavailable", end=MONDAY + HOUR)
    for one in (late, gone):
        assert refused(life, environment="", incident=one.id) == "E1258"
    assert refused(life, environment="", incident="I-9") == "E1201"
    assert refused(life, environment="", incident=incident(life, model="another").id) == "E1257"
    key = incident(life).id
    for more in ({"environment": "prod"}, {"number": 1}, {"start": 1}, {"end": 1}):
        assert refused(life, **{"environment": "", "incident": key, **more}) == "E1249"


def test_a_push_that_was_not_acknowledged_brings_no_rows(life: Life) -> None:
    version = lived(life)
    at_rest(life, day(version, 1))
    unfinished = Segment(life.settings, name=f"{collection.PUSHED}-1-000000")
    unfinished.write(scored(version, "a", [0.5], at=MONDAY), scored(version, "b", [0.5], at=MONDAY))
    with life.kit.store.transaction() as change:
        change.predictions.move("prod", unfinished.path.name, unfinished.path.stat().st_size // 2)
    assert set(asked(life).columns["request"]) == {"r000", "a"}


def test_a_log_too_long_for_one_question_says_how_much_of_it_was_read(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    version = lived(life)
    records = day(version)
    at_rest(life, records[:45], records[45:])
    read = recordings.Recording.records

    def slowly(file: recordings.Recording, *of: Any) -> Any:
        life.clock.forward(16)
        return read(file, *of)

    monkeypatch.setattr(recordings.Recording, "records", slowly)
    # The segment that is still written to is empty, and the one before it holds a quarter of the bytes.
    monkeypatch.setattr(looking, "LONGEST", 31.0)
    found = asked(life, limit=10)
    assert (found.is_whole, found.is_sample, found.found) == (False, True, 45)
    assert found.looked_through == pytest.approx(0.25, abs=0.02)
    assert found.sentence.startswith("10 of 45 rows of asked in prod. They are an even sample. There was no time to look")
    assert "the newest 2" in found.sentence
    monkeypatch.setattr(looking, "LONGEST", -1.0)
    assert "less than 1 % of it was, the newest, and rows of the rest are missing" in asked(life).sentence


def test_who_reads_rows_stands_in_the_journal_without_a_value(life: Life) -> None:
    Segment(life.settings).write(*day(lived(life)))
    collection.collect(life.kit, "prod")
    found = asked(life, condition="delay = 1, load > 0.1", start=MONDAY, end=MONDAY + DAY, number=1)
    life["milo"].rows(MODEL, "prod", limit=5)
    first, second = life.entries(RowsRead)
    assert (first.actor, second.actor) == (life.actor("dana").email, life.actor("milo").email)
    assert first.event == RowsRead(
        model=MODEL, environment="prod", number=1, start=MONDAY, end=MONDAY + DAY, columns=("delay", "load"),
        rows=found.count, found=found.found,
    )  # fmt: skip
    with life.kit.store.reading() as look:
        assert not [body for body in look.journal.bodies() if b"RowsRead" in body and b"0.1" in body]
        assert look.journal.verify().verified


def test_the_same_question_is_written_down_once_until_more_is_given_or_time_has_passed(life: Life) -> None:
    Segment(life.settings).write(*day(lived(life)))
    collection.collect(life.kit, "prod")

    def count(**more: Any) -> int:
        asked(life, **more)
        return len(life.events(RowsRead))

    assert [count(limit=20) for _ in range(3)] == [1, 1, 1]
    assert [count(), count(limit=20), count()] == [2, 2, 2]
    assert [count(condition="delay = 1"), count(condition="delay = 2"), count(condition="delay = 1")] == [3, 4, 4]
    life.clock.forward(601)
    assert [count(limit=20), count(limit=20)] == [5, 5]


def test_what_cannot_be_written_down_is_not_given(life: Life) -> None:
    lived(life)
    with life.kit.store.transaction() as change:
        change.connection.exec_driver_sql("ALTER TABLE journal_head RENAME TO away")
    with pytest.raises(OperationalError):
        asked(life)
