"""What each consumer felt: failures, latency and refusals, each request once."""

from typing import Any

from msgspec.structs import replace
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import Segment, failed, scored
from tests.sdk import models

from lamplighter.domain.caller_meter import CallerMeter
from lamplighter.domain.consumer import Account, Consumer
from lamplighter.domain.route import Arm, WorkerReport
from lamplighter.domain.version import Version
from lamplighter.lifecycle import affected, calling, collection, forgetting
from lamplighter.views.calling import Felt, OnVersion, felt

MODEL = "called"
SECOND, HOUR = 1_000_000, 3_600_000_000


def look(life: Life) -> dict[str, Felt]:
    with life.kit.store.reading() as reading:
        return felt(reading, MODEL, life.clock.now())


def reports(life: Life, *counts: tuple[str, dict[str, int]], slot: int = 0, started_at: int = 7) -> list[WorkerReport]:
    meters = tuple(CallerMeter(model=MODEL, consumer=name, answers=answers) for name, answers in counts)
    return [WorkerReport(pid=1, slot=slot, started_at=started_at, written_at=0, revision=1, callers=meters)]


def test_a_consumer_has_its_own_failures_and_latency(life: Life) -> None:
    project = replace(models.project(MODEL), consumer=(Consumer(name="gate-desk", owner="@it-ops"),))
    version = life.version(project)
    life.appoint(version)
    with life.kit.store.transaction() as change:
        change.consumers.put(Account(name="nightly", owner="@it-ops"))
    now = life.clock.now()
    desk, job = ({"consumer": name} for name in ("gate-desk", "nightly"))
    records = [scored(version, f"d{n}", [0.5], at=now - n * SECOND, duration=3000, **desk) for n in range(90)]
    records += [failed(version, f"f{n}", at=now - n * SECOND, duration=90_000, **desk) for n in range(10)]
    records += [scored(version, f"n{n}", [0.5], at=now - n * SECOND, duration=400, **job) for n in range(20)]
    # The version on trial fails, and the live one answers; the live one fails, and a constant answers.
    records.append(failed(version, "t", at=now, arm=Arm.CHALLENGER, **job))
    records.append(scored(version, "t", [0.5], at=now, duration=400, **job))
    records.append(failed(version, "o", at=now, duration=400, **job))
    records.append(scored(version, "o", [0.5], at=now, arm=Arm.FALLBACK, **job))
    records.append(scored(version, "s", [0.5], at=now, arm=Arm.SHADOW, **job))
    # Whoever nobody knows, and whatever is too old.
    records.append(scored(version, "p", [0.5], at=now, consumer="whoever"))
    records.append(scored(version, "old", [0.5], at=now - 30 * HOUR, **desk))
    segment = Segment(life.settings)
    segment.write(*records[:50])
    collection.collect(life.kit, "prod")
    segment.write(*records[50:])
    collection.collect(life.kit, "prod")
    life.restart()
    collection.collect(life.kit, "prod")
    seen = look(life)
    assert {name: replace(one, versions=()) for name, one in seen.items()} == {
        "gate-desk": Felt(environment="prod", requests=100, failures=10, p50_ms=5.0, p95_ms=100.0, p99_ms=100.0),
        "nightly": Felt(environment="prod", requests=22, p50_ms=0.5, p95_ms=0.5, p99_ms=0.5),
        "other": Felt(environment="prod", requests=1, p50_ms=0.5, p95_ms=0.5, p99_ms=0.5),
    }
    (desk_seen, job_seen) = [one for one in life["rita"].consumers(MODEL) if one.name in ("gate-desk", "nightly")]
    assert (desk_seen.felt.failure_rate, desk_seen.felt.p95_ms, job_seen.felt.failures) == (0.1, 100.0, 0)
    with life.kit.store.reading() as reading:
        told = affected.callers(reading, project, "prod", life.clock.now())
    assert told == ("gate-desk (@it-ops, 10 of 100 failed)", "nightly (@it-ops)", "whoever")


def test_what_a_version_did_for_one_consumer_is_told_apart(life: Life) -> None:
    project = replace(models.project(MODEL), consumer=(Consumer(name="gate-desk", owner="@it-ops"), Consumer(name="kiosk")))
    live, trial = life.versions(project, 2)
    life.appoint(live)
    now = life.clock.now()
    desk, kiosk = ({"consumer": name} for name in ("gate-desk", "kiosk"))
    records = [scored(live, f"d{n}", [0.5], at=now - n * SECOND, duration=3000, **desk) for n in range(8)]
    # The trial fails the desk only, and the live one answers in its place; a shadow is a version too, a constant is none.
    records += [failed(trial, f"d{n}", at=now - n * SECOND, arm=Arm.CHALLENGER, **desk) for n in range(5)]
    records += [scored(live, f"k{n}", [0.5], at=now - n * SECOND, duration=3000, **kiosk) for n in range(4)]
    records += [scored(trial, f"t{n}", [0.5], at=now - n * SECOND, arm=Arm.CHALLENGER, duration=400, **kiosk) for n in range(3)]
    records.append(scored(trial, "s", [0.5], at=now, arm=Arm.SHADOW, duration=400, consumer="whoever"))
    records.append(scored(live, "o", [0.5], at=now, arm=Arm.FALLBACK, **kiosk))
    records.append(scored(trial, "old", [0.5], at=now - 30 * HOUR, arm=Arm.CHALLENGER, **desk))
    segment = Segment(life.settings)
    segment.write(*records[:10])
    collection.collect(life.kit, "prod")
    segment.write(*records[10:])
    collection.collect(life.kit, "prod")
    life.restart()
    collection.collect(life.kit, "prod")

    def on(version: Version, arm: Arm, requests: int, failures: int = 0, at: float | None = None) -> OnVersion:
        times: dict[str, Any] = {"p50_ms": at, "p95_ms": at, "p99_ms": at}
        return OnVersion(number=version.number, arm=arm, requests=requests, failures=failures, **times)

    seen = look(life)
    assert {name: one.versions for name, one in seen.items()} == {
        "gate-desk": (
            on(live, Arm.CHAMPION, 8, at=5.0),
            on(trial, Arm.CHALLENGER, 5, 5),
        ),
        "kiosk": (
            on(live, Arm.CHAMPION, 4, at=5.0),
            on(trial, Arm.CHALLENGER, 3, at=0.5),
        ),
        "other": (on(trial, Arm.SHADOW, 1, at=0.5),),
    }
    assert {name: one.fails_only_on for name, one in seen.items()} == {
        "gate-desk": (trial.number,),
        "kiosk": (),
        "other": (),
    }
    life.clock.forward(36 * 86_400)
    forgetting.forget(life.kit)
    with life.kit.store.reading() as reading:
        assert reading.version_hours.since(MODEL, "prod", 0) == {}


def test_refusals_count_once_over_processes_looks_and_control_planes(life: Life) -> None:
    life.appoint(life.version(models.project(MODEL)))
    first, second = calling.Refusals(), calling.Refusals()
    for seen in (first, second, first):
        seen.keep(life.kit, "prod", reports(life, ("gate-desk", {"200": 50, "422": 5, "502": 1}), ("other", {"400": 1})))
    assert look(life) == {
        "gate-desk": Felt(environment="prod", refused={"422": 5}),
        "other": Felt(environment="prod", refused={"400": 1}),
    }
    life.clock.forward(3 * 3600)
    # The process goes on, and one that takes its place begins at nothing.
    first.keep(life.kit, "prod", reports(life, ("gate-desk", {"422": 8, "413": 1})))
    first.keep(life.kit, "prod", reports(life, ("gate-desk", {"422": 2}), started_at=9))
    second.keep(life.kit, "prod", reports(life, ("gate-desk", {"422": 2}), started_at=9))
    assert look(life)["gate-desk"].refused == {"413": 1, "422": 10}
    # Of the day that is over only what came later counts.
    life.clock.forward(23 * 3600)
    assert look(life)["gate-desk"].refused == {"413": 1, "422": 5}
    life.clock.forward(34 * 86_400)
    forgetting.forget(life.kit)
    calling.Refusals().keep(life.kit, "prod", reports(life, ("gate-desk", {"422": 3}), started_at=9))
    assert look(life)["gate-desk"].refused == {"422": 1}
