"""A model that is never opened here: a closed process opens it and is asked."""

import asyncio
import threading
import weakref
from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.domain.contract import Contract
from lamplighter.domain.version import Badge
from lamplighter.packaging.sources.base import Source, unsupported
from lamplighter.serving.runtimes.base import Failed, Unloadable
from lamplighter.serving.worker.process import Worker, order_to_load
from lamplighter.serving.worker.scorers import Scorer
from lamplighter.serving.worker.wire import Scores


class _Asked:
    """A scorer whose worker lives as long as it does, with an event loop in a thread of its own."""

    def __init__(self, source: Source, contract: Contract) -> None:
        order = order_to_load(source.format, source.content, contract, is_code=source.badge is Badge.CODE, warm_up={})
        self._loop = asyncio.new_event_loop()
        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        try:
            self._worker = asyncio.run_coroutine_threadsafe(Worker.start(order), self._loop).result()
        except BaseException:
            _stop(self._loop, thread, None)
            raise
        weakref.finalize(self, _stop, self._loop, thread, self._worker)

    def __call__(self, columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        answer = asyncio.run_coroutine_threadsafe(self._worker.score(columns, rows), self._loop).result()
        if isinstance(answer, Scores):
            return answer.values
        raise Failed("model-failed", "The model does not score these rows.")


def _stop(loop: asyncio.AbstractEventLoop, thread: threading.Thread, worker: Worker | None) -> None:
    if worker is not None:
        asyncio.run_coroutine_threadsafe(worker.end(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def asked(source: Source, contract: Contract) -> Scorer:
    """What a closed process that opened the source answers; raises `Invalid` if it does not open it."""
    try:
        return _Asked(source, contract)
    except Unloadable as error:
        raise unsupported(
            "The model does not open in a closed process.", str(error), "Mend what the reason names, and save it again."
        ) from None
