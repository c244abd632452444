"""A platform of its own for each test, and one for each file where its tests do not meet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lifecycle.lives import Life, lived


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """A platform that nothing has happened in."""
    with lived(tmp_path / "home") as life:
        yield life
