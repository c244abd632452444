"""Whatever dies, what was acknowledged is in the log, once."""

import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.power.traced import has_strace
from tests.serving.groundwork import MODEL, Ground, Stream, end_group, is_open, let_through, streaming, until

from lamplighter.domain.route import ModelRoute


def check_log(ground: Ground, streams: list[Stream]) -> int:
    """Every acknowledged id is in the log, and no id twice; the number acknowledged."""
    acknowledged = {name for stream in streams for name in stream.acknowledged}
    recorded = Counter(record.request for record in ground.scored())
    assert acknowledged <= recorded.keys()
    assert {name: count for name, count in recorded.items() if count > 1} == {}
    return len(acknowledged)


def test_killed_processes_lose_and_double_nothing_and_are_replaced(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))
    with ground.serving(2) as group:
        until(lambda: ground.adopted(1, 2))
        with streaming(ground, 4) as streams:
            for turn in range(4):
                let_through(streams, 25)
                victim = ground.reports()[turn % 2].pid
                os.kill(victim, signal.SIGKILL)
                until(lambda turn=turn, victim=victim: ground.reports()[turn % 2].pid != victim)  # type: ignore[misc]
        # A connection may break; nobody is refused, and nobody gets an error.
        assert {name for stream in streams for name in stream.failed} <= {
            "RemoteDisconnected",
            "ConnectionResetError",
            "BrokenPipeError",
        }
        assert group.poll() is None
        assert check_log(ground, streams) >= 100


def test_counters_of_the_group_never_fall_when_a_process_is_replaced(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))

    def counted() -> int:
        text = ground.caller().get("/metrics")[1].decode()
        line = next(line for line in text.splitlines() if line.startswith("lamp_requests_total") and 'code="200"' in line)
        return int(line.split()[1])

    with ground.serving():
        for turn in range(1, 4):
            for _ in range(10):
                ground.caller().infer()
            until(lambda turn=turn: counted() == 10 * turn)  # type: ignore[misc]
            victim = ground.reports()[0].pid
            os.kill(victim, signal.SIGKILL)
            until(lambda victim=victim: ground.reports()[0].pid != victim)  # type: ignore[misc]


def test_killing_the_whole_group_loses_and_doubles_nothing(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))
    with streaming(ground, 3) as streams:
        for _ in range(3):
            group = ground.start(2)
            until(lambda: is_open(ground.port))
            let_through(streams, 35)
            os.killpg(group.pid, signal.SIGKILL)
            group.wait()
    assert check_log(ground, streams) > 100


def test_processes_end_when_their_parent_is_killed_and_a_new_group_takes_over(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))
    with ground.serving() as group:
        caller = ground.caller()
        assert caller.infer()[0] == 200
        os.kill(group.pid, signal.SIGKILL)
        group.wait()
        until(lambda: not is_open(ground.port))
        with ground.serving():
            assert ground.caller().infer(Lamp_Request_Id="after")[0] == 200
    assert "after" in {record.request for record in ground.scored()}


def test_the_end_is_announced_and_no_request_fails(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))
    group = ground.start(2)
    try:
        until(lambda: is_open(ground.port))
        with streaming(ground, 4) as streams:
            let_through(streams, 51)
            group.send_signal(signal.SIGTERM)
            assert group.wait(timeout=12) == 0
        # Once the answer said close, the next connection is refused: there is nobody any more.
        assert {name for stream in streams for name in stream.failed} <= {"ConnectionRefusedError"}
        assert check_log(ground, streams) > 50
    finally:
        end_group(group)


def test_whoever_is_connected_when_the_end_comes_is_answered(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))
    with ground.serving() as group:
        (report,) = ground.reports()
        os.kill(report.pid, signal.SIGSTOP)
        # The system takes connections in; the process has not seen them when it is told to end.
        waiting = [ground.caller() for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(caller.infer) for caller in waiting]
            until(lambda: all(caller.connection.sock is not None for caller in waiting))
            os.kill(report.pid, signal.SIGTERM)
            group.send_signal(signal.SIGTERM)
            os.kill(report.pid, signal.SIGCONT)
            assert [one.result()[0] for one in asked] == [200] * 8
        assert group.wait(timeout=15) == 0


def test_whoever_is_connected_before_a_process_has_started_is_answered(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))
    group = ground.start(2)
    try:
        # The parent has bound the port and forked; its processes are still importing.
        until(lambda: len(Path(f"/proc/{group.pid}/task/{group.pid}/children").read_text().split()) == 2)
        callers = [ground.caller() for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(caller.infer) for caller in callers]
            until(lambda: all(caller.connection.sock is not None for caller in callers))
            group.send_signal(signal.SIGTERM)
            assert [one.result()[0] for one in asked] == [200] * 8
        assert group.wait(timeout=15) == 0
    finally:
        end_group(group)


def test_a_torn_tail_costs_only_itself(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))
    with ground.serving():
        ground.caller().infer(Lamp_Request_Id="whole")
    segment = next((ground.directory / "segments").glob("*.seg"))
    whole = segment.read_bytes()
    segment.write_bytes(whole + whole[: len(whole) // 2])
    with ground.serving():
        ground.caller().infer(Lamp_Request_Id="next")
    assert {record.request for record in ground.scored()} == {"whole", "next"}
    assert segment.read_bytes() == whole + whole[: len(whole) // 2]


STRACE = ("strace", "-f", "-qq", "-o", "/dev/null")


@pytest.mark.skipif(not has_strace(), reason="strace cannot trace here")
def test_an_error_of_the_disk_ends_the_process_before_anything_is_acknowledged(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))
    # The fourth flush of a thread, and each third after it, reports an error of the medium.
    inject = (*STRACE, "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=4+3")
    with ground.serving(1, inject), streaming(ground, 2) as streams:
        first = ground.reports()[0].pid
        until(lambda: ground.reports()[0].pid != first)
        let_through(streams, 1)
    assert check_log(ground, streams) >= 3
    assert {name for stream in streams for name in stream.failed} <= {
        "RemoteDisconnected",
        "ConnectionResetError",
        "BrokenPipeError",
    }
    assert "the disk of the prediction log failed" in (ground.directory / "serving.log").read_text()


@pytest.mark.skipif(not has_strace(), reason="strace cannot trace here")
def test_nothing_is_acknowledged_while_its_write_is_under_way(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))
    # Each write takes 80 ms, so that a process that is killed is killed in one.
    slow = (*STRACE, "-e", "trace=pwrite64", "-e", "inject=pwrite64:delay_enter=80000")
    with ground.serving(1, slow), streaming(ground, 3) as streams:
        for _ in range(4):
            victim = ground.reports()[0].pid
            let_through(streams, 4)
            os.kill(victim, signal.SIGKILL)
            until(lambda victim=victim: ground.reports()[0].pid != victim)  # type: ignore[misc]
    assert check_log(ground, streams) > 12
