"""Thresholds are drawn once: a start reads what an earlier one has drawn."""

import msgspec
import pytest
from sqlalchemy import select, update
from tests.lifecycle.lives import Life
from tests.lifecycle.test_movement import MONDAY, live, look, watch

from lamplighter.lifecycle import calibrations
from lamplighter.monitoring.alarms import Thresholds
from lamplighter.store import schema


def limits(life: Life, name: str) -> dict[str, float]:
    """The limit of each input in the newest window."""
    return {one.column: one.limit or 0.0 for one in life["rita"].readings(name, "prod", aspect="drift")}


def test_what_was_drawn_is_read_after_a_start(life: Life) -> None:
    # Another test may have drawn the same in this process.
    calibrations._calibration.cache_clear()
    version = live(life)
    watch(life, version, moved={})
    before = limits(life, version.model)
    with life.kit.store.reading() as seen:
        kept = seen.connection.execute(select(schema.calibrations)).all()
    # Twice the limits in the store: whoever draws anew would not see them.
    with life.kit.store.transaction() as change:
        for row in kept:
            drawn = msgspec.json.decode(row.body, type=Thresholds)
            twice = {column: {name: 2 * value for name, value in found.items()} for column, found in drawn.values.items()}
            body = msgspec.json.encode(msgspec.structs.replace(drawn, values=twice)).decode()
            of = update(schema.calibrations).filter_by(place=row.place, power=row.power)
            change.connection.execute(of.values(body=body))
        change.profiles.soil({(version.model, "prod", MONDAY)})
    calibrations._calibration.cache_clear()
    look(life)
    after = limits(life, version.model)
    assert after == pytest.approx({column: 2 * limit for column, limit in before.items()})
