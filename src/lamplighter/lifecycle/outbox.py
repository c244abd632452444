"""The outbox: messages leave it when they have arrived. A dead receiver holds up neither other channels nor anything else.

A receiver gets its messages one after the other, in the order in which they were put in, over a connection that stays open.
What it does not take while it takes others is tried again later, and the others pass; where it takes none, all wait for it in
their order. Outcomes are written down together: a crash in between sends these messages once more, under the same id.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from lamplighter.channels.base import Message, kept_line
from lamplighter.domain.events.notification import Notified
from lamplighter.domain.identity import PLATFORM
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.messages import message_of, send
from lamplighter.lifecycle.receivers import follows
from lamplighter.store.notices import Notice
from lamplighter.store.transaction import Transaction

#: Waiting time of a message after each failed try, seconds; the last one again and again. It is short, so that what waited
#: for a receiver arrives soon after that is back.
WAITS = (1, 2, 5, 10, 15)
#: After so long without success a message is given up, and that is recorded; microseconds.
_GIVEN_UP = 3 * 86_400_000_000
#: The counter that says up to which entry of the journal all reactions are done.
REACTIONS = "reactions"
#: Failures in a row after which a channel rests: fewer may be the fault of the messages.
_ENOUGH = 3
#: Messages whose outcomes are written down together, and seconds that one waits for the others at most.
_TOGETHER, _SOON = 50, 0.5


def put(kit: Kit, change: Transaction, notice: Notice, channels: tuple[str, ...]) -> None:
    """Put one message for each channel in the outbox. A second time for the same event adds nothing."""
    for channel in dict.fromkeys(channels):
        if notice.person or follows(kit.settings, channel):
            change.notices.add(msgspec.structs.replace(notice, channel=channel), kit.clock.now())


def deliver(kit: Kit) -> None:
    """Try every message whose time has come, one channel after the other; each outcome is in the journal."""
    with kit.store.reading() as look:
        channels = look.notices.waiting(kit.clock.now())
    for channel in channels:
        deliver_through(kit, channel)


def deliver_through(kit: Kit, channel: str, ending: threading.Event | None = None) -> bool:
    """Deliver what is due through one channel until nothing is left, the receiver takes nothing, or it is to end; whether the
    receiver did not fail."""
    ended, takes = ending or threading.Event(), True
    with kept_line():
        while takes and not ended.is_set() and (due := _due(kit, channel)):
            takes = _deliver(kit, due, ended)
    with kit.store.transaction() as change:
        change.notices.shed(change.counters.value(REACTIONS))
    return takes


class _Due(NamedTuple):
    """One message whose time has come."""

    key: int
    notice: Notice
    message: Message


def _due(kit: Kit, channel: str) -> list[_Due]:
    """The next messages, each with what is known of its incident now."""
    with kit.store.reading() as look:
        due = look.notices.due(kit.clock.now(), channel, _TOGETHER)
        incidents = {one.id: one for one in look.incidents.among("id", {notice.incident for _, notice in due})}
    return [_Due(key, notice, message_of(kit, notice, incidents)) for key, notice in due]


def _deliver(kit: Kit, due: Sequence[_Due], ending: threading.Event) -> bool:
    """Send messages one after the other; whether the receiver takes them."""
    ledger, failed, left = _Ledger(kit), dict[_Due, str](), list(due)
    while left and len(failed) < _ENOUGH and not ending.is_set():
        # The last of those that tell the receiver's fault from theirs is another one each time.
        place = due[0].notice.attempts % len(left) if len(failed) == _ENOUGH - 1 else 0
        one = left.pop(place)
        why = send(kit, one.notice, one.message)
        if why:
            failed[one] = why
        else:
            ledger.write({**failed, one: ""})
            failed.clear()
    # Too few to tell: those that come last wait for the receiver, and what is alone lets new ones pass.
    takes = len(failed) < _ENOUGH and len(failed) in (0, len(due))
    ledger.write(failed, takes=takes)
    ledger.close()
    return takes


class _Ledger:
    """What became of messages, written down several at a time."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._lines: list[tuple[_Due, str, bool]] = []
        self._since = kit.clock.elapsed()

    def write(self, outcomes: Mapping[_Due, str], *, takes: bool = True) -> None:
        """Add the reason why each did not arrive, or nothing; `takes` says whether the receiver took others."""
        self._lines += [(one, why, takes) for one, why in outcomes.items()]
        if self._kit.clock.elapsed() - self._since >= _SOON:
            self.close()

    def close(self) -> None:
        """Write down what is left."""
        if self._lines:
            with self._kit.store.transaction() as change:
                for one, why, takes in self._lines:
                    _conclude(self._kit, change, one, why, takes=takes)
        self._lines, self._since = [], self._kit.clock.elapsed()


def _conclude(kit: Kit, change: Transaction, one: _Due, why: str, *, takes: bool) -> None:
    now, notice = kit.clock.now(), one.notice
    if why and now - (notice.at or now) < _GIVEN_UP:
        # Where the receiver takes nothing the channel rests, and every message keeps its place.
        wait = WAITS[min(notice.attempts, len(WAITS) - 1)] if takes else 0
        change.notices.defer(one.key, notice, now + wait * 1_000_000)
        return
    change.notices.close(one.key)
    event = Notified(
        model=notice.model,
        incident=notice.incident,
        person=notice.person,
        channel=notice.channel,
        delivered=not why,
        why=why,
    )
    kit.record(change, event, PLATFORM)
