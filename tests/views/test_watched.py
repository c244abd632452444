"""Which live models are not watched, why, for how long, and who has it."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import event
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.segments import Segment, scored
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.heartbeat import Heartbeat, Loop
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.traffic import Traffic
from lamplighter.domain.watch import Watched, WatchState
from lamplighter.domain.window import DAY
from lamplighter.lifecycle import collection, people, watching
from lamplighter.lifecycle.watching import Label
from lamplighter.views.watched import watched

HOUR = 3600


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with lived(tmp_path / "home") as life:
        life.reconciler.look()
        yield life


def _live(life: Life, name: str, **more: object) -> None:
    """A model that is live in dev and in prod, and was asked there just now."""
    quality = {"quality": {"metric": "brier", "limit": 0.2}, "silent_after": "15m"}
    version = life.version(models.project(name, **{"monitor": quality, **more}))
    for place in ("dev", "prod"):
        life.appoint(version, place)
    with life.kit.store.transaction() as change:
        change.traffic.add([Traffic(name, "prod", 1, "champion", life.clock.now() // 1_000_000, requests=1)])


def _beat(life: Life, *loops: Loop) -> None:
    with life.kit.store.transaction() as change:
        for loop in loops:
            change.heartbeats.beat(Heartbeat(loop=loop, at=life.clock.now()))


def test_a_model_with_owner_reference_limit_and_requests_is_watched(life: Life) -> None:
    _live(life, "trains")
    (found,) = life["rita"].watched()
    assert found == Watched(model="trains", environment="prod", number=1, state=WatchState.WATCHED, gaps=())


def test_the_worst_comes_first_with_whoever_has_it(life: Life) -> None:
    _live(life, "bare", monitor={})
    _live(life, "silent", monitor={"quality": {"metric": "brier", "limit": 0.2}, "silent_after": "10m"})
    _live(life, "stale")
    _live(life, "well")
    with life.kit.store.transaction() as change:
        change.profiles.soil({("stale", "prod", 0)}, life.clock.now() - 310_000_000)
    life.clock.forward(12 * 60)
    _beat(life, *Loop)
    found = life["rita"].watched()
    assert [(one.model, one.state) for one in found] == [
        ("stale", WatchState.STALE), ("silent", WatchState.SILENT), ("bare", WatchState.MISSING), ("well", WatchState.WATCHED),
    ]  # fmt: skip
    assert [gap.has_it for one in found for gap in one.gaps] == [address("ines"), address("ines"), address("dana")]
    life.clock.forward(8 * 60)
    _beat(life, Loop.MEASURER)
    found = life["rita"].watched()
    assert {(one.state, one.gaps[0].measure) for one in found} == {(WatchState.DEAD, "reconciler")}
    assert {one.gaps[0].age > 400 for one in found} == {True}
    assert {one.gaps[0].has_it for one in found} == {people.owner_address()}
    assert [gap.state for gap in next(one for one in found if one.model == "well").gaps] == [WatchState.DEAD, WatchState.SILENT]


def test_a_duty_that_nobody_has_is_a_gap_of_the_last_resort(life: Life) -> None:
    _live(life, "trains")
    project = life["rita"].project("trains")
    owners = msgspec.structs.replace(project.owners, monitoring="")
    with life.kit.store.transaction() as change:
        change.projects.put(msgspec.structs.replace(project, owners=owners))
    (found,) = life["rita"].watched("trains")
    assert [(gap.measure, gap.why) for gap in found.gaps] == [
        ("owner", "Nobody who is here has monitor-technical and monitor-functional.")
    ]
    assert (found.state, found.gaps[0].has_it) == (WatchState.MISSING, people.owner_address())


def test_a_window_that_is_over_with_too_few_labels_is_told_to_whoever_watches_the_model(life: Life) -> None:
    quality = {"metric": "brier", "limit": 0.2, "window": "1d", "least_rows": 50}
    _live(life, "trains", monitor={"quality": quality, "labels": {"expected_after": "1d"}})
    today = life.clock.now() // DAY * DAY
    with life.kit.store.reading() as look:
        version = look.versions.find(model="trains", number=1)
    assert version is not None

    def day(ago: int, labelled: int) -> None:
        request, rows = f"day-{ago}", [0.5] * 120
        Segment(life.settings, name=f"9-1-{ago:06d}").write(scored(version, request, rows, at=today - ago * DAY))
        watching.push_labels(life.kit, "trains", [Label(id=f"{request}.{row}", value=1.0) for row in range(labelled)])
        collection.collect(life.kit, "prod")
        watching.observe(life.kit)

    # The labels of the last two days may still come.
    for ago in (5, 3, 2, 1, 0):
        day(ago, labelled=120 if ago == 5 else 40 if ago == 3 else 0)
    (found,) = life["rita"].watched("trains")
    assert found.state is WatchState.UNJUDGED
    (gap,) = found.gaps
    assert gap.why == f"Of 120 rows in the 1d to {rfc3339(today - 2 * DAY)[:10]}, 40 have a label; judging takes 60."
    assert (gap.has_it, gap.limit) == (address("dana"), 0.0)
    watching.push_labels(life.kit, "trains", [Label(id=f"day-3.{row}", value=1.0) for row in range(60)])
    watching.observe(life.kit)
    (found,) = life["rita"].watched("trains")
    assert found.gaps == ()


def test_the_number_of_questions_does_not_grow_with_the_models(life: Life) -> None:
    counts = []
    for names in (["first"], [f"more-{place}" for place in range(12)]):
        for name in names:
            _live(life, name)
        with life.kit.store.reading() as look:
            statements: list[str] = []
            event.listen(look.connection, "before_cursor_execute", lambda *seen, kept=statements: kept.append(seen[2]))
            found = watched(look, policy=life.kit.policy, now=life.clock.now())
        counts.append(len(statements))
    assert len(found) == 13
    assert counts[0] == counts[1] < 16


@pytest.mark.parametrize(
    ("keep", "after", "gaps"), [("7d", "30d", ["keep"]), ("30d", "30d", []), ("7d", "0s", []), ("", "30d", [])], ids=str
)
def test_rows_that_go_before_their_labels_come_are_a_gap(life: Life, keep: str, after: str, gaps: list[str]) -> None:
    monitor = {"quality": {"metric": "brier", "limit": 0.2}, "labels": {"expected_after": after}}
    _live(life, "short", monitor=monitor, log={"keep": keep})
    _beat(life, *Loop)
    (found,) = life["rita"].watched("short")
    assert [gap.measure for gap in found.gaps] == gaps
    late = life["rita"].label_status("short", "prod").too_late
    if gaps:
        assert (found.state, found.gaps[0].why, found.gaps[0].has_it) == (WatchState.MISSING, late, address("dana"))
        assert late == (
            "Labels are expected 30d after the prediction, and its row is kept for 7d only: they find no row, and no quality is"
            " measured. Raise keep in [log] above 30d."
        )
    else:
        assert late == ""


def test_what_the_policy_keeps_for_longer_is_no_gap(life: Life) -> None:
    monitor = {"quality": {"metric": "brier", "limit": 0.2}, "labels": {"expected_after": "170d"}}
    version = life.version(models.critical("kept", monitor=monitor, log={"keep": "180d"}))
    life.appoint(version)
    assert life["rita"].label_status("kept", "prod").too_late == ""
