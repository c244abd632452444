"""Hooks are asked beside the loop of the control plane, which only begins a try and writes down what came of it.

A try that is not written down is made again after a crash, under the same id: a receiver hears of each at least once, and
knows what it has heard already by `webhook-id`.
"""

import asyncio
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, NamedTuple

import msgspec

from lamplighter.channels import base, webhook
from lamplighter.domain.duration import seconds
from lamplighter.domain.events.rollout import HookAnswered
from lamplighter.domain.hook import Answer, Due, Moment, due
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.lifecycle.holding import Calendar
from lamplighter.lifecycle.kit import Kit

#: Phases in which hooks are asked.
_PHASES = {Phase.PENDING: Moment.BEFORE, Phase.CONFIRMING: Moment.AFTER}
#: Tries that are under way at once; more wait, and nothing else waits for them.
_AT_ONCE = 100


class _Heard(NamedTuple):
    """What came of a try: the status or 0, how long it took, and why it failed."""

    status: int
    seconds: float
    why: str


class Hooks:
    """Tries that are under way, in one thread for all of them."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._under_way: dict[tuple[str, Due], Future[_Heard]] = {}

    def look(self) -> None:
        """Write down what was heard, and begin what is due."""
        for (key, tried), future in list(self._under_way.items()):
            if future.done():
                error = future.exception()
                failed = _Heard(0, 0.0, f"It could not be asked ({type(error).__name__}).")
                self._write(key, tried, failed if error else future.result())
                del self._under_way[key, tried]
        with self._kit.store.reading() as look:
            open_ones = [rollout for rollout in look.rollouts.all(open=True) if rollout.phase in _PHASES]
            due_ones = [(rollout, following) for rollout in open_ones if (following := self._following(rollout)) is not None]
            calendar = Calendar(self._kit, look, [rollout for rollout, _ in due_ones])
        for rollout, following in due_ones:
            if calendar.hold(rollout) is None:
                self._begin(rollout, following)

    def _following(self, rollout: Rollout) -> Due | None:
        moment = _PHASES[rollout.phase]
        following = due(moment, rollout.hooks(moment), rollout.answers)
        return following if following is not None and following.at <= self._kit.clock.now() else None

    def _begin(self, rollout: Rollout, following: Due) -> None:
        if (rollout.id, following) not in self._under_way:
            trying = self._ask(following, *_request(self._kit, rollout, following))
            self._under_way[rollout.id, following] = asyncio.run_coroutine_threadsafe(trying, self._running())

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="hooks", daemon=True)
            self._thread.start()
        return self._loop

    async def _ask(self, tried: Due, address: str, key: str, content: bytes, secrets: tuple[str, ...]) -> _Heard:
        if not address:
            return _Heard(0, 0.0, "The configuration has no receiver of that name any more.")
        async with self._room:
            headers = webhook.signed(key, content, secrets, int(time.time()))
            begun = time.monotonic()
            status, why = await _heard(base.asked(address, content, headers), seconds(tried.hook.within))
            return _Heard(status, round(time.monotonic() - begun, 3), why)

    def _write(self, key: str, tried: Due, heard: _Heard) -> None:
        answer = Answer(
            moment=tried.moment,
            place=tried.place,
            hook=tried.hook.hook,
            attempt=tried.attempt,
            at=self._kit.clock.now(),
            **heard._asdict(),
        )
        with self._kit.store.transaction() as change:
            rollout = change.rollouts.find(id=key)
            assert rollout is not None
            self._kit.record(change, _event(rollout, answer, tried), PLATFORM)
            if not rollout.phase.final:
                after = msgspec.structs.replace(rollout, answers=(*rollout.answers, answer), revision=rollout.revision + 1)
                change.rollouts.replace(after, revision=rollout.revision)

    def close(self) -> None:
        """Give up what is under way; it is asked again by whoever looks next."""
        if self._loop is not None and self._thread is not None:
            for future in self._under_way.values():
                future.cancel()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
        self._loop = self._thread = None
        self._under_way.clear()


async def _heard(asking: Coroutine[Any, Any, int], within: float) -> tuple[int, str]:
    try:
        status = await asyncio.wait_for(asking, within)
    except TimeoutError:
        return 0, f"It did not answer within {within:g} seconds."
    except base.TROUBLES as error:
        return 0, f"It could not be reached ({type(error).__name__})."
    return status, "" if 200 <= status < 300 else f"It answered {status}."


def _event(rollout: Rollout, answer: Answer, tried: Due) -> HookAnswered:
    over = answer.why and answer.attempt > tried.hook.retries
    return HookAnswered(
        model=rollout.model,
        rollout=rollout.id,
        environment=rollout.environment,
        number=rollout.number,
        hook=answer.hook,
        moment=answer.moment,
        attempt=answer.attempt,
        status=answer.status,
        seconds=answer.seconds,
        why=answer.why,
        follows=tried.hook.on_failure if over else "",
    )


def _place(kit: Kit, rollout: Rollout) -> str:
    """Where the version answers if that is not here; empty for one that is served here."""
    if not rollout.elsewhere:
        return ""
    with kit.store.reading() as look:
        version = look.versions.find(model=rollout.model, number=rollout.number)
    return version.elsewhere.at if version is not None and version.elsewhere else ""


def _request(kit: Kit, rollout: Rollout, tried: Due) -> tuple[str, str, bytes, tuple[str, ...]]:
    """Where to, under which id, what, and by which secrets it is signed. One that is gone is asked nowhere, which fails."""
    name, key = tried.hook.hook, f"{rollout.id}-{tried.moment}-{tried.place}"
    data = {
        "model": rollout.model,
        "environment": rollout.environment,
        "number": rollout.number,
        "version": rollout.version,
        "previous": rollout.previous,
        "rollout": rollout.id,
        "moment": tried.moment,
        "attempt": tried.attempt,
        "asked_by": rollout.asked_by,
        "emergency": rollout.emergency,
        "elsewhere": _place(kit, rollout),
        "url": f"{kit.settings.url}/rollouts/{rollout.id}",
    }
    subject = f"{rollout.model}/{rollout.id}"
    content = webhook.event(key, f"rollout.{tried.moment}", subject, rfc3339(kit.clock.now()), data)
    return kit.settings.webhooks.get(name, ""), key, content, kit.settings.webhook_secrets.get(name, ())
