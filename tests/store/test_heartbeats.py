"""Beats of loops: the newest counts, whatever the order in which they come."""

from sqlalchemy import insert

from lamplighter.domain.heartbeat import Heartbeat, Loop
from lamplighter.store import schema
from lamplighter.store.transaction import Store


def test_the_newest_beat_of_each_loop_is_kept(store: Store) -> None:
    with store.transaction() as change:
        assert change.heartbeats.all() == []
        for loop, at in ((Loop.RECONCILER, 5), (Loop.MEASURER, 7), (Loop.RECONCILER, 9), (Loop.MEASURER, 3)):
            change.heartbeats.beat(Heartbeat(loop=loop, at=at))
    with store.reading() as look:
        assert look.heartbeats.all() == [Heartbeat(loop=Loop.MEASURER, at=7), Heartbeat(loop=Loop.RECONCILER, at=9)]


def test_a_loop_of_another_release_is_left_out(store: Store) -> None:
    with store.transaction() as change:
        change.connection.execute(insert(schema.heartbeats).values(loop="lamplighter", at=1))
        assert change.heartbeats.all() == []
