"""The short way of ordinary predictions: requests that come in one turn of the event loop are scored and written down together.

It is taken for compiled versions, for rows that the typed reader accepts, and where the version is chosen without a score.
Everything else, and whatever goes wrong here, goes the long way, which asks the same and can say what is wrong.
"""

import asyncio
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from lamplighter.domain.prediction import frame_of
from lamplighter.domain.route import LATENCY_BOUNDS, Arm, takes_challenger
from lamplighter.serving.asking import TRACEPARENT, Ids, request_id, trace_of, traced
from lamplighter.serving.codecs.base import Codec, Question
from lamplighter.serving.codecs.typed import values
from lamplighter.serving.encodings import packed
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.meters import Meters
from lamplighter.serving.problems import SLUGS, Refusal
from lamplighter.serving.recorder import DURABLE, Recorder
from lamplighter.serving.redaction import Columns, Redactor
from lamplighter.serving.router import Adopted
from lamplighter.serving.versions import Loaded

#: Rows that one turn scores on the thread of the event loop; a request with more goes the long way.
MOST_ROWS = 256
_DONE = 200
#: All that a codec has to know of a question that came the short way: that it wants the usual answer.
_ORDINARY = Question({}, 0)
_NOTHING: Columns = {}
_UNSAVED, _ = SLUGS["log-unavailable"]


class Sink(Protocol):
    """Who waits for the answer."""

    def reply(self, answer: Answer) -> None:
        """Take the answer."""
        ...

    def take_long_way(self, request: Request) -> None:
        """Have the request answered as any other."""
        ...


class _Waiting(msgspec.Struct):
    sink: Sink
    request: Request
    codec: Codec
    consumer: str
    id: str
    rows: Sequence[msgspec.Struct]


class Gathering:
    """Requests of this turn, by version."""

    def __init__(self, recorder: Recorder, meters: Meters, ids: Ids, unsaved: Callable[[Request, Codec, str], Answer]) -> None:
        """`unsaved` makes the refusal of a request whose record could not be kept."""
        self._recorder, self._meters, self._ids, self._unsaved = recorder, meters, ids, unsaved
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[Loaded, tuple[Adopted, list[_Waiting]]] = {}

    def take(self, adopted: Adopted, codec: Codec, consumer: str, request: Request, sink: Sink) -> bool:
        """Whether the request is answered the short way; its answer goes to the sink later in this turn."""
        version = adopted.champion
        if not adopted.is_plain or version.score_rows is None:
            return False
        rows = version.rows_of(codec.ROWS, request.body)
        if rows is None or len(rows) > MOST_ROWS:
            return False
        if not self._waiting:
            self._ids.begin()
        given = request.headers.get(b"lamp-request-id")
        name = self._ids.following() if given is None else request_id(given.decode("ascii", "replace"))
        if isinstance(name, Refusal):
            return False
        request.id = name
        if adopted.challenger is not None and takes_challenger(adopted.route, f"{consumer}\x00{name}"):
            return False
        if not self._waiting:
            self._loop.call_soon(self._turn)
        known = self._waiting.get(version)
        if known is None:
            known = self._waiting[version] = adopted, []
        known[1].append(_Waiting(sink, request, codec, consumer, name, rows))
        return True

    def _turn(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for version, (adopted, group) in waiting.items():
            scores = _scored(version, [row for one in group for row in one.rows])
            if scores is None:
                for one in group:
                    one.sink.take_long_way(one.request)
            else:
                self._keep(version, adopted, group, *scores)

    def _keep(self, version: Loaded, adopted: Adopted, group: list[_Waiting], scores: list[float], duration: int) -> None:
        start, redactor, now = 0, adopted.redactor, time.time_ns() // 1000
        about = version.manifest.model, version.served.number, version.served.digest, "champion"
        replies, frames = [], []
        for one in group:
            count = len(one.rows)
            own = scores[start : start + count]
            start += count
            columns, row = _inputs(version, redactor, one)
            trace = trace_of(one.request)[1] if TRACEPARENT in one.request.headers else ""
            said = (
                one.id,
                *about,
                one.consumer,
                now,
                now,
                duration,
                columns,
                own,
                "",
                count,
                redactor.redacted,
                (),
                row,
                trace,
            )
            frames.append(frame_of(said))
            replies.append((one, own))
        written = self._recorder.keep(b"".join(frames), adopted.route.durability)
        if isinstance(written, bytes):
            self._answer(version, replies, written)
        else:
            written.add_done_callback(lambda done: self._answer(version, replies, DURABLE if done.result() else b""))

    def _answer(self, version: Loaded, replies: list[tuple[_Waiting, list[float]]], kept: bytes) -> None:
        now = self._loop.time()
        rows = sum([len(scores) for _, scores in replies])
        waited = [now - one.request.received for one, _ in replies]
        buckets = [bisect_left(LATENCY_BOUNDS, seconds) for seconds in waited]
        self._meters.count_answers(version, Arm.CHAMPION, rows, sum(waited), buckets)
        callers = zip([one.consumer for one, _ in replies], waited, buckets, strict=True)
        self._meters.callers.count(version.manifest.model, _DONE if kept else _UNSAVED, callers)
        for one, scores in replies:
            if kept:
                answer = one.codec.write(_ORDINARY, version.reply(one.id, scores), version.lines(one.id) + kept)
            else:
                answer = self._unsaved(one.request, one.codec, one.id)
            answer = packed(answer, one.request)
            one.sink.reply(traced(answer, one.request) if TRACEPARENT in one.request.headers else answer)


def _inputs(version: Loaded, redactor: Redactor, one: _Waiting) -> tuple[Columns, Columns | msgspec.Struct]:
    """`columns` and `row` of what is written down: a row that comes alone is written as it was read."""
    if redactor.keeps_all and len(one.rows) == 1:
        return _NOTHING, one.rows[0]
    # The reader gives as many values as there are names.
    columns: Columns = dict(zip(version.names, zip(*values(one.rows), strict=False), strict=False))
    return redactor.kept(one.id, columns), _NOTHING


def _scored(version: Loaded, rows: Sequence[msgspec.Struct]) -> tuple[list[float], int] | None:
    """The scores and how long they took in microseconds; nothing if the version fails a row."""
    start = time.perf_counter_ns()
    if version.score_rows is None:
        return None
    try:
        scores = version.score_rows(values(rows))
    except Exception:  # the long way asks each request alone and says what failed
        return None
    return scores, (time.perf_counter_ns() - start) // 1000
