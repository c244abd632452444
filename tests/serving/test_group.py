"""The command that starts a group: what it refuses, how it replaces its processes, what listens."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.serving.groundwork import MODEL, Ground, end_group, until

from lamplighter.domain.route import ModelRoute
from lamplighter.domain.version import address
from lamplighter.serving.group import Seat


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "lamplighter.serving", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "model.example"])
def test_addresses_that_others_can_reach_are_refused(tmp_path: Path, host: str) -> None:
    done = run("--environment", "prod", "--directory", str(tmp_path), "--artifacts", str(tmp_path), "--host", host)
    assert done.returncode == 2
    assert "--insecure-plain-http" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "wrong", [("--port", "0"), ("--port", "x"), ("--workers", "0"), ("--environment", "../prod"), ("--unknown", "1")]
)
def test_wrong_arguments_are_refused(tmp_path: Path, wrong: tuple[str, str]) -> None:
    done = run("--environment", "prod", "--directory", str(tmp_path), "--artifacts", str(tmp_path), *wrong)
    assert done.returncode == 2
    assert "usage:" in done.stderr


def test_only_one_group_serves_from_a_directory_and_only_where_it_should(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    with ground.serving(1) as group:
        listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
        assert re.findall(rf" (\w+):{ground.port:04X} 0+:0000 0A", listening) == ["0100007F"]
        second = ground.start()
        try:
            until(lambda: b"processes" in (ground.directory / "serving.log").read_bytes())
            assert int((ground.directory / "serving.pid").read_text()) == group.pid
            assert second.poll() is None
        finally:
            end_group(second)


def test_a_process_that_dies_is_started_again_each_time(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    with ground.serving(1) as group:
        log = ground.directory / "serving.log"
        for _ in range(3):
            pid = ground.reports()[0].pid
            os.kill(pid, signal.SIGKILL)
            until(lambda pid=pid: ground.reports()[0].pid != pid)  # type: ignore[misc]
        assert group.poll() is None
        assert len(re.findall("slot 0 ended, pid .* status -9", log.read_text())) == 3


def test_a_process_knows_how_long_loading_took_in_the_one_before(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    version = ground.version(1)
    ground.admit()
    revision = ground.route(ModelRoute(model=MODEL, champion=version))
    with ground.serving(1):
        until(lambda: ground.adopted(revision))
        before = ground.reports()[0]
        assert before.loading == ()
        assert 0.0 < before.load_seconds[version.digest] < 60.0
        (ground.artifacts / address(version.digest)).unlink()
        os.kill(before.pid, signal.SIGKILL)
        until(lambda: version.digest in ground.reports()[0].refused and ground.reports()[0].pid != before.pid)
        assert ground.reports()[0].load_seconds == before.load_seconds


def test_pauses_grow_while_a_process_dies_young() -> None:
    seat = Seat(0)
    pauses = []
    for _ in range(8):
        seat.started = time.monotonic()
        seat.emptied()
        pauses.append(seat.pause)
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    seat.started = time.monotonic() - 60
    seat.emptied()
    assert seat.pause == 0.0


def test_reports_of_slots_that_are_no_more_are_dropped(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    with ground.serving(2):
        until(lambda: len(ground.reports()) == 2)
    with ground.serving(1):
        assert [report.slot for report in ground.reports()] == [0]


def test_what_it_writes_is_for_its_user_only(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    with ground.serving(1):
        until(lambda: len(ground.reports()) == 1)
        found = {path.name: path.stat().st_mode & 0o077 for path in ground.directory.rglob("*")}
        ours = {"workers", "past", "segments", "0.json", "serving.pid"}
        assert {name: mode for name, mode in found.items() if name in ours} == dict.fromkeys(ours, 0)


def test_the_parent_stays_small(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    with ground.serving(1) as group:
        maps = Path(f"/proc/{group.pid}/maps").read_text()
        assert [name for name in ("onnxruntime", "numpy", "uvloop", "msgspec") if name in maps] == []
