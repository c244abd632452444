"""Rows of a broken feed, or of a span that somebody names, are given to no training, and the version says so."""

import json
from typing import Any

import pytest
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import Segment, scored
from tests.lifecycle.test_incidents import react
from tests.lifecycle.test_trainings import ended
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.errors import Conflict, NotFound
from lamplighter.domain.events.quarantine import QuarantineAdded, QuarantineEnded, QuarantineLifted
from lamplighter.domain.monitor import Finding, Kind, Look, Severity
from lamplighter.domain.training_input import KIND, given_in
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection, feeds, findings, retrainings, watching
from lamplighter.lifecycle.watching import Label

MODEL, HOUR = "kept", 3_600_000_000
#: A training whose version is the first.
TRAINING = """
[trainings.good]
command = ["python", "-c", "import os; open(os.environ['LAMP_RESULT'], 'w').write('{\\"number\\": 1}')"]
folder = "/"
"""


@pytest.fixture
def more() -> str:
    """What the configuration of these platforms says beside the usual."""
    return TRAINING


def _live(life: Life, **more: Any) -> Version:
    source = {"name": "timetable", "owner": address("milo"), "freshness": "2h", "columns": ["delay"]}
    version = life.version(models.project(MODEL, source=[source], retrain={"run": "good"}, **more))
    life.appoint(version)
    return version


def _answer(life: Life, version: Version, hours: range, *, labelled: bool = True) -> None:
    """A row an hour since the version is there, with its label."""
    records = [scored(version, f"r{hour:02d}", [0.5], at=version.created_at + hour * HOUR + 1) for hour in hours]
    Segment(life.settings).write(*records)
    collection.collect(life.kit, "prod")
    if labelled:
        watching.push_labels(life.kit, MODEL, [Label(id=f"r{hour:02d}.0", value=1.0) for hour in hours])
    watching.observe(life.kit)


def _times(life: Life, version: Version, training: str = "") -> list[int]:
    """Hours since the version is there of the rows that a training is given."""
    rows = life["dana"].training_rows(MODEL, training)
    return [(at - version.created_at) // HOUR for at in rows.columns["time"]]


def test_a_training_is_not_given_what_is_quarantined_and_its_version_says_so(life: Life) -> None:
    version = _live(life)
    life.clock.forward(10 * 3600)
    _answer(life, version, range(9))
    at = version.created_at
    held = life["dana"].quarantine(MODEL, at + 2 * HOUR, at + 4 * HOUR, " The gate clocks stood still. ")
    assert (held.id, held.reason, held.author) == ("Q-1", "The gate clocks stood still.", address("dana"))
    asked = life["dana"].retrain(MODEL)
    assert (asked.given.scored, asked.given.labelled, asked.given.withheld) == (7, 7, 2)
    assert _times(life, version, asked.id) == [0, 1, 4, 5, 6, 7, 8]
    # What is quarantined until it starts is kept from it too; what is lifted later does not change what it was given.
    life["dana"].quarantine(MODEL, at + 8 * HOUR, at + 9 * HOUR, "A strike.")
    retrainings.advance(life.kit, asked)
    life["dana"].lift_quarantine("Q-1", "They were right.")
    ended(life, asked)
    assert _times(life, version, asked.id) == [0, 1, 4, 5, 6, 7]
    assert _times(life, version) == [0, 1, 2, 3, 4, 5, 6, 7]
    file = json.loads((life.settings.folder / "trainings" / f"{asked.id}.input.json").read_text())
    assert [span["quarantine"] for span in file["left_out"]] == ["Q-1", "Q-2"]
    with life.kit.store.reading() as look:
        told = given_in(look.evidence.newest(version.digest)[KIND])
    assert told is not None
    assert [(one.quarantine, one.reason) for one in told.given.left_out] == [
        ("Q-1", "The gate clocks stood still."),
        ("Q-2", "A strike."),
    ]
    assert (told.training, told.cause) == ("T-1", address("dana"))


def test_a_feed_that_breaks_is_quarantined_until_it_is_well(life: Life) -> None:
    version = _live(life)
    broken = life.clock.now()
    life["display"].push_arrival("timetable", newest=broken)
    life["display"].push_arrival("timetable", passed=False, check="delay below 0")

    def look() -> None:
        findings.settle(life.kit, feeds.looks(life.kit))
        react(life)

    look()
    (held,) = life["dana"].quarantines(MODEL)
    assert (held.start, held.end, held.incident) == (broken, 0, "I-1")
    assert held.reason.startswith("I-1: The source timetable is broken.")
    life.clock.forward(4 * 3600)
    _answer(life, version, range(1, 4))
    assert _times(life, version) == []
    with pytest.raises(Conflict) as refusal:
        life["dana"].retrain(MODEL)
    assert (refusal.value.code, refusal.value.why) == ("E1551", "All of the 3 new rows with a label are quarantined.")
    life["display"].push_arrival("timetable", newest=life.clock.now(), passed=True)
    look()
    well = life.clock.now()
    (held,) = life["dana"].quarantines(MODEL)
    assert 0 <= well - held.end < HOUR
    life.clock.forward(2 * 3600)
    _answer(life, version, range(5, 6))
    assert _times(life, version) == [5]
    # Told again after a crash nothing is written twice, and what somebody lifts stays lifted.
    life["dana"].lift_quarantine(held.id, "The rows were right.")
    with life.kit.store.transaction() as change:
        change.counters.set("reactions", 0)
    react(life)
    assert life["dana"].quarantines(MODEL) == []
    counts = [len(life.events(kind)) for kind in (QuarantineAdded, QuarantineEnded, QuarantineLifted)]
    assert counts == [1, 1, 1]


@pytest.mark.parametrize(("severity", "held"), [(Severity.PAGE, ["I-1"]), (Severity.NOTICE, [])])
def test_what_is_only_noticed_of_a_feed_keeps_no_rows_back(life: Life, severity: Severity, held: list[str]) -> None:
    _live(life)
    now = life.clock.now()
    emptier = Finding(
        model=MODEL, environment="prod", number=1, kind=Kind.FEED, measure="missing", value=0.16, limit=0.11, start=now - HOUR,
        end=now, after_rows=9, severity=severity, column="delay", source="timetable", sentence="16% of delay is empty.",
    )  # fmt: skip
    findings.settle(life.kit, [Look(model=MODEL, environment="prod", measure="missing", source="timetable", finding=emptier)])
    react(life)
    assert [one.incident for one in life["dana"].quarantines(MODEL)] == held


def test_unknown_names_are_refused(life: Life) -> None:
    _live(life)
    for asked in (
        lambda: life["dana"].quarantine("nobody", 1, 2, "Wrong."),
        lambda: life["dana"].quarantines("nobody"),
        lambda: life["dana"].lift_quarantine("Q-9", "Right."),
        lambda: life["dana"].training_input(MODEL, "T-9"),
    ):
        with pytest.raises(NotFound):
            asked()
