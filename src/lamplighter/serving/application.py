"""Every request goes through here: door, caller, verb. Whatever goes wrong, an answer comes out."""

import logging
import time
import traceback
from typing import Protocol

import msgspec

from lamplighter.domain.route import Credential, latency_bucket
from lamplighter.serving import descriptions
from lamplighter.serving.asking import is_ordinary, trace_of, traced
from lamplighter.serving.bodies import Bodies
from lamplighter.serving.callers import Callers
from lamplighter.serving.codecs.base import Codec
from lamplighter.serving.doors import Call, Door, Verb, Who, resolve
from lamplighter.serving.encodings import packed
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.meters import Meters
from lamplighter.serving.pattern import Head
from lamplighter.serving.predictions import CODECS, Predictions
from lamplighter.serving.problems import Refusal
from lamplighter.serving.router import Router
from lamplighter.serving.telemetry.sender import Telemetry
from lamplighter.serving.turn import Sink

log = logging.getLogger(__name__)

_NO_DOOR = Refusal("not-found", "There is no such path here.")
_FULL = Refusal("queue-full", "Send fewer requests at a time, or try again in a moment.")
_INTERNAL = Refusal("internal", "This is a defect of lamplighter. Please report it.")
_NOBODY = Credential(token_digest="", holder="")


class _Plan(msgspec.Struct):
    generation: int
    #: Nothing for requests that always go the long way.
    entry: tuple[str, Codec, Credential] | None


class State(Protocol):
    """What the process knows of itself."""

    @property
    def ready(self) -> bool:
        """Whether it answers by a route."""
        ...

    def metrics(self, accept: bytes) -> Answer | Refusal:
        """Counters of the whole group, for Prometheus, in a form that is accepted."""
        ...


class Application:
    """Holds what requests are answered from."""

    def __init__(
        self,
        callers: Callers,
        router: Router,
        predictions: Predictions,
        meters: Meters,
        state: State,
        bodies: Bodies,
        in_flight: int,
        telemetry: Telemetry | None = None,
    ) -> None:
        self._callers = callers
        self._router = router
        self._predictions = predictions
        self._gathering = predictions.gathering
        self._meters = meters
        self._state = state
        self._bodies = bodies
        self._room = in_flight
        self._telemetry = telemetry

    def admits(self, request: Request) -> Answer | None:
        """The refusal of a request that would be refused whatever its body holds."""
        entry = self._enter(request, resolve(request.path))
        return entry if isinstance(entry, Answer) else None

    def take(self, head: Head, request: Request, sink: Sink) -> bool:
        """Whether a request with a known header block is answered the short way; the answer goes to the sink."""
        plan = head.plan
        if plan is None or plan.generation != self._callers.generation:
            plan = head.plan = self._plan(head.request)
        if plan.entry is None or self._room <= 0 or not self._callers.still(plan.entry[2]):
            return False
        model, codec, caller = plan.entry
        adopted = self._router.models.get(model)
        is_taken = adopted is not None and self._gathering.take(adopted, codec, caller.holder, request, sink)
        self._room -= is_taken
        return is_taken

    def released(self) -> None:
        """A request that was taken has left the short way."""
        self._room += 1

    def _plan(self, request: Request) -> "_Plan":
        """What a header block comes to, as long as the tokens are the same."""
        plan, entry = _Plan(self._callers.generation, None), self._enter(request, resolve(request.path))
        if not isinstance(entry, Answer):
            door, call, caller = entry
            if door.verb is Verb.PREDICT and not call.number and is_ordinary(request):
                plan.entry = call.model, CODECS[door.codec], caller
        return plan

    def refused(self, status: int) -> None:
        """An answer with this status, 400 or above, went out."""
        self._meters.refuse(status)

    async def answer(self, request: Request) -> Answer:
        """The answer. Never raises; what is logged of a defect names places in the code and nothing of the request."""
        return await self.called(request, resolve(request.path))

    async def called(self, request: Request, call: Call | None) -> Answer:
        """The same where a front knows by itself what is called."""
        entry: tuple[Door, Call, Credential] | Answer | None = None
        parent, _ = trace_of(request)
        span = None if self._telemetry is None else self._telemetry.begun(request, parent)
        try:
            entry = self._enter(request, call)
            answer = entry if isinstance(entry, Answer) else await self._admitted(request, *entry)
        except Exception as error:
            places = " < ".join(
                f"{at.filename.rpartition('/')[2]}:{at.lineno}" for at in traceback.extract_tb(error.__traceback__)[::-1]
            )
            log.error("internal error %s at %s", type(error).__name__, places)
            answer = _refuse(request, _INTERNAL, None)
        if isinstance(entry, tuple):
            self._count(request, *entry, answer)
            if self._telemetry is not None and span is not None:
                self._telemetry.ended(span, entry[0], request, answer, entry[1].model)
        return traced(answer, parent) if parent else answer

    async def _admitted(self, request: Request, door: Door, call: Call, caller: Credential) -> Answer:
        if self._room <= 0:
            self._turn_away(call)
            return _refuse(request, _FULL, door)
        self._room -= 1
        try:
            return await self._open(request, door, call, caller)
        finally:
            self._room += 1

    def _count(self, request: Request, door: Door, call: Call, caller: Credential, answer: Answer) -> None:
        """Of predictions, and as little as what is turned away of models that do not answer here. A drill is no caller."""
        if door.verb is Verb.PREDICT and call.model in self._router.models and not caller.drills:
            waited = time.monotonic() - request.received
            place = (call.model, answer.version, answer.arm)
            self._meters.callers.count(place, answer.status, ((caller.holder, waited, latency_bucket(waited)),))
            if self._telemetry is not None:
                self._telemetry.count(door, request, answer, call.model, waited)

    def _turn_away(self, call: Call) -> None:
        """Only models that answer here are counted: a caller may name whatever it likes."""
        if call.model in self._router.models:
            self._meters.turned_away[call.model] += 1

    def _enter(self, request: Request, call: Call | None) -> tuple[Door, Call, Credential] | Answer:
        """The door, once the caller has shown that it may use it. A stranger learns nothing of what exists."""
        method = "GET" if request.method == b"HEAD" else request.method.decode("ascii", "replace")
        door = call.doors.get(method) if call is not None else None
        if door is not None and call is not None and door.who is Who.ANYONE:
            return door, call, _NOBODY
        caller = self._callers.known(request.headers.get(b"authorization", b""))
        if isinstance(caller, Refusal):
            return _refuse(request, caller, door)
        if call is None:
            return _refuse(request, _NO_DOOR, None)
        if door is None:
            return _wrong_method(request, call)
        forbidden = self._callers.may(caller, call.model) if door.who is Who.CALLER_OF_MODEL else None
        return _refuse(request, forbidden, door) if forbidden is not None else (door, call, caller)

    async def _open(self, request: Request, door: Door, call: Call, caller: Credential) -> Answer:
        if door.verb is Verb.PREDICT:
            whole = await self._bodies.whole(request, door, caller.holder)
            if isinstance(whole, Refusal):
                if whole.slug == _FULL.slug:
                    self._turn_away(call)
                return _refuse(request, whole, door)
            return packed(await self._predictions.answer(whole, door, call, caller), request)
        answer = self._describe(door, call) if call.model else self._tell(request, door, caller)
        return _refuse(request, answer, door) if isinstance(answer, Refusal) else answer

    def _tell(self, request: Request, door: Door, caller: Credential) -> Answer | Refusal:
        """About the process and all its models."""
        match door.verb:
            case Verb.METRICS:
                return self._state.metrics(request.headers.get(b"accept", b""))
            case Verb.SERVER:
                return descriptions.server()
            case Verb.INDEX:
                return descriptions.index(self._router, caller.models)
            case Verb.REPOSITORY:
                return descriptions.repository(self._router, caller.models)
            case _:
                return descriptions.state(door, live=door.verb is Verb.LIVE, ready=self._state.ready)

    def _describe(self, door: Door, call: Call) -> Answer | Refusal:
        """About one model."""
        adopted = self._router.adopted(call.model)
        if isinstance(adopted, Refusal):
            return adopted
        match door.verb:
            case Verb.METADATA:
                return descriptions.metadata(adopted, call)
            case Verb.LOAD:
                return descriptions.loaded(adopted)
            case Verb.UNLOAD:
                return descriptions.NOT_FOR_CALLERS
            case Verb.MODEL_READY:
                return descriptions.ready(adopted, call)
            case Verb.OPENAPI:
                return descriptions.described(adopted)
            case Verb.VERSION:
                return descriptions.release(adopted)
            case _:
                return descriptions.ping(adopted)


def _refuse(request: Request, refusal: Refusal, door: Door | None, lines: bytes = b"") -> Answer:
    """In the words of the protocol that the path belongs to."""
    protocol = door.codec if door is not None else "v2" if "/v2/" in request.path else "mlflow"
    return CODECS[protocol].refuse(refusal, instance=request.path, request="", lines=lines)


def _wrong_method(request: Request, call: Call) -> Answer:
    allowed = ", ".join(sorted(call.doors))
    refusal = Refusal("method-not-allowed", f"This path takes {allowed}.")
    return _refuse(request, refusal, next(iter(call.doors.values())), b"Allow: %b\r\n" % allowed.encode())
