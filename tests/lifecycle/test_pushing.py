"""Predictions that are pushed are kept once, as a whole or not at all, and count like any others."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss  # type: ignore[import-untyped]
from sqlalchemy.exc import OperationalError
from tests.lifecycle.away import adopt, scored_rows
from tests.lifecycle.lives import Life
from tests.sdk import models

from lamplighter.domain.errors import Conflict, Invalid, NotAllowed
from lamplighter.domain.identity import Actor, Person
from lamplighter.domain.prediction import Scored, frame
from lamplighter.domain.pushed import MOST_ROWS, Kept, LabelsKept, Pushed
from lamplighter.domain.route import Served
from lamplighter.domain.routing import declared_live
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection, compaction, discarding, retention, watching
from lamplighter.sdk.answers import Label
from lamplighter.sdk.embedded import Embedded
from lamplighter.store import recorded

MODEL = "pushed-trains"
DAY = 86_400_000_000
MONDAY = 19_000 * DAY


def say_live(life: Life, version: Version, environment: str = "prod") -> None:
    """Declare a version live, without a rollout."""
    with life.kit.store.transaction() as change:
        before = change.routings.of(version.model, environment)
        served = Served(number=version.number, digest=version.digest)
        change.routings.save(before, declared_live(before, served, life.clock.now()))


@pytest.fixture
def version(life: Life, tmp_path: Path) -> Version:
    """A version that is live elsewhere, watched by the day."""
    quality = {"metric": "brier", "limit": 0.9, "window": "1d", "least_rows": 50}
    version = adopt(life, models.project(MODEL, monitor={"quality": quality}), tmp_path)
    say_live(life, version)
    return version


def rows(count: int, *, hours: float = 6.0, prefix: str = "a", seed: int = 7) -> list[Pushed]:
    """Predictions so many hours after the Monday."""
    at = MONDAY + int(hours * 3_600_000_000)
    return [
        Pushed(
            id=f"{prefix}-{place}",
            time=at + place,
            score=row["score"],
            inputs={name: row[name] for name in ("delay", "load", "line")},
            consumer="gate-desk",
            latency_ms=12.5,
        )
        for place, row in enumerate(scored_rows(count, seed).to_dict("records"))
    ]


def push(life: Life, found: Sequence[Pushed], environment: str = "prod") -> Kept:
    return life["milo"].push_predictions(MODEL, environment, found)


def counted(life: Life) -> tuple[int, int, int, int]:
    """Scored rows, requests, failures, and rows counted in profiles."""
    from lamplighter.monitoring import counts

    with life.kit.store.reading() as look:
        seen = look.traffic.since(MODEL, "prod", 0)
        days = look.profiles.between(MODEL, "prod", 1, 0, 30_000 * DAY)
        scored = look.answered.count(MODEL, "prod")
    profiled = sum(counts.counts_from(day).rows for day in days)
    return scored, sum(part.requests for part in seen), sum(part.failures for part in seen), profiled


def test_they_are_counted_at_once_and_once(life: Life, version: Version) -> None:
    found = rows(120)
    assert push(life, found) == Kept(kept=120, known=0)
    assert counted(life) == (120, 120, 0, 120)
    assert push(life, found[60:] + rows(10, prefix="b")) == Kept(kept=10, known=60)
    collection.collect(life.kit, "prod")
    assert counted(life) == (130, 130, 0, 130)
    with life.kit.store.reading() as look:
        assert look.traffic.callers(MODEL) == [("prod", "gate-desk", 130, found[-1].time)]


def test_a_failure_counts_once_and_is_no_score(life: Life, version: Version) -> None:
    broken = Pushed(id="f-1", time=MONDAY, failure="timeout")
    assert push(life, [broken, *rows(3)]) == Kept(kept=4, known=0)
    assert push(life, [broken]) == Kept(kept=0, known=1)
    assert counted(life) == (3, 4, 1, 3)


def test_an_unknown_latency_is_no_latency(life: Life, version: Version) -> None:
    now = life.clock.now()
    known = [msgspec.structs.replace(row, time=now) for row in rows(3)]
    push(life, known)
    push(life, [msgspec.structs.replace(row, id=f"x{row.id}", latency_ms=None) for row in known])
    service = life["rita"].service(MODEL, "prod")
    assert (service.requests, service.p50_ms) == (6, 25.0)


def test_figures_are_the_same_in_whatever_order_things_come(life: Life, version: Version) -> None:
    truth = scored_rows(100, 7)["late"].tolist()
    found = rows(100)
    labels = [Label(id=row.id, value=float(value)) for row, value in zip(found, truth, strict=True)]
    life["milo"].push_labels(MODEL, labels[:40])
    push(life, rows(1, hours=25, prefix="end"))
    push(life, found[::-2])
    life["milo"].push_labels(MODEL, labels[40:])
    push(life, found)
    watching.observe(life.kit)
    brier = next(one for one in life["rita"].readings(MODEL, "prod", "quality") if one.measure == "brier")
    assert brier.count == 100
    assert brier.value == pytest.approx(brier_score_loss(truth, [row.score for row in found]), abs=1e-9)
    assert life["rita"].status(MODEL).labelled == 100


def test_two_models_may_choose_the_same_ids(life: Life, version: Version, tmp_path: Path) -> None:
    other = adopt(life, models.project("other-trains"), tmp_path)
    say_live(life, other)
    assert push(life, rows(5)) == Kept(kept=5, known=0)
    assert life["milo"].push_predictions("other-trains", "prod", rows(5)) == Kept(kept=5, known=0)
    life["milo"].push_labels(MODEL, [Label(id="a-0", value=1.0)])
    watching.observe(life.kit)
    assert (life["rita"].status(MODEL).labelled, life["rita"].status("other-trains").labelled) == (1, 0)


def replaced(**changes: Any) -> list[Pushed]:
    """Three rows of which the second has something else."""
    found = rows(3)
    found[1] = msgspec.structs.replace(found[1], **changes)
    return found


@pytest.mark.parametrize(
    ("found", "field"),
    [
        (replaced(id=""), "id:"),
        (replaced(id="x" * 201), "id:"),
        (replaced(id="secret\n"), "id:"),
        (replaced(time=5), "time:"),
        (replaced(time=2**62), "time:"),
        (replaced(score=None), "score: a score, or a failure"),
        (replaced(failure="secret"), "score: a score, or a failure"),
        (replaced(score=1.5), "score: from 0 to 1"),
        (replaced(score=float("nan")), "score: from 0 to 1"),
        (replaced(consumer="job:secret"), "consumer:"),
        (replaced(latency_ms=-1.0), "latency_ms:"),
        (replaced(score=None, failure="secret" * 100), "failure:"),
        (replaced(inputs={"delay": 1.0}), "inputs: every input"),
        (replaced(inputs={"delay": 1.0, "load": 1.0, "line": "hills", "secret": 1}), "inputs: every input"),
        (replaced(inputs={"delay": "secret", "load": 1.0, "line": "hills"}), "inputs/delay: type, wanted number"),
        (replaced(inputs={"delay": 1.0, "load": None, "line": "hills"}), "inputs/load: null, wanted number"),
        (replaced(inputs={"delay": 1.0, "load": [1.0], "line": "hills"}), "inputs/load: type, wanted number"),
        (replaced(inputs={"delay": 1.0, "load": 1.0, "line": "secret\x00"}), "inputs/line: invalid-string, wanted text"),
    ],
)
def test_one_bad_row_refuses_all_and_is_named_without_its_value(
    life: Life, version: Version, found: list[Pushed], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        push(life, found)
    assert refused.value.code == "E1263"
    assert refused.value.why.startswith(f"/predictions/1/{field}")
    assert "secret" not in str(refused.value)
    assert counted(life) == (0, 0, 0, 0)
    assert list((life.settings.serving / "prod" / "segments").glob("*.seg")) == []


def test_what_cannot_be_pushed(life: Life, version: Version) -> None:
    with pytest.raises(Invalid) as refused:
        push(life, rows(1) * (MOST_ROWS + 1))
    assert refused.value.code == "E1264"
    with pytest.raises(Conflict) as nothing_live:
        push(life, rows(1), "dev")
    assert nothing_live.value.code == "E1574"
    named = [msgspec.structs.replace(row, number=1) for row in rows(2)]
    assert push(life, named, "dev") == Kept(kept=2, known=0)
    life.version(models.project("served-here"))
    with pytest.raises(Conflict) as served:
        life["milo"].push_predictions("served-here", "prod", named)
    assert (served.value.code, served.value.what) == ("E1574", "served-here is served here.")


def log_of(life: Life) -> Iterator[Scored]:
    """Everything in the prediction log of the model."""
    for path in sorted(compaction.folder(life.kit, "prod", MODEL).glob("*/*.parquet")):
        yield from recorded.read(path, MODEL)


def test_they_end_in_the_prediction_log_with_their_ids(life: Life, version: Version) -> None:
    push(life, rows(4, hours=1))
    life.kit.pushed.pop("prod").close()
    push(life, rows(2, hours=30, prefix="b"))
    life.clock.forward(3600)
    assert compaction.compact(life.kit, "prod") == 4
    assert compaction.compact(life.kit, "prod") == 0
    assert [(record.request, record.ids, record.consumer) for record in log_of(life)] == [
        (f"a-{place}", (f"a-{place}",), "gate-desk") for place in range(4)
    ]
    assert counted(life)[0] == 6


def test_what_was_written_and_not_acknowledged_never_counts(life: Life, version: Version) -> None:
    push(life, rows(3))
    name, _ = life.kit.pushed["prod"].position
    segment = life.settings.serving / "prod" / "segments" / name
    # A crash behind the write and in front of the commit leaves whole frames behind the end.
    torn = msgspec.structs.replace(next(iter_frames(segment)), request="lost", ids=("lost",))
    with segment.open("ab") as file:
        file.write(frame(torn))
    life.restart()
    collection.collect(life.kit, "prod")
    assert counted(life)[:2] == (3, 3)
    assert push(life, [*rows(3), *rows(1, prefix="c")]) == Kept(kept=1, known=3)
    life.clock.forward(3600)
    assert compaction.compact(life.kit, "prod") == 3
    assert [record.request for record in log_of(life)] == ["a-0", "a-1", "a-2"]
    assert not segment.exists()


def iter_frames(segment: Path) -> Iterator[Scored]:
    yield from (record for record, _ in collection.read(segment, 0))


def renamed(life: Life, old: str, new: str) -> None:
    with life.kit.store.transaction() as change:
        change.connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")


def test_a_push_that_the_database_does_not_take_leaves_nothing(life: Life, version: Version) -> None:
    push(life, rows(1))
    renamed(life, "traffic", "hidden")
    with pytest.raises(OperationalError):
        push(life, rows(3))
    renamed(life, "hidden", "traffic")
    assert counted(life) == (1, 1, 0, 1)
    assert push(life, rows(3)) == Kept(kept=2, known=1)
    assert counted(life) == (3, 3, 0, 3)
    # The frames of the refused push lie behind the end of the first segment and are in no log.
    life.kit.pushed.pop("prod").close()
    push(life, rows(1, prefix="z"))
    life.clock.forward(3600)
    while compaction.compact(life.kit, "prod"):
        pass
    assert sorted(record.request for record in log_of(life)) == ["a-0", "a-1", "a-2"]


def test_redacted_inputs_do_not_reach_the_disk(life: Life, tmp_path: Path) -> None:
    log = {"redact": {"line": "hash", "delay": "drop"}}
    version = adopt(life, models.project(MODEL, log=log), tmp_path)
    say_live(life, version)
    push(life, rows(20))
    content = b"".join(path.read_bytes() for path in (life.settings.serving / "prod" / "segments").glob("*.seg"))
    assert content
    assert b"hills" not in content
    record = next(iter_frames(next((life.settings.serving / "prod" / "segments").glob("*.seg"))))
    assert set(record.columns) == {"load", "line"}
    assert set(record.redacted) == {"delay", "line"}


def test_a_token_for_pushing_is_for_its_model_and_environment(life: Life, version: Version) -> None:
    limited = Actor(person=Person(email="vendor", name="vendor", roles=()), models=(MODEL,), environment="prod")
    vendor = Embedded(life.kit, limited)
    assert vendor.push_predictions(MODEL, "prod", rows(1)).kept == 1
    assert vendor.push_labels(MODEL, [Label(id="a-0", value=1.0)]) == LabelsKept(kept=1)
    for ask in (
        lambda: vendor.push_predictions(MODEL, "dev", rows(1)),
        lambda: vendor.push_predictions("another", "prod", rows(1)),
        lambda: vendor.push_labels("another", []),
    ):
        with pytest.raises(NotAllowed) as refused:
            ask()
        assert refused.value.code == "E1262"


IDS = st.sampled_from([f"a-{place}" for place in range(12)])


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.lists(IDS, max_size=8), max_size=6))
def test_however_they_are_sent_each_id_counts_once(life: Life, version: Version, parts: list[list[str]]) -> None:
    by_id = {row.id: row for row in rows(12)}
    before = {identity for part in seen_ids for identity in part}
    for part in parts:
        push(life, [by_id[identity] for identity in part])
        seen_ids.append(part)
    whole = before | {identity for part in parts for identity in part}
    assert counted(life) == (len(whole), len(whole), 0, len(whole))


#: What the examples of the test above have sent: they share one platform.
seen_ids: list[list[str]] = []


def test_a_day_whose_rows_go_takes_no_more(life: Life, tmp_path: Path) -> None:
    version = adopt(life, models.project(MODEL, log={"keep": "30d"}), tmp_path)
    say_live(life, version)
    broken = Pushed(id="f-1", time=MONDAY, failure="timeout")
    found = rows(120)
    push(life, found)
    life.clock.forward(32 * 86_400)
    assert discarding.discard(life.kit, 60.0) == 120
    before = counted(life)
    # Its ids are forgotten, so whoever sends them again would count twice.
    assert push(life, [*found[:50], broken]) == Kept(kept=0, known=0, closed=51)
    assert counted(life) == before
    assert push(life, rows(3, hours=30, prefix="new")) == Kept(kept=3, known=0)


def test_a_history_stays_in_the_log_from_when_it_came(life: Life, tmp_path: Path) -> None:
    say_live(life, adopt(life, models.project(MODEL, log={"keep": "30d"}), tmp_path))
    push(life, rows(4, hours=1))
    life.kit.pushed.pop("prod").close()
    push(life, rows(2, hours=30, prefix="b"))
    life.clock.forward(3600)
    assert compaction.compact(life.kit, "prod") == 4
    assert retention.retain(life.kit, "prod") == 0
    assert len(list(log_of(life))) == 4
    life.clock.forward(32 * 86_400)
    assert retention.retain(life.kit, "prod") == 1
    assert list(log_of(life)) == []
