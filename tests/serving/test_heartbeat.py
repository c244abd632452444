"""A process that hangs is replaced, and one that has much to do is not."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.serving.groundwork import MODEL, Ground, acknowledged, let_through, streaming, until
from tests.serving.test_crashes import check_log

from lamplighter.domain.route import ModelRoute
from lamplighter.serving.heartbeat import BUSY, LOADING, STILL, Beats, Watch

#: Its line comes from the thread that computes, for until then nothing does.
COMPUTES_BESIDE = """
import threading, time

def compute():
    print(flush=True)
    while True:
        pass

threading.Thread(target=compute).start()
time.sleep(60)
"""


@contextmanager
def running(code: str) -> Iterator[int]:
    """A process that runs this, once it has written its first line; its id."""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.kill()


def looks(pid: int, *, loads: bool = False) -> int:
    """How many looks at a process without a beat it takes to give it up."""
    watch = Watch()
    assert not watch.hangs(pid, 1, loads=loads)
    return next(count for count in range(1, LOADING + 1) if watch.hangs(pid, 1, loads=loads))


def test_a_process_that_stands_still_is_given_up_long_before_one_that_computes() -> None:
    with running("print(flush=True)\nwhile True: pass") as pid:
        assert looks(pid) == BUSY
        assert looks(pid, loads=True) == LOADING
        os.kill(pid, signal.SIGSTOP)
        until(lambda: ") T " in Path(f"/proc/{pid}/stat").read_text())
        assert looks(pid) == looks(pid, loads=True) == STILL


def test_a_process_whose_other_threads_compute_is_not_standing_still() -> None:
    with running(COMPUTES_BESIDE) as pid:
        assert looks(pid) == BUSY


def test_every_beat_begins_the_count_anew() -> None:
    beats, watch = Beats(2), Watch()
    with running("import time; print(flush=True); time.sleep(60)") as pid:
        for number in range(3 * STILL):
            if number % (STILL - 1) == 0:
                beats.beat(1, number + 1, loads=False)
            beat, loads = beats.last(1)
            assert not watch.hangs(pid, beat, loads=loads)
        assert beats.last(0) == (0, False)


def test_a_stopped_process_is_replaced_and_its_callers_are_let_go(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))
    with ground.serving(2) as group:
        until(lambda: ground.adopted(1, 2))
        with streaming(ground, 6) as streams:
            let_through(streams, 200)
            before = [report.pid for report in ground.reports()]
            stopped, begun = before[0], time.monotonic()
            os.kill(stopped, signal.SIGSTOP)
            # Whoever is connected to the other process feels nothing.
            let_through(streams, 200)
            until(lambda: ground.reports()[0].pid != stopped, 3 * STILL)
            assert time.monotonic() - begun > STILL - 1
            counts = [len(stream.acknowledged) for stream in streams]
            until(lambda: all(len(one.acknowledged) > count for one, count in zip(streams, counts, strict=True)), 10)
            assert ground.reports()[1].pid == before[1]
            assert acknowledged(streams) > 400
        assert {name for stream in streams for name in stream.failed} <= {"RemoteDisconnected", "ConnectionResetError"}
        assert group.poll() is None
        check_log(ground, streams)
    assert b"slot 0, pid %d, has hung for 10 s and is killed" % stopped in (ground.directory / "serving.log").read_bytes()
