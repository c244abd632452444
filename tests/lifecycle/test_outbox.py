"""The outbox: nothing is lost, whatever becomes of a receiver, and no receiver holds up another."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.receivers import Receiver, receiving
from tests.sdk.homes import until

from lamplighter.domain.events.notification import Notified
from lamplighter.lifecycle import outbox
from lamplighter.lifecycle.couriers import Couriers
from lamplighter.store import schema
from lamplighter.store.notices import Notice


@contextmanager
def telling(tmp_path: Path, **receivers: str) -> Iterator[Life]:
    """A platform with these receivers of webhooks."""
    addresses = ", ".join(f'{name} = "{address}"' for name, address in receivers.items())
    with lived(tmp_path / "home", f"webhooks = {{ {addresses} }}\n") as life:
        yield life


def fill(life: Life, channel: str, count: int, first: int = 1) -> None:
    """Put messages in the outbox."""
    with life.kit.store.transaction() as change:
        for event in range(first, first + count):
            notice = Notice(event, channel, "ines@trains.example", "I-1", "any", "title", "text", at=life.clock.now())
            change.notices.add(notice, life.clock.now())


def waiting(life: Life) -> int:
    with life.kit.store.reading() as look:
        return look.notices.count()


def tries(life: Life, channel: str) -> list[int]:
    """How often each message that waits for a channel was tried in vain."""
    with life.kit.store.reading() as look:
        return [notice.attempts for _, notice in look.notices.due(life.clock.now() + 3600 * 1_000_000, channel, limit=9999)]


def ids(receiver: Receiver) -> set[str]:
    return {headers["webhook-id"] for headers in receiver.headers}


def rows(life: Life) -> int:
    """Messages that the table holds, whatever became of them."""
    with life.kit.store.reading() as look:
        return int(look.notices.connection.execute(select(func.count()).select_from(schema.notices)).scalar_one())


def deliver_for(life: Life, looks: int) -> None:
    """Look so many times, a minute of the clock apart."""
    seen = iter(range(looks))
    deliver_until(life, lambda: next(seen, None) is None, step=60.0)


def deliver_until(life: Life, condition: Callable[[], bool], step: float) -> None:
    """Look again and again, so many seconds of the clock apart, until the condition holds; whoever is under way comes back
    before the next look."""
    couriers = Couriers(life.kit)

    def looked() -> bool:
        couriers.look()
        wait(couriers._busy.values())
        life.clock.forward(step)
        return condition()

    until(looked, seconds=240.0)
    couriers.close()


def test_a_receiver_that_is_dead_for_two_days_loses_nothing_and_holds_up_no_other(tmp_path: Path) -> None:
    many = 120
    with receiving() as receiver, receiving() as other, telling(tmp_path, pager=receiver.url, other=other.url) as life:
        receiver.status = 500
        fill(life, "pager", many)
        fill(life, "other", 50, first=many + 1)
        dead = life.clock.now()
        deliver_until(life, lambda: len(ids(other)) == 50, step=1.0)
        deliver_until(life, lambda: life.clock.now() - dead > 2 * 86_400 * 1_000_000, step=600.0)
        assert (waiting(life), len(other.events)) == (many, 50)
        # Two at a look: a receiver that comes back is not buried, and nobody works for one that is gone.
        assert len(receiver.events) < many * 4
        life.restart()
        receiver.status = 200
        receiver.headers.clear()
        with life.kit.store.transaction() as change:
            change.counters.set(outbox.REACTIONS, 10 * many)
        deliver_until(life, lambda: waiting(life) == 0, step=1.0)
        assert len(receiver.headers) == len(ids(receiver)) == many
        assert [event.delivered for event in life.events(Notified)] == [True] * (many + 50)
        assert rows(life) == 0


def test_two_thousand_messages_wait_for_a_dead_receiver_and_arrive_once_each_in_their_order(tmp_path: Path) -> None:
    many = 2000
    with closing(socket.create_server(("127.0.0.1", 0))) as held:
        port = held.getsockname()[1]
    address = f"http://127.0.0.1:{port}/hook"
    with receiving() as other, telling(tmp_path, pager=address, other=other.url) as life:
        fill(life, "pager", many)
        fill(life, "other", 5, first=many + 1)
        deliver_for(life, looks=6)
        assert (waiting(life), len(other.events)) == (many, 5)
        life.restart()
        with receiving(port) as receiver:
            receiver.status = 503
            deliver_for(life, looks=6)
            # As in a process that ends: nobody remembers that the channel rests.
            last = Couriers(life.kit)
            last.look()
            wait(last._busy.values())
            last.close()
            assert waiting(life) == many
            receiver.status = 200
            receiver.headers.clear()
            receiver.connections = 0
            couriers = Couriers(life.kit)
            couriers.look()
            on_its_way = couriers._busy["pager"]
            # Whoever looks and writes in between does not wait for it.
            for more in range(3):
                fill(life, "other", 1, first=many + 10 + more)
                couriers.look()
            assert couriers._busy["pager"] is on_its_way
            assert not on_its_way.done()
            # One look is enough for all of them.
            wait([on_its_way], timeout=120.0)
            assert tries(life, "pager") == []
            couriers.close()
            came = [headers["webhook-id"].partition("-")[0] for headers in receiver.headers]
            assert came == [str(event) for event in range(1, many + 1)]
            assert receiver.connections == 1
        told = [one for one in life.events(Notified) if one.channel == "pager"]
        assert [one.delivered for one in told] == [True] * many


def test_outcomes_that_could_not_be_written_down_send_these_messages_once_more(tmp_path: Path) -> None:
    with receiving() as receiver, telling(tmp_path, pager=receiver.url) as life:
        fill(life, "pager", 120)
        commits = iter(range(1))

        def fail(*_: object) -> None:
            if next(commits, None) is None:
                raise OSError

        event.listen(life.kit.store.engine, "commit", fail)
        with pytest.raises(OSError):
            outbox.deliver(life.kit)
        event.remove(life.kit.store.engine, "commit", fail)
        assert len(life.events(Notified)) == 50
        outbox.deliver(life.kit)
        sent = [headers["webhook-id"] for headers in receiver.headers]
        assert len(set(sent)) == 120
        assert len(sent) - 120 <= 50
        assert len(life.events(Notified)) == 120


def test_messages_that_a_receiver_never_takes_let_the_others_pass_however_many_they_are(tmp_path: Path) -> None:
    with receiving() as receiver, telling(tmp_path, pager=receiver.url) as life:
        receiver.refuses = {str(event) for event in range(1, 9)}
        fill(life, "pager", 30)
        deliver_until(life, lambda: waiting(life) == 8, step=5.0)
        came = [headers["webhook-id"].partition("-")[0] for headers in receiver.headers]
        assert set(came) == {str(event) for event in range(1, 31)}
        assert len([event for event in came if event not in receiver.refuses]) == 22


def test_no_message_is_given_up_however_often_it_was_tried_in_two_days(tmp_path: Path) -> None:
    with receiving() as receiver, telling(tmp_path, pager=receiver.url) as life:
        receiver.status = 500
        fill(life, "pager", 3)
        dead = life.clock.now()
        deliver_until(life, lambda: life.clock.now() - dead > 2 * 86_400 * 1_000_000, step=600.0)
        tries = [headers["webhook-id"] for headers in receiver.headers]
        assert min(tries.count(one) for one in ids(receiver)) > 50
        assert (len(ids(receiver)), waiting(life), life.events(Notified)) == (3, 3, [])
        life.clock.forward(86_400.0)
        deliver_until(life, lambda: waiting(life) == 0, step=600.0)
        assert [event.delivered for event in life.events(Notified)] == [False] * 3


def test_a_message_of_an_event_that_may_be_told_once_more_is_not_forgotten(tmp_path: Path) -> None:
    with receiving() as receiver, telling(tmp_path, pager=receiver.url) as life:
        with life.kit.store.transaction() as change:
            change.counters.set(outbox.REACTIONS, 2)
        for _ in range(2):
            fill(life, "pager", 1, first=3)
            outbox.deliver(life.kit)
        assert len(receiver.events) == 1


def test_a_silent_receiver_holds_up_neither_the_loop_nor_another_channel(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent, receiving() as receiver:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/hook"
        with telling(tmp_path, dead=address, pager=receiver.url) as life:
            fill(life, "dead", 20)
            fill(life, "pager", 20, first=100)
            couriers = Couriers(life.kit)
            couriers.look()
            # The look is over before the first message is given up, and the other channel is done before the second.
            assert tries(life, "dead") == [0] * 20
            until(lambda: len(receiver.events) == 20)
            assert sum(tries(life, "dead")) <= 1
            couriers.close()


def test_one_message_that_a_receiver_never_takes_keeps_no_other_back(tmp_path: Path) -> None:
    with receiving() as receiver, telling(tmp_path, pager=receiver.url) as life:
        receiver.refuses = {"1"}
        fill(life, "pager", 10)
        for _ in range(3):
            outbox.deliver(life.kit)
        assert waiting(life) == 1
        assert [event.delivered for event in life.events(Notified)] == [True] * 9


def test_what_waits_is_there_after_a_restart(tmp_path: Path) -> None:
    with receiving() as receiver, telling(tmp_path, pager=receiver.url) as life:
        receiver.status = 503
        fill(life, "pager", 5)
        outbox.deliver(life.kit)
        life.restart()
        receiver.status = 200
        life.clock.forward(60)
        outbox.deliver(life.kit)
        assert (waiting(life), len(ids(receiver))) == (0, 5)


def test_two_platforms_that_tell_one_receiver_do_not_share_ids(tmp_path: Path) -> None:
    """It would drop what it takes for the same message."""
    with receiving() as receiver:
        for name in ("one", "two"):
            with telling(tmp_path / name, pager=receiver.url) as life:
                fill(life, "pager", 3)
                outbox.deliver(life.kit)
        assert len(ids(receiver)) == 6
