"""A process that opens one model and scores rows until its socket closes.

It is started as `python -I -m lamplighter.serving.worker DESCRIPTOR`.
"""

import contextlib
import importlib
import os
import socket
import sys
import warnings
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from pathlib import Path

from lamplighter.domain.sandbox import Level
from lamplighter.serving.runtimes.base import Failed
from lamplighter.serving.worker import declared, sandbox
from lamplighter.serving.worker.deaths import OUT_OF_MEMORY
from lamplighter.serving.worker.opening import IMPORTS, open_model
from lamplighter.serving.worker.scorers import Scorer
from lamplighter.serving.worker.wire import (
    HEAD,
    Fault,
    Load,
    Order,
    Probe,
    Probed,
    Ready,
    Refused,
    Reply,
    Score,
    Scores,
    order,
    pack,
)

#: Packages that start threads when they are imported. MLflow imports polars where it finds it, and no model is asked with a
#: frame of it; a model of its own may still import it once the process is closed.
_THREADED = ("polars",)


class _NotInstalled(MetaPathFinder):
    """Finds none of these packages. `None` in `sys.modules` would do so too, but some look there and use what they find."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:  # noqa: ARG002
        if fullname in self._names:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


@contextlib.contextmanager
def _kept_out(names: tuple[str, ...]) -> Iterator[None]:
    """Meanwhile an import of these packages fails as if they were not installed."""
    finder = _NotInstalled(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def _exactly(connection: socket.socket, length: int) -> bytes:
    content = bytearray()
    while len(content) < length:
        part = connection.recv(min(length - len(content), 1 << 20))
        if not part:
            raise EOFError
        content += part
    return bytes(content)


def _receive(connection: socket.socket) -> Order:
    (length,) = HEAD.unpack(_exactly(connection, HEAD.size))
    return order(_exactly(connection, length))


def _open(load: Load) -> tuple[Scorer, Level]:
    if load.packages:
        declared.hold(load.packages)
    with _kept_out(_THREADED):
        for name in IMPORTS.get(load.format, ()):
            importlib.import_module(name)
    level = sandbox.enter(Path(load.scratch), load.memory)
    if load.is_code and level is Level.NONE:
        raise RuntimeError("this system has no sandbox, and opening this format runs code")
    scorer = open_model(load.format, load.content, load.contract)
    _warm_up(scorer, load)
    return scorer, level


def _probe(order: Probe) -> Reply:
    # Only here, so that a worker with a model starts without it.
    from lamplighter.serving.worker import probing

    try:
        return Probed(sandbox=probing.tested(order.ground, lambda: sandbox.enter(Path(order.scratch), order.memory)))
    except Exception as error:  # whatever closing itself raises is told
        return Refused(why=_reason(error))


def _warm_up(scorer: Scorer, load: Load) -> None:
    rows = len(next(iter(load.warm_up.values()), ()))
    try:
        if rows:
            scorer(load.warm_up, rows)
    except Exception as error:  # the model's own, and its text could hold a value of the sample
        raise RuntimeError(f"it does not score a row of its own sample ({type(error).__name__})") from None


def _reason(error: BaseException) -> str:
    """No text of a model's own exception: it could hold data. Ours and those of imports hold none."""
    told = isinstance(error, (ImportError, OSError)) or type(error) in (RuntimeError, ValueError, Failed)
    return f"{type(error).__name__}: {str(error)[:300]}" if told else type(error).__name__


def _answer(scorer: Scorer, request: Score) -> Reply:
    try:
        return Scores(values=scorer(request.columns, request.rows))
    except Failed as failed:
        return Fault(code=failed.code, kind="Failed")
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as error:  # whatever a model raises is the model's, and the process lives on
        return Fault(code="model-failed", kind=type(error).__name__[:80], module=declared.missing(error))


def main() -> None:
    """Serve one model over the inherited socket."""
    sandbox.tie_to_parent()
    warnings.simplefilter("ignore")
    connection = socket.socket(fileno=int(sys.argv[1]))
    load = _receive(connection)
    if isinstance(load, Probe):
        connection.sendall(pack(_probe(load)))
        return
    if not isinstance(load, Load):
        raise TypeError("the first message opens a model")
    try:
        scorer, level = _open(load)
    except Exception as error:  # whatever opening raises is told and ends the worker
        connection.sendall(pack(Refused(why=_reason(error), module=declared.missing(error))))
        return
    connection.sendall(pack(Ready(sandbox=level)))
    while True:
        request = _receive(connection)
        if isinstance(request, Score):
            connection.sendall(pack(_answer(scorer, request)))


if __name__ == "__main__":
    try:
        main()
    except (EOFError, ConnectionError):
        sys.exit(0)
