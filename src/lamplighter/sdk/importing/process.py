"""A process that packs versions: a damaged file may end it or hold it up, and then only that version is not brought in."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from lamplighter.domain.decoding import message_pack_decoder
from lamplighter.domain.errors import Invalid, LampError
from lamplighter.domain.record import Record, canonical
from lamplighter.sdk.importing.packing import Made, Order

#: Seconds that one version may take; an environment of its own may have to be made.
PATIENCE = 600.0
#: What the file of an answer is called behind the name of its order.
ANSWER = ".packed"
#: Variables that are of no use there, and secrets.
_SECRETS = ("MLFLOW_", "LAMP_TOKEN", "AWS_")


class Said(Record, frozen=True):
    """A refusal."""

    what: str
    why: str
    fix: str
    code: str


class Answer(Record, frozen=True):
    """What came of an order: one of the two."""

    made: Made | None = None
    said: Said | None = None


class Process:
    """One process, which is started when it is needed first. It is used by one thread at a time."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._running: subprocess.Popen[str] | None = None
        self._over = False

    def packed(self, order: Order, file: Path) -> Made:
        """What the process makes of an order, which is kept in the file; raises what it refused, and `Invalid` if it ended."""
        file.write_bytes(canonical(order))
        running = self._started()
        timer = threading.Timer(self._patience, lambda: _kill(running))
        timer.start()
        try:
            assert running.stdin is not None
            assert running.stdout is not None
            running.stdin.write(f"{file}\n")
            running.stdin.flush()
            answered = running.stdout.readline() == "packed\n"
        except OSError:
            answered = False
        finally:
            timer.cancel()
        if not answered:
            self._end()
            raise _ended(self._patience)
        return _made(message_pack_decoder(Answer).decode(file.with_suffix(ANSWER).read_bytes()))

    def _started(self) -> subprocess.Popen[str]:
        if self._over:
            raise _ended(self._patience)
        if self._running is None:
            surroundings = {name: value for name, value in os.environ.items() if not name.startswith(_SECRETS)}
            self._running = subprocess.Popen(
                [sys.executable, "-m", "lamplighter.sdk.importing"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=surroundings,
                start_new_session=True,
            )
        return self._running

    def close(self) -> None:
        """End it, with whatever it has started; none is started again."""
        self._over = True
        self._end()

    def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            _kill(running)
            for pipe in (running.stdin, running.stdout):
                with contextlib.suppress(OSError):
                    if pipe is not None:
                        pipe.close()
            running.wait()


def _kill(running: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)


def _made(answer: Answer) -> Made:
    if answer.made is not None:
        return answer.made
    said = answer.said or Said("", "", "", "E1457")
    raise _refusal(said)


def _refusal(said: Said) -> LampError:
    return Invalid(said.what, why=said.why, fix=said.fix, code=said.code)


def _ended(patience: float) -> Invalid:
    return Invalid(
        "This version cannot be packed.",
        why=f"The process that opened it ended, or took more than {patience:g} seconds.",
        fix="Open it with MLflow where it was made; save it again, and repeat.",
        code="E1457",
    )
