"""Loops beat after what went well, and only then."""

from sqlalchemy import text
from tests.lifecycle.lives import Life
from tests.sdk import models

from lamplighter.domain.heartbeat import Loop


def kept(life: Life) -> dict[Loop, int]:
    with life.kit.store.reading() as look:
        return {beat.loop: beat.at for beat in look.heartbeats.all()}


def test_a_look_that_ends_well_is_a_beat_of_each_loop_in_the_store(life: Life) -> None:
    assert kept(life) == {}
    before = life.clock.now()
    life.reconciler.look()
    first = kept(life)
    assert (set(first), min(first.values()) > before) == (set(Loop), True)
    life.reconciler.look()
    # Beats are kept every five seconds, and counted at every look.
    assert kept(life) == first
    assert all(beat.at > first[beat.loop] for beat in life.reconciler.heartbeats if beat.loop is Loop.RECONCILER)
    life.clock.forward(6.0)
    life.reconciler.look()
    assert all(at > first[loop] for loop, at in kept(life).items())


def test_a_round_with_a_part_that_fails_is_no_beat(life: Life) -> None:
    life.reconciler.look()
    first = kept(life)
    with life.kit.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE retrainings RENAME TO elsewhere"))
    life.clock.forward(70.0)
    life.reconciler.look()
    after, now = kept(life), life.clock.now()
    assert after[Loop.RECONCILER] == first[Loop.RECONCILER]
    assert after[Loop.MEASURER] > first[Loop.MEASURER]
    assert [beat.loop for beat in life.reconciler.heartbeats if beat.is_dead(now)] == [Loop.RECONCILER]


def test_a_model_that_cannot_be_measured_keeps_no_other_back(life: Life) -> None:
    life.version(models.project("well"))
    with life.kit.store.transaction() as change:
        change.profiles.soil({("a-broken-one", "prod", 0), ("well", "prod", 0)})
    life.reconciler.look()
    with life.kit.store.reading() as look:
        assert look.profiles.dirty() == [("a-broken-one", "prod", 0)]
    assert Loop.MEASURER in kept(life)
