"""The parent of an environment's processes: binds once, keeps every slot filled, passes the end on.

It imports little, opens no version and answers nothing, so that hardly anything can bring it down. While a process is dead
its connections wait in the backlog of the shared socket.
"""

import logging
import os
import select
import signal
import socket
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from lamplighter.serving.files import PAST, SEGMENTS, TELEMETRY, WORKERS
from lamplighter.serving.heartbeat import LOOK, Beats, Watch
from lamplighter.serving.options import Options

log = logging.getLogger(__name__)

_BACKLOG = 2048
#: In place of a slot: the process that exports.
EXPORTER = -1
#: The message behind which nothing comes.
END = b""
#: Seconds for the processes to end by themselves before they are killed.
_GRACE = 10.0
#: Seconds for the last spans to be exported once the processes have ended.
_LAST = 1.0
#: A process that lived shorter than this is started again with a growing pause.
_SHORT_LIFE = 1.0
_LONGEST_PAUSE = 5.0
#: Signals that end the group.
_ENDS = (signal.SIGTERM, signal.SIGINT)


def bind(host: str, port: int) -> socket.socket:
    """The listening socket of the group; raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host.strip("[]"), port))
    listening.listen(_BACKLOG)
    listening.setblocking(False)
    return listening


class Seat:
    """A slot and who is in it."""

    def __init__(self, slot: int) -> None:
        #: Its number; `EXPORTER` for the one that answers nothing.
        self.slot = slot
        self.pid = 0
        self.started = 0.0
        #: When to start the next process, monotonic seconds.
        self.due = 0.0
        self.pause = 0.0
        self.watch = Watch()

    def emptied(self) -> None:
        """Its process has died; decide when the next one starts."""
        lived = time.monotonic() - self.started
        self.pid = 0
        self.pause = 0.0 if lived > _SHORT_LIFE else min(max(self.pause * 2, 0.1), _LONGEST_PAUSE)
        self.due = time.monotonic() + self.pause


class Group:
    """Runs until SIGTERM or SIGINT."""

    def __init__(self, options: Options, listening: socket.socket, *, exports: bool = False) -> None:
        """With a process that exports what the others hand over if it `exports`."""
        self._options = options
        self._listening = listening
        self._seats = [Seat(slot) for slot in range(options.workers)]
        self._beats = Beats(options.workers)
        #: When to look at the beats again, monotonic seconds.
        self._look_at = time.monotonic() + LOOK
        self._sending: socket.socket | None = None
        self._receiving: socket.socket | None = None
        if exports:
            self._sending, self._receiving = _channel()
        self._exporter = Seat(EXPORTER)
        self._leash, self._hold = os.pipe()
        self._wake, self._bell = os.pipe()
        self._ending = False

    def run(self) -> int:
        """Keep the slots filled; the exit status."""
        for end in (self._wake, self._bell):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._bell, warn_on_full_buffer=False)
        for number in _ENDS:
            signal.signal(number, self._end)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while not self._ending:
            self._fill()
            self._sleep(min([self._look_at, *(seat.due for seat in self._all() if not seat.pid)]))
            self._reap()
            self._look()
        return self._finish()

    def _end(self, *_: object) -> None:
        self._ending = True

    def _all(self) -> list[Seat]:
        return self._seats if self._receiving is None else [*self._seats, self._exporter]

    def _fill(self) -> None:
        for seat in self._all():
            if not seat.pid and seat.due <= time.monotonic() and not self._ending:
                self._start(seat)

    def _start(self, seat: Seat) -> None:
        # A signal between the fork and the new process's own handlers would be taken by a handler of ours and forgotten.
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
        seat.started = time.monotonic()
        if seat.slot != EXPORTER:
            self._beats.begin(seat.slot)
            seat.watch = Watch()
        seat.pid = os.fork()
        if seat.pid == 0:
            self._become(seat.slot)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)

    def _become(self, slot: int) -> NoReturn:
        """In the new process: drop what is the parent's and serve. Never returns into the parent's code."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (*_ENDS, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            # The signals of the end stay blocked until the process can act on them: if it died of one, whoever is connected by
            # then would be reset, for nobody else takes connections any more.
            for end in (self._hold, self._wake, self._bell):
                os.close(end)
            if slot == EXPORTER and self._receiving is not None:
                # It answers nobody, so that nobody may wait for it either.
                self._listening.close()
                from lamplighter.serving.telemetry.exporter import export

                export(self._options, self._receiving, self._leash)
            else:
                from lamplighter.serving.slot import serve

                serve(self._options, slot, self._listening, self._leash, self._beats, self._sending)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)

    def _sleep(self, until: float) -> None:
        """Wait for a signal or the time."""
        if select.select([self._wake], [], [], max(0.0, until - time.monotonic()))[0]:
            os.read(self._wake, 4096)

    def _look(self) -> None:
        """Kill who hangs, so that its callers are let go; its slot is filled as after any death."""
        if self._look_at > time.monotonic():
            return
        self._look_at = time.monotonic() + LOOK
        for seat in self._seats:
            beat, loads = self._beats.last(seat.slot)
            if seat.pid and seat.watch.hangs(seat.pid, beat, loads=loads):
                log.error("slot %d, pid %d, has hung for %.0f s and is killed", seat.slot, seat.pid, seat.watch.silent * LOOK)
                os.kill(seat.pid, signal.SIGKILL)
                seat.watch = Watch()

    def _reap(self) -> None:
        seats = {seat.pid: seat for seat in self._all() if seat.pid}
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in seats:
                log.log(
                    logging.INFO if self._ending else logging.ERROR,
                    "%s ended, pid %d, status %d",
                    "exporter" if seats[pid].slot == EXPORTER else f"slot {seats[pid].slot}",
                    pid,
                    os.waitstatus_to_exitcode(status),
                )
                seats[pid].emptied()

    def _finish(self) -> int:
        """Refuse new connections, let the processes finish, kill those that do not."""
        self._listening.close()
        self._signal(signal.SIGTERM)
        late = self._kill(self._seats, _GRACE)
        if late:
            log.error("slots %s did not end in %.0f s and were killed", late, _GRACE)
        if self._sending is not None:
            with suppress(OSError):
                self._sending.send(END)
            self._kill([self._exporter], _LAST)
        return 0

    def _kill(self, seats: list[Seat], seconds: float) -> list[int]:
        """Wait so long for them to end, and kill those that have not; their slots."""
        end = time.monotonic() + seconds
        while any(seat.pid for seat in seats) and time.monotonic() < end:
            self._sleep(end)
            self._reap()
        late = [seat for seat in seats if seat.pid]
        for seat in late:
            os.kill(seat.pid, signal.SIGKILL)
            os.waitpid(seat.pid, 0)
        return [seat.slot for seat in late]

    def _signal(self, number: signal.Signals) -> None:
        for seat in self._seats:
            if seat.pid:
                os.kill(seat.pid, number)


def _channel() -> tuple[socket.socket, socket.socket]:
    """What the processes write into, which never blocks, and what the exporter reads from."""
    sending, receiving = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    sending.setblocking(False)
    return sending, receiving


def prepare(directory: Path, workers: int) -> None:
    """Make the folders and drop the reports of processes that this group does not have."""
    for name in (WORKERS, PAST, SEGMENTS):
        (directory / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    for report in (directory / WORKERS).glob("[0-9]*.json"):
        if int(report.stem) >= workers:
            report.unlink()
    (directory / TELEMETRY).unlink(missing_ok=True)
