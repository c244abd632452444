"""When a live model counts as silent, unlabelled or stale."""

import pytest
from tests.sdk import models

from lamplighter.domain.route import Served
from lamplighter.domain.routing import Routing
from lamplighter.domain.watch import Gap, Sighting, WatchState, unseen, worst_first

SECOND, HOUR, DAY = 1_000_000, 3600, 86_400
NOW = 20_000 * DAY * SECOND


def ago(seconds: float) -> int:
    return NOW - round(seconds * SECOND)


def gaps(sighting: Sighting, *, live: float = 40 * DAY, elsewhere: bool = False, **monitor: object) -> list[Gap]:
    project = models.project("trains", monitor=monitor)
    champion = Served(number=1, digest="a" * 64)
    routing = Routing(model="trains", environment="prod", champion=champion, live_since=ago(live), elsewhere=elsewhere)
    return list(unseen(project, routing, sighting, NOW))


@pytest.mark.parametrize(
    ("asked", "pause", "called_for", "limit"),
    [
        (1.9 * HOUR, HOUR, 8 * DAY, None),
        (2.1 * HOUR, HOUR, 8 * DAY, 2 * HOUR),
        # A weekend is known once it was lived through.
        (60 * HOUR, 15 * HOUR, 3 * DAY, None),
        (100 * HOUR, 63 * HOUR, 9 * DAY, None),
        (127 * HOUR, 63 * HOUR, 9 * DAY, 126 * HOUR),
    ],
)
def test_a_model_is_silent_after_twice_its_longest_pause(
    asked: float, pause: float, called_for: float, limit: float | None
) -> None:
    found = gaps(Sighting(asked_at=ago(asked), pause=pause, called_for=called_for))
    assert [(gap.state, gap.measure, gap.limit) for gap in found] == (
        [] if limit is None else [(WatchState.SILENT, "silent", limit)]
    )


def test_what_is_declared_goes_before_what_is_usual() -> None:
    seldom = Sighting(asked_at=ago(HOUR), pause=50 * HOUR, called_for=20 * DAY)
    assert gaps(seldom) == gaps(seldom, silent_after="2h") == []
    (found,) = gaps(seldom, silent_after="15m")
    assert found.why == "Nobody has asked for 60 minutes; it may be silent for 15 minutes."
    (never,) = gaps(Sighting(), live=HOUR, silent_after="15m")
    assert never.why == "Nobody has ever asked it in 60 minutes; it may be silent for 15 minutes."
    assert gaps(Sighting()) == []


def test_what_runs_elsewhere_has_no_usual_pause() -> None:
    seen = Sighting(asked_at=ago(5 * DAY), pause=HOUR, called_for=20 * DAY)
    assert (len(gaps(seen)), gaps(seen, elsewhere=True)) == (1, [])
    assert len(gaps(seen, elsewhere=True, silent_after="2d")) == 1


@pytest.mark.parametrize(
    ("labelled_to", "labelled_at", "scored_to", "live", "missed"),
    [
        (6, 1, 0, 40, True),
        (3, 1, 0, 40, False),
        # Labels have just come, those of long ago: more may be on their way.
        (6, 0.5, 0, 40, False),
        # Rows of long ago have just been brought in.
        (400, 0, 0, 1, False),
        # Nobody asks any more, so that no label is missed.
        (6, 6, 5, 40, False),
    ],
)
def test_labels_are_missed_by_the_rows_and_by_the_wall(
    labelled_to: float, labelled_at: float, scored_to: float, live: float, missed: bool
) -> None:
    at = ago((labelled_at if labelled_at < 1 else labelled_at * 5) * DAY) if labelled_at else 0
    seen = Sighting(
        asked_at=NOW,
        scored_from=ago(400 * DAY),
        scored_to=ago(scored_to * DAY),
        labelled_to=ago(labelled_to * DAY),
        labelled_at=at,
    )
    found = gaps(seen, live=live * DAY, labels={"expected_after": "2d"})
    assert [gap.measure for gap in found] == (["unlabelled"] if missed else [])
    assert gaps(seen, live=live * DAY) == []


def test_what_waits_too_long_is_stale() -> None:
    assert gaps(Sighting(asked_at=NOW, waits_since=ago(899))) == []
    (found,) = gaps(Sighting(asked_at=NOW, waits_since=ago(901)))
    assert found == Gap(
        WatchState.STALE, "stale", "What came in 15 minutes ago is not measured yet; it may take 15 minutes.", 901.0, 900.0
    )
    assert gaps(Sighting(asked_at=NOW, waits_since=ago(901)), stale_after="1h") == []


def test_the_worst_comes_first() -> None:
    silent = Gap(WatchState.SILENT, "silent", "", 20.0, 10.0)
    worse = Gap(WatchState.SILENT, "unlabelled", "", 40.0, 10.0)
    missing, dead = Gap(WatchState.MISSING, "limit", "", 9e9), Gap(WatchState.DEAD, "measurer", "", 301.0, 300.0)
    assert worst_first((missing, silent, worse, dead)) == (dead, worse, silent, missing)
