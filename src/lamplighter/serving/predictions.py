"""A prediction from beginning to end: read, check, score, write down, answer."""

import time
from collections.abc import Mapping
from contextlib import ExitStack

import msgspec

from lamplighter.domain.durability import Durability
from lamplighter.domain.expiry import EXPIRED
from lamplighter.domain.route import Credential
from lamplighter.domain.switch import SWITCHED_OFF
from lamplighter.serving.asking import Ids, is_drill, request_id, said, trace_of
from lamplighter.serving.codecs import mlflow, plain, rpc, v1, v2
from lamplighter.serving.codecs.base import Codec, Question
from lamplighter.serving.doors import Call, Door
from lamplighter.serving.encodings import packed
from lamplighter.serving.frames import Noted, framed
from lamplighter.serving.gathering import Gathering
from lamplighter.serving.lane import LONG, MANY, Lane
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.meters import Meters
from lamplighter.serving.problems import SLUGS, Refusal, misfit
from lamplighter.serving.recorder import DURABLE, Recorder
from lamplighter.serving.redaction import Redactor
from lamplighter.serving.router import Adopted, Router, drill
from lamplighter.serving.shadows import Followed, Shadows
from lamplighter.serving.sticky import Key, key_of
from lamplighter.serving.table_files import Table
from lamplighter.serving.telemetry.sender import Telemetry
from lamplighter.serving.versions import Attempt

CODECS: Mapping[str, Codec] = {"v2": v2, "v1": v1, "mlflow": mlflow, "plain": plain, "rpc": rpc}
_UNSAVED = Refusal("log-unavailable", "Nothing was recorded, so nothing is answered. Try again in a moment.")
_NO_NUMBER = Refusal("not-found", "No version of that number answers here; the model's metadata names those that do.")
#: What to do about a version that may not answer.
_WITHHELD = {
    EXPIRED: "Its time and its grace are over. Ask the owner of the model to extend or replace it.",
    SWITCHED_OFF: "Somebody of its owners has stopped it, and will say when it answers again.",
}
_NO_ANSWER = "The failure is recorded under the request id. Try again, or tell the owner of the model."


class _Asked(msgspec.Struct):
    """A prediction request, understood."""

    id: str
    consumer: str
    key: Key
    #: Microseconds since the epoch; 0 if the caller does not say.
    event_at: int
    question: Question
    #: Whether the answer of an outage is wanted although there is none.
    drill: bool = False
    redactor: Redactor = Redactor()
    #: What the request follows from, and the id of the trace; empty for none.
    traceparent: bytes = b""
    trace: str = ""

    def noted(self) -> Noted:
        """What is written down of every attempt."""
        return Noted(
            self.id,
            self.consumer,
            self.redactor.kept(self.id, self.question.columns),
            self.question.rows,
            self.event_at,
            self.redactor.redacted,
            self.trace,
        )

    def without_rows(self) -> Noted:
        """What is written down of a shadow's attempt."""
        return Noted(self.id, self.consumer, {}, self.question.rows, self.event_at, trace=self.trace)


def _frames(asked: _Asked, attempts: tuple[Attempt, ...]) -> bytes:
    last, noted = attempts[-1], asked.noted()
    return b"".join([framed(noted, one, with_rows=one is last) for one in attempts])


class Predictions:
    """Holds what a prediction passes through."""

    def __init__(
        self,
        router: Router,
        recorder: Recorder,
        meters: Meters,
        shadows: Shadows,
        lane: Lane,
        telemetry: Telemetry | None = None,
    ) -> None:
        self._router = router
        self._recorder = recorder
        self._meters = meters
        self._shadows = shadows
        self._lane = lane
        self._ids = Ids()
        #: The short way.
        self.gathering = Gathering(recorder, meters, shadows, self._ids, self._unsaved, telemetry)

    async def answer(self, request: Request, door: Door, call: Call, caller: Credential) -> Answer:
        """The answer to a request whose caller may call the model."""
        codec = CODECS[door.codec]
        adopted = self._router.adopted(call.model)
        if isinstance(adopted, Refusal):
            return self._refused(codec, request, adopted, self._ids.next())
        if len(request.body) <= LONG and not isinstance(request.opened, Table):
            return await self._answered(request, codec, adopted, call, self._read(request, codec, adopted, call, caller))
        with ExitStack() as held:
            # Another route may be adopted meanwhile, and these versions let go.
            for version in adopted.versions():
                held.enter_context(version.used())
            asked = await self._lane.run(caller.holder, lambda: self._read(request, codec, adopted, call, caller))
            return await self._answered(request, codec, adopted, call, asked)

    async def _answered(
        self, request: Request, codec: Codec, adopted: Adopted, call: Call, asked: _Asked | tuple[Refusal, str]
    ) -> Answer:
        """The answer to a request that has been read."""
        if isinstance(asked, tuple):
            return self._refused(codec, request, *asked, adopted.farewell)
        attempts = await self._attempts(adopted, asked, call.number)
        kept = await self._record(asked, attempts, adopted.route.durability)
        self._count(request, asked, attempts)
        if not kept:
            return self._unsaved(request, codec, asked.id)
        if adopted.shadow is not None:
            run = adopted.route.shadow_since
            followed = Followed(
                adopted.shadow, lambda: asked.question, attempts[-1], run, asked.without_rows(), asked.traceparent
            )
            self._shadows.follow(followed)
        last = attempts[-1]
        if asked.question.rows <= MANY:
            return self._write(codec, request, asked, last, kept, adopted.farewell)
        return await self._lane.run(
            asked.consumer, lambda: packed(self._write(codec, request, asked, last, kept, adopted.farewell), request)
        )

    async def _attempts(self, adopted: Adopted, asked: _Asked, number: int) -> tuple[Attempt, ...]:
        if asked.drill:
            return (await drill(adopted, asked.question, asked.key.owner),)
        return await self._router.score(adopted, asked.question, asked.key.text, number, asked.key.owner)

    # ---- in

    def _read(
        self, request: Request, codec: Codec, adopted: Adopted, call: Call, caller: Credential
    ) -> _Asked | tuple[Refusal, str]:
        """The request understood and checked against the champion's contract, or a refusal with an id for it."""
        given = request.text(b"lamp-request-id")
        name = request_id(given) if given else request.id or self._ids.next()
        if isinstance(name, Refusal):
            return name, self._ids.next()
        if call.number and adopted.answering(call.number) is None:
            return _NO_NUMBER, name
        headers = said(request)
        if isinstance(headers, Refusal):
            return headers, name
        question = codec.read(request, adopted.champion.contract)
        if isinstance(question, Refusal):
            return question, name
        body_id = request_id(question.id) if question.id and not given else name
        if isinstance(body_id, Refusal):
            return body_id, name
        problems = adopted.champion.problems_of(question.columns)
        if problems:
            return misfit(problems, adopted.champion.name), body_id
        drills = is_drill(request, caller)
        if isinstance(drills, Refusal):
            return drills, body_id
        key = key_of(headers.key, adopted.route.sticky, question, caller.holder, body_id)
        if isinstance(key, Refusal):
            return key, body_id
        trace = trace_of(request)
        return _Asked(body_id, caller.holder, key, headers.event_at, question, drills, adopted.redactor, *trace)

    # ---- out

    async def _record(self, asked: _Asked, attempts: tuple[Attempt, ...], durability: Durability) -> bytes:
        """All attempts in one write. The rows stand with the attempt that answers; the others share them by the request id.

        Gives the header line that says how they are kept, or nothing if they are not.
        """
        if asked.question.rows <= MANY:
            frames = _frames(asked, attempts)
        else:
            frames = await self._lane.run(asked.consumer, lambda: _frames(asked, attempts))
        kept = self._recorder.keep(frames, durability)
        return kept if isinstance(kept, bytes) else DURABLE if await kept else b""

    def _count(self, request: Request, asked: _Asked, attempts: tuple[Attempt, ...]) -> None:
        """What the caller waited counts for the version that answers; an attempt before it counts its own time."""
        waited = time.monotonic() - request.received
        for one in attempts:
            seconds = waited if one is attempts[-1] else one.duration / 1_000_000
            self._meters.count(one.version, one.arm, rows=asked.question.rows, seconds=seconds, failed=one.failed is not None)
        for one in attempts[:-1]:
            self._meters.callers.replace((one.version.manifest.model, one.version.served, one.arm), asked.consumer)

    def _write(self, codec: Codec, request: Request, asked: _Asked, last: Attempt, kept: bytes, farewell: bytes) -> Answer:
        version = last.version
        lines = version.lines(asked.id, farewell)
        if last.fallback:
            lines += b"Lamp-Fallback: %b\r\n" % last.fallback.encode()
        if last.failed is not None:
            slug = last.failed.code if last.failed.code in SLUGS else "model-failed"
            refusal = Refusal(slug, _WITHHELD.get(slug, _NO_ANSWER))
            answer = codec.refuse(refusal, instance=request.path, request=asked.id, lines=lines)
        else:
            answer = codec.write(asked.question, version.reply(asked.id, last.scores), lines + kept)
        answer.arm, answer.version = last.arm, version.served
        return answer

    def _unsaved(self, request: Request, codec: Codec, name: str) -> Answer:
        return self._refused(codec, request, _UNSAVED, name)

    def _refused(self, codec: Codec, request: Request, refusal: Refusal, name: str, farewell: bytes = b"") -> Answer:
        lines = b"Lamp-Request-Id: %b\r\n%b" % (name.encode(), farewell)
        return codec.refuse(refusal, instance=request.path, request=name, lines=lines)
