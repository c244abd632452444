"""Every test has a home of its own, no sign-in, and lives in Paris."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path) -> Iterator[None]:
    before = dict(os.environ)
    for name in [name for name in before if name.startswith(("LAMP", "XDG_"))]:
        del os.environ[name]
    os.environ |= {
        "LAMP_HOME": str(tmp_path / "home"),
        "LAMP_CONFIG": str(tmp_path / "login.toml"),
        "TZ": "Europe/Paris",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_COUNT": "0",
    }
    os.environ.pop("CI", None)
    os.environ.pop("NO_COLOR", None)
    time.tzset()
    yield
    os.environ.clear()
    os.environ.update(before)
    time.tzset()
