"""A platform of its own for each test, and one for each file where its tests do not meet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.receivers import Receiver, receiving


@pytest.fixture
def more() -> str:
    """What the configuration says beside the usual; a file of tests may say more."""
    return ""


@pytest.fixture
def life(tmp_path: Path, more: str) -> Iterator[Life]:
    """A platform that nothing has happened in."""
    with lived(tmp_path / "home", more) as life:
        yield life


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server that takes webhooks."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def told(tmp_path: Path, receiver: Receiver) -> Iterator[Life]:
    """A platform that tells a receiver of every incident."""
    with lived(tmp_path / "home", f'channels = ["pager"]\nwebhooks = {{ pager = "{receiver.url}" }}\n') as life:
        yield life
