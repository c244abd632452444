"""More callers than a process has room for, by a real process group: nobody keeps the others out."""

import resource
import socket
import sys
from pathlib import Path

import pytest
from tests.serving.groundwork import MODEL, Ground, until

from lamplighter.domain.route import ModelRoute

#: Runs the rest of the command with so few descriptors: soft limit, hard limit.
_SCRIPT = """
import os, resource, sys
soft, hard, *command = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_NOFILE, (int(soft), int(hard)))
os.execv(command[0], command)
"""
FEW = (sys.executable, "-c", _SCRIPT)


def limits(pid: int) -> tuple[int, int]:
    return resource.prlimit(pid, resource.RLIMIT_NOFILE)


@pytest.mark.parametrize("sent", [b"", b"GET /livez HT"], ids=["idle", "unfinished"])
def test_connections_on_which_nothing_is_asked_make_room_for_others(tmp_path: Path, sent: bytes) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(7)))
    with ground.serving(prefix=(*FEW, "200", "200")):
        until(lambda: ground.adopted(1))
        regular = ground.caller()
        assert regular.infer()[0] == 200
        crowd = []
        try:
            for _ in range(400):
                crowd.append(socket.create_connection(("127.0.0.1", ground.port), timeout=5))
                crowd[-1].sendall(sent)
                if len(crowd) % 40 == 0:
                    # Whoever asks is not among those that are let go.
                    assert regular.infer()[0] == 200
            for _ in range(5):
                assert ground.caller().infer()[0] == 200
            report = ground.reports()[0]
            until(lambda: ground.reports()[0].written_at > report.written_at)
        finally:
            for one in crowd:
                one.close()
    assert "errno 24" not in (ground.directory / "serving.log").read_text()


def test_all_descriptors_are_used_that_may_be(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    with ground.serving(prefix=(*FEW, "100", "1000")):
        until(lambda: bool(ground.reports()))
        assert limits(ground.reports()[0].pid) == (1000, 1000)
