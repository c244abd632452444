"""A model that is never opened here: a closed process opens it and is asked."""

import asyncio
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from lamplighter.domain.contract import Contract
from lamplighter.domain.version import Badge, Lock
from lamplighter.packaging.sources.base import Source, unsupported
from lamplighter.packaging.undeclared import undeclared
from lamplighter.serving.runtimes.base import Failed, Unloadable
from lamplighter.serving.worker.environments import Held, fitting
from lamplighter.serving.worker.process import Lacking, Worker, order_to_load
from lamplighter.serving.worker.scorers import Scorer
from lamplighter.serving.worker.wire import Fault, Reply, Scores

#: What the sandbox does not let a model do, as it appears to a model.
_REFUSED = ("PermissionError", "OSError", "ConnectionError", "URLError", "FileNotFoundError")
_CLOSED = ": its process reaches no network, starts no program, and reads no file but those of its packages and its own"


class _Asked:
    """A scorer whose worker lives as long as it does, with an event loop in a thread of its own."""

    def __init__(self, source: Source, contract: Contract, held: Held | None, packages: tuple[str, ...]) -> None:
        order = order_to_load(source.format, source.content, contract, is_code=source.badge is Badge.CODE, warm_up={})
        order = replace(order, packages=packages)
        self._loop = asyncio.new_event_loop()
        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        try:
            self._worker = asyncio.run_coroutine_threadsafe(Worker.start(order, held), self._loop).result()
        except BaseException:
            _stop(self._loop, thread, None, held)
            raise
        weakref.finalize(self, _stop, self._loop, thread, self._worker, held)

    def __call__(self, columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        answer = asyncio.run_coroutine_threadsafe(self._worker.score(columns, rows), self._loop).result()
        if isinstance(answer, Scores):
            return answer.values
        if isinstance(answer, Fault) and answer.module:
            raise undeclared(answer.module)
        raise _failed(answer)


def _failed(answer: Reply) -> Failed:
    """What the model did instead, for its author."""
    if not isinstance(answer, Fault):
        return Failed("model-failed", "It answers out of turn.")
    if answer.code == "model-output-invalid":
        return Failed(answer.code, "It does not answer with one finite number for each row.")
    return Failed(answer.code, f"It raises {answer.kind}{_CLOSED if answer.kind in _REFUSED else ''}.")


def _stop(loop: asyncio.AbstractEventLoop, thread: threading.Thread, worker: Worker | None, held: Held | None) -> None:
    if worker is not None:
        asyncio.run_coroutine_threadsafe(worker.end(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    if held is not None:
        held.let_go()


def asked(source: Source, contract: Contract, lock: Lock | None = None, environments: Path | None = None) -> Scorer:
    """What a closed process that opened the source answers; raises `Invalid` if it does not open it.

    The process has the packages of the lock and no others: those here if they are the same, else an environment below the
    folder. What the model wants beyond them is refused by its name, when it is opened or when it is asked.
    """
    try:
        return _Asked(
            source, contract, None if lock is None else fitting(lock, environments), tuple(lock.packages) if lock else ()
        )
    except Lacking as error:
        raise undeclared(error.module) from None
    except Unloadable as error:
        raise unsupported(
            "The model does not open in a closed process.", str(error), "Mend what the reason names, and save it again."
        ) from None
