"""The short way of ordinary predictions: requests that come in one turn of the event loop are scored and written down together.

It is taken for compiled versions and for rows that the typed reader accepts. Everything else, and whatever goes wrong here,
goes the long way, which asks the same and can say what is wrong.
"""

import asyncio
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from lamplighter.domain.prediction import frames_of
from lamplighter.domain.route import LATENCY_BOUNDS, Arm
from lamplighter.serving.asking import NO_TRACE, UNSAID, Ids, Said, is_sampled, request_id, said, trace_of, traced
from lamplighter.serving.codecs.base import Codec, Question
from lamplighter.serving.codecs.typed import values
from lamplighter.serving.encodings import packed
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.meters import Meters
from lamplighter.serving.problems import SLUGS, Refusal
from lamplighter.serving.recorder import DURABLE, Recorder
from lamplighter.serving.redaction import Columns, Redactor
from lamplighter.serving.router import Adopted
from lamplighter.serving.scored import Scored, of_bodies, of_rows
from lamplighter.serving.shadows import Shadows
from lamplighter.serving.telemetry.sender import Telemetry
from lamplighter.serving.turn import Group, Sink, Waiting
from lamplighter.serving.versions import Loaded

_DONE = 200
#: Looked up once: to name a member of an enumeration costs as much as a call.
_CHAMPION = Arm.CHAMPION
#: All that a codec has to know of a question that came the short way: that it wants the usual answer.
_ORDINARY = Question({}, 0)
_NOTHING: Columns = {}
_NO_ROWS: Sequence[msgspec.Struct] = ()
_UNSAVED, _ = SLUGS["log-unavailable"]


#: A request, its scores, and the `traceparent` of its caller.
_Reply = tuple[Waiting, list[float], bytes]


class Gathering:
    """Requests of this turn, by version."""

    def __init__(
        self,
        recorder: Recorder,
        meters: Meters,
        shadows: Shadows,
        ids: Ids,
        unsaved: Callable[[Request, Codec, str], Answer],
        telemetry: Telemetry | None,
    ) -> None:
        """`unsaved` makes the refusal of a request whose record could not be kept."""
        self._recorder, self._meters, self._ids, self._unsaved = recorder, meters, ids, unsaved
        self._shadows = shadows
        self._telemetry = telemetry
        self._loop = asyncio.get_running_loop()
        #: By version, whether it answers as the champion, and the key of bodies that are scored as they came: to look for a
        #: member of an enumeration takes a call.
        self._waiting: dict[tuple[Loaded, bool, bytes], Group] = {}

    def take(self, adopted: Adopted, codec: Codec, consumer: str, request: Request, sink: Sink) -> bool:
        """Whether the request is answered the short way; its answer goes to the sink later in this turn."""
        if not self._waiting:
            self._ids.begin()
        asked = self._asked(request) if request.has_own else (self._ids.following(), UNSAID)
        if asked is None:
            return False
        request.id, headers = asked
        version, arm = adopted.champion, _CHAMPION
        # Rows of several customers could see two versions.
        may_mix = not headers.key and bool(adopted.route.sticky)
        if adopted.challenger is not None:
            if may_mix:
                return False
            version, arm = adopted.chosen(headers.key or f"{consumer}\x00{request.id}")
        is_whole = arm is _CHAMPION and not may_mix and adopted.redactor.keeps_all
        name = version.named(codec.ROWS, request.body) if is_whole else b""
        rows = _NO_ROWS if name else _rows(adopted.champion, version, codec, request)
        if rows is None or (may_mix and len(rows) > 1):
            return False
        if not self._waiting:
            self._loop.call_soon(self._turn)
        place = version, arm is _CHAMPION, name
        group = self._waiting.get(place)
        if group is None:
            group = self._waiting[place] = Group(version, arm, adopted, [], name)
        group.requests.append(Waiting(sink, request, codec, consumer, request.id, headers.key, headers.event_at, rows))
        return True

    def _asked(self, request: Request) -> tuple[str, Said] | None:
        """The id of the request and what its headers say beside it; nothing where they are not lawful."""
        given = request.headers.get(b"lamp-request-id")
        name = self._ids.following() if given is None else request_id(given.decode("ascii", "replace"))
        headers = said(request)
        if isinstance(name, Refusal) or isinstance(headers, Refusal):
            return None
        return name, headers

    def _turn(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for group in waiting.values():
            rest = self._answer_bodies(group) if group.name else group.requests
            if rest:
                self._answer_rows(group, rest)

    def _answer_bodies(self, group: Group) -> list[Waiting]:
        """Answer what can be scored as it came; gives the rest, with rows."""
        scored, left = of_bodies(group)
        if scored is not None:
            self._keep(group, scored)
        rest = []
        for one in left:
            rows = group.version.rows_of(one.codec.ROWS, one.request.body)
            if rows is None:
                one.sink.take_long_way(one.request)
            else:
                one.rows = rows
                rest.append(one)
        return rest

    def _answer_rows(self, group: Group, requests: list[Waiting]) -> None:
        scored = of_rows(group, requests)
        if scored is not None:
            self._keep(group, scored)
            return
        for one in requests:
            one.sink.take_long_way(one.request)

    def _keep(self, group: Group, scored: Scored) -> None:
        version, redactor, durability = group.version, group.adopted.redactor, group.adopted.route.durability
        about = version.manifest.model, version.served.number, version.served.digest, group.arm.value
        requests, scores, duration = scored
        start, now, outage = 0, time.time_ns() // 1000, group.remembering
        keeps_all, redacted = redactor.keeps_all, redactor.redacted
        replies: list[_Reply] = []
        records: list[Sequence[Any]] = []
        for one in requests:
            count = one.height
            own = scores[start : start + count]
            start += count
            if outage is not None:
                group.remember(outage, one, own)
            # A row that comes alone is written as it was read.
            is_alone = keeps_all and count == 1
            inputs = one.inputs or (one.rows[0] if is_alone else _columns(version, redactor, one))
            columns, row = (_NOTHING, inputs) if is_alone else (inputs, _NOTHING)
            parent, trace = trace_of(one.request) if one.request.has_own else NO_TRACE
            record = (
                one.id,
                *about,
                one.consumer,
                now,
                one.event_at or now,
                duration,
                columns,
                own,
                "",
                count,
                redacted,
                (),
                row,
                trace,
            )
            records.append(record)
            replies.append((one, own, parent))
        written = self._recorder.keep(frames_of(records), durability)
        began = self._ids.began
        if isinstance(written, bytes):
            self._answer(group, replies, written, began)
        else:
            written.add_done_callback(lambda done: self._answer(group, replies, DURABLE if done.result() else b"", began))

    def _answer(self, group: Group, replies: list[_Reply], kept: bytes, began: int) -> None:
        """Answer requests of a turn that began then, nanoseconds since the epoch."""
        version, model, now = group.version, group.version.manifest.model, time.monotonic()
        status, arm = (_DONE, group.arm) if kept else (_UNSAVED, "")
        rows = sum([len(scores) for _, scores, _ in replies])
        waited = [now - one.request.received for one, _, _ in replies]
        buckets = [bisect_left(LATENCY_BOUNDS, seconds) for seconds in waited]
        self._meters.count_answers(version, group.arm, rows, sum(waited), buckets)
        place = (model, version.served, group.arm) if kept else (model, None, "")
        self._meters.callers.count(place, status, zip([one.consumer for one, _, _ in replies], waited, buckets, strict=True))
        if self._telemetry is not None:
            paths = [one.request.path for one, _, _ in replies]
            self._telemetry.count_answers(model, arm, status, zip(paths, waited, strict=True))
        # One for all: a codec writes it down at once and keeps nothing of it.
        reply, further = version.reply("", []), kept + group.adopted.farewell
        for one, scores, parent in replies:
            if kept:
                reply.request, reply.scores = one.id, scores
                answer = one.codec.write(_ORDINARY, reply, version.lines(one.id, further))
            else:
                answer = self._unsaved(one.request, one.codec, one.id)
            answer = packed(answer, one.request)
            if parent:
                if self._telemetry is not None and is_sampled(parent):
                    self._telemetry.answered(parent, began, one.request, answer, model, arm)
                answer = traced(answer, parent)
            one.sink.reply(answer)
        shadow = group.adopted.shadow
        if shadow is not None and kept:
            for one, scores, _ in replies:
                self._shadows.follow(group.followed(one, shadow, scores))


def _columns(version: Loaded, redactor: Redactor, one: Waiting) -> Columns:
    """What is written down of the inputs."""
    # The reader gives as many values as there are names.
    columns: Columns = dict(zip(version.names, zip(*values(one.rows), strict=False), strict=False))
    return redactor.kept(one.id, columns)


def _rows(champion: Loaded, version: Loaded, codec: Codec, request: Request) -> Sequence[msgspec.Struct] | None:
    """The rows as the version takes them, if they fit the champion's contract too; nothing if they need the long way."""
    rows = champion.rows_of(codec.ROWS, request.body)
    return rows if rows is None or version is champion else version.rows_of(codec.ROWS, request.body)
