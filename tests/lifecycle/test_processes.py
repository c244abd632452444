"""Process groups that end are told of within seconds, by a control plane of any age, and whatever else is being started."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.lifecycle.lives import Life, lived
from tests.sdk import models
from tests.sdk.homes import until

from lamplighter.lifecycle.reconciler import Reconciler

#: Seconds in which an outage is told, at the latest.
PROMISED = 10.0
#: Seconds that anything takes on a machine that has much else to do.
PATIENCE = 60.0


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Life]:
    """A platform with a model that answers in two environments."""
    with lived(tmp_path) as life:
        version = life.version(models.project("dying"))
        for environment in ("dev", "prod"):
            life.live(version, environment)
        yield life


def holder(life: Life, environment: str) -> int:
    """Process id of the parent of the group that was there last."""
    return int((life.settings.serving / environment / "serving.pid").read_text() or "0")


def kill(life: Life, environment: str) -> None:
    """End a whole group without a word of warning."""
    for path in (life.settings.serving / environment / "workers").glob("[0-9]*.json"):
        path.unlink(missing_ok=True)
    parent = holder(life, environment)
    if parent and b"lamplighter.serving" in _command(parent):
        os.killpg(parent, signal.SIGKILL)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@contextmanager
def killed_again_and_again(life: Life, environment: str) -> Iterator[None]:
    """No group of the environment lives for longer than a moment."""
    ending = threading.Event()

    def run() -> None:
        while not ending.wait(0.05):
            kill(life, environment)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def told(life: Life, environment: str) -> bool:
    return any(
        (one.environment, one.finding.measure) == (environment, "unavailable") for one in life["rita"].incidents("dying")
    )


@contextmanager
def fresh_control_plane(life: Life) -> Iterator[float]:
    """One that has seen nothing yet, and when it began."""
    life.restart()
    reconciler = Reconciler(life.kit)
    begun = time.monotonic()
    reconciler.start()
    try:
        yield begun
    finally:
        reconciler.stop()


def test_a_group_that_dies_again_and_again_is_told_of_by_a_fresh_control_plane(served: Life) -> None:
    with killed_again_and_again(served, "prod"), fresh_control_plane(served) as begun:
        until(lambda: told(served, "prod"), PATIENCE)
        assert time.monotonic() - begun < PROMISED


def test_a_start_that_hangs_keeps_no_other_outage_from_being_told(served: Life) -> None:
    with fresh_control_plane(served):
        # What is left of the group in dev holds its lock and ends no more: whoever comes after waits for it.
        parent = holder(served, "dev")
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGSTOP)
        os.kill(parent, signal.SIGKILL)
        try:
            until(lambda: told(served, "dev"), PATIENCE)
            begun = time.monotonic()
            kill(served, "prod")
            until(lambda: told(served, "prod"), PATIENCE)
            assert time.monotonic() - begun < PROMISED
        finally:
            for child in children:
                os.kill(int(child), signal.SIGKILL)
