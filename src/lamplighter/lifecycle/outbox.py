"""The outbox: messages leave it when they have arrived. A dead receiver holds up neither other channels nor anything else.

A receiver gets its messages one after the other, in the order in which they were put in, over a connection that stays open.
What it does not take while it takes others is tried again later, and the others pass; where it takes none, all wait for it in
their order. Outcomes are written down together: a crash in between sends these messages once more, under the same id.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import msgspec

from lamplighter import plugins
from lamplighter.channels.base import Channel, Message, Receiver, Undelivered, kept_line
from lamplighter.domain.errors import NotFound
from lamplighter.domain.events.notification import Notified
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.incident import FELT, Incident
from lamplighter.lifecycle.kit import Kit
from lamplighter.settings import Settings
from lamplighter.store.notices import Notice
from lamplighter.store.transaction import Transaction

_log = logging.getLogger("lamplighter.outbox")
#: Waiting time of a message after each failed try, seconds; the last one again and again. It is short, so that what waited
#: for a receiver arrives soon after that is back.
_WAITS = (1, 2, 5, 10, 15)
#: After so long without success a message is given up, and that is recorded; microseconds.
_GIVEN_UP = 3 * 86_400_000_000
#: The counter that says up to which entry of the journal all reactions are done.
REACTIONS = "reactions"
#: Failures in a row after which a channel rests: fewer may be the fault of the messages.
_ENOUGH = 3
#: Messages whose outcomes are written down together, and seconds that one waits for the others at most.
_TOGETHER, _SOON = 50, 0.5
#: Channels that are served at once.
_AT_ONCE = 8


def put(kit: Kit, change: Transaction, notice: Notice, channels: tuple[str, ...]) -> None:
    """Put one message for each channel in the outbox. A second time for the same event adds nothing."""
    for channel in dict.fromkeys(channels):
        if notice.person or follows(kit.settings, channel):
            change.notices.add(msgspec.structs.replace(notice, channel=channel), kit.clock.now())


def follows(settings: Settings, name: str) -> bool:
    """Whether a channel wants to know of every step; one that is gone wants nothing more."""
    channel = _channel(settings, name)
    return channel is not None and channel.FOLLOWS


def brings_digests(settings: Settings, name: str) -> bool:
    """Whether a channel brings people what they only want to read."""
    channel = _channel(settings, name)
    return channel is not None and channel.DIGESTS


def hears_of_releases(settings: Settings, name: str) -> bool:
    """Whether a channel wants to know which version answers."""
    channel = _channel(settings, name)
    return channel is not None and channel.RELEASES


def _channel(settings: Settings, name: str) -> Channel | None:
    try:
        channel: Channel = plugins.plugin("channels", receiver_of(settings, name)[0])
    except NotFound:
        return None
    return channel


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
        wait = _WAITS[min(notice.attempts, len(_WAITS) - 1)] if takes else 0
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


def send(kit: Kit, notice: Notice, message: Message | None = None) -> str:
    """Deliver one message; the reason if it did not arrive, else nothing."""
    kind, receiver = receiver_of(kit.settings, notice.channel)
    try:
        channel: Channel = plugins.plugin("channels", kind)
        channel.send(message or message_of(kit, notice, {}), receiver)
    except NotFound:
        return f"The configuration has no channel {kind} any more."
    except Undelivered as error:
        return str(error)
    return ""


def message_of(kit: Kit, notice: Notice, incidents: Mapping[str, Incident]) -> Message:
    """The message as a channel takes it, with what is known of its incident."""
    incident = incidents.get(notice.incident)
    message = Message(
        # Two platforms that tell one receiver count their events alike, but not in the same microsecond.
        id=f"{notice.event}-{notice.at}-{notice.channel}",
        person=notice.person,
        model=notice.model,
        incident=notice.incident,
        title=notice.title,
        text=notice.text,
        about=notice.about,
        at=notice.at,
        environment=notice.environment,
        url=kit.settings.url,
    )
    return message if incident is None else _of_incident(kit, message, incident)


def _of_incident(kit: Kit, message: Message, incident: Incident) -> Message:
    return msgspec.structs.replace(
        message,
        environment=incident.environment,
        kind=incident.finding.kind,
        severity=incident.finding.severity,
        source=incident.source,
        opened_at=incident.opened_at,
        over=incident.state not in FELT,
        url=f"{kit.settings.url}/incidents/{incident.id}",
    )


def receiver_of(settings: Settings, name: str) -> tuple[str, Receiver]:
    """The plugin behind the name of a channel, and where it sends to."""
    if name in settings.webhooks:
        secrets = settings.webhook_secrets.get(name, ())
        return "webhook", Receiver(address=settings.webhooks[name], secrets=secrets)
    if name in settings.alertmanagers:
        return "alertmanager", Receiver(address=settings.alertmanagers[name])
    if name in settings.pagerduty:
        service = settings.pagerduty[name]
        return "pagerduty", Receiver(address=service.address, secrets=(service.routing_key,))
    if name in settings.apprise:
        return "apprise", Receiver(address=settings.apprise[name])
    return name, Receiver()


class Couriers:
    """One thread for each channel that has something to deliver, so that the loop of the control plane never waits for one."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._threads: ThreadPoolExecutor | None = None
        self._ending = threading.Event()
        self._busy: dict[str, Future[bool]] = {}
        #: Rounds in which a channel failed, one after the other, and when it is tried again.
        self._failed: defaultdict[str, int] = defaultdict(int)
        self._rests: dict[str, float] = {}

    def look(self) -> None:
        """Send somebody with what is due, except where somebody is under way or the channel rests."""
        for name in [name for name, future in self._busy.items() if future.done()]:
            self._back(name, self._busy.pop(name))
        with self._kit.store.reading() as look:
            channels = look.notices.waiting(self._kit.clock.now())
        now = self._kit.clock.elapsed()
        for name in channels:
            if name not in self._busy and self._rests.get(name, 0.0) <= now:
                self._threads = self._threads or ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="courier")
                self._busy[name] = self._threads.submit(deliver_through, self._kit, name, self._ending)

    def _back(self, name: str, future: Future[bool]) -> None:
        error = future.exception()
        if error is not None:
            _log.error("messages through a channel could not be delivered; it is tried again", exc_info=error)
        if error is None and future.result():
            self._failed.pop(name, None)
            self._rests.pop(name, None)
            return
        wait = _WAITS[min(self._failed[name], len(_WAITS) - 1)]
        self._failed[name] += 1
        self._rests[name] = self._kit.clock.elapsed() + wait

    def close(self) -> None:
        """Wait for those who are under way: at most the time that one message takes for each."""
        self._ending.set()
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)
            self._threads = None
        self._busy.clear()
