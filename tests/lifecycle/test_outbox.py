"""The outbox: nothing is lost, whatever becomes of a receiver, and no receiver holds up another."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.lifecycle.lives import Life, lived
from tests.lifecycle.receivers import Receiver, receiving
from tests.sdk.homes import until

from lamplighter.domain.events import Notified
from lamplighter.lifecycle import outbox
from lamplighter.lifecycle.outbox import Couriers
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


def ids(receiver: Receiver) -> set[str]:
    return {headers["webhook-id"] for headers in receiver.headers}


def test_after_a_receiver_was_gone_everything_arrives_and_nothing_twice(tmp_path: Path) -> None:
    with receiving() as receiver, telling(tmp_path, pager=receiver.url) as life:
        receiver.status = 500
        fill(life, "pager", 40)
        couriers = Couriers(life.kit)

        def tried() -> bool:
            couriers.look()
            life.clock.forward(1)
            return len(receiver.events) >= 4

        until(tried)
        couriers.close()
        assert waiting(life) == 40
        receiver.status = 200
        receiver.headers.clear()

        again = Couriers(life.kit)

        def looked() -> bool:
            again.look()
            life.clock.forward(1)
            return waiting(life) == 0

        until(looked)
        again.close()
        assert len(receiver.headers) == len(ids(receiver)) == 40
        assert [event.delivered for event in life.events(Notified)] == [True] * 40


def test_a_silent_receiver_holds_up_neither_the_loop_nor_another_channel(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent, receiving() as receiver:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/hook"
        with telling(tmp_path, dead=address, pager=receiver.url) as life:
            fill(life, "dead", 20)
            fill(life, "pager", 20, first=100)
            couriers = Couriers(life.kit)
            begun = time.monotonic()
            couriers.look()
            assert time.monotonic() - begun < 2.0
            until(lambda: len(receiver.events) == 20)
            assert waiting(life) >= 20
            couriers.close()


def test_one_message_that_a_receiver_never_takes_keeps_no_other_back(tmp_path: Path) -> None:
    with receiving() as receiver, telling(tmp_path, pager=receiver.url) as life:
        receiver.refused = "1-pager"
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
