"""Homes for platforms of the tests: a folder with a configuration, on ports that nobody has."""

import random
import socket
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

from lamplighter.settings import Settings, read_settings

Found = TypeVar("Found")
_LEVELS = {"dev": "development", "staging": "acceptance", "prod": "production"}


def free_ports(count: int) -> int:
    """The first of so many ports in a row that nobody listens at, outside the range that the system gives out itself."""
    while True:
        first = random.randrange(12_000, 30_000)
        if all(_free(port) for port in range(first, first + count)):
            return first


def _free(port: int) -> bool:
    with closing(socket.socket()) as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


def home(folder: Path, *, tick: float = 0.05, more: str = "") -> Settings:
    """A folder whose configuration names three environments of one process each; `more` is TOML for the top of the file."""
    port = free_ports(1 + len(_LEVELS))
    places = "".join(
        f'\n[[environments]]\nname = "{name}"\nlevel = "{level}"\nport = {port + place}\n'
        for place, (name, level) in enumerate(_LEVELS.items(), start=1)
    )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "config.toml").write_text(f"tick = {tick}\nport = {port}\n{more}\n{places}")
    return read_settings({}, home=str(folder))


def until(condition: Callable[[], Found], seconds: float = 30.0) -> Found:
    """Poll until the condition gives something that is true; fail after the time."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "the condition did not come true in time"
        time.sleep(0.01)
    return found
