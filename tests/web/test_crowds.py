"""Connections to the control plane on which nothing comes, by a real process with few descriptors: nobody keeps others out."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.ports import free_port
from tests.sdk.homes import until
from tests.serving.test_crowds import FEW


@contextmanager
def control_plane(folder: Path, files: int) -> Iterator[int]:
    """Its port, while it runs with so many descriptors."""
    port = free_port()
    surroundings = {**os.environ, "LAMP_HOME": str(folder), "LAMP_PORT": str(port), "LAMP_SERVING_PORT": str(free_port())}
    command = [*FEW, str(files), str(files), sys.executable, "-m", "lamplighter.web"]
    with (folder / "control.log").open("wb") as log:
        process = subprocess.Popen(command, env=surroundings, stdout=log, stderr=log)
    try:
        until(lambda: lives(port))
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def lives(port: int) -> bool:
    """Whether somebody who comes now is answered."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def is_over(connection: socket.socket) -> bool:
    """Whether the other end has let it go."""
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET /livez HT", b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nGET /li"],
    ids=["idle", "unfinished", "again"],
)
def test_silent_connections_make_room_for_others_and_go_after_a_while(tmp_path: Path, sent: bytes) -> None:
    crowd: list[socket.socket] = []
    with control_plane(tmp_path, 200) as port:
        try:
            for _ in range(400):
                crowd.append(socket.create_connection(("127.0.0.1", port), timeout=5))
                crowd[-1].sendall(sent)
                if len(crowd) % 40 == 0:
                    assert lives(port)
            if not sent.startswith(b"GET /livez HTTP"):
                until(lambda: all(is_over(one) for one in crowd))
            assert lives(port)
        finally:
            for one in crowd:
                one.close()
    log = (tmp_path / "control.log").read_text()
    assert "Too many open files" not in log
    assert "unable to open database" not in log
