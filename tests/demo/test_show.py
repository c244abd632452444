"""Where the demonstration may begin."""

import os
from pathlib import Path

import pytest

from lamplighter.demo import show
from lamplighter.domain.errors import Conflict


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of the platform on this machine."""
    os.environ["LAMP_HOME"] = str(tmp_path)
    return tmp_path


def test_a_command_that_failed_before_is_no_platform(home: Path) -> None:
    (home / "last-error.log").write_text("lamp status\n")
    assert show.prepare(reset=False).folder == home
    assert (home / "config.toml").exists()


def test_a_platform_of_somebody_is_left_alone(home: Path) -> None:
    (home / "config.toml").write_text("port = 7170\n")
    with pytest.raises(Conflict) as refusal:
        show.prepare(reset=True)
    assert refusal.value.code == "E1550"
    assert [file.name for file in home.iterdir()] == ["config.toml"]
