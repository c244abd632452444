"""Sources through both doors: what is told of one is seen by everybody, and its owner's incident follows."""

import time

import pytest
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.grounds import Ground
from tests.sdk.homes import until

from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.feed import FeedState
from lamplighter.sdk.release import release

MODEL = "fed-trains"


def test_a_source_is_told_of_and_found_empty(ground: Ground) -> None:
    source = {"name": "fed-timetable", "owner": address("milo"), "freshness": "1h", "columns": ["delay"]}
    version = release(ground["dana"], models.project(MODEL, source=[source]), models.build())
    ground.live(version, "dev")
    assert ground["rita"].feed("fed-timetable").state is FeedState.UNKNOWN
    fresh = ground["display"].push_arrival("fed-timetable", newest=time.time_ns() // 1000, rows=40, passed=True)
    assert (fresh.state, fresh.heard.rows) == (FeedState.FRESH, 40)
    empty = ground["display"].push_arrival("fed-timetable", rows=0)
    assert empty in ground["rita"].feeds()
    incident = until(lambda: ground["rita"].incidents(MODEL))[0]
    assert (incident.finding.source, incident.finding.kind) == ("fed-timetable", "feed")
    assert [one.model for one in ground["rita"].affected("fed-timetable.delay").models] == [MODEL]
    for lost in (lambda: ground["rita"].feed("fed-timetabel"), lambda: ground["rita"].affected("fed-timetabel")):
        with pytest.raises(NotFound):
            lost()
    with pytest.raises(Invalid):
        ground["display"].push_arrival("fed-timetable")


def test_no_alert_of_another_system_was_brought(ground: Ground) -> None:
    assert ground["rita"].external_alerts() == []
