"""The two ways to have a platform, as grounds for one and the same suite."""

from collections.abc import Iterator

import pytest
from tests.sdk.grounds import GROUNDS, Ground


@pytest.fixture(scope="session", params=sorted(GROUNDS))
def ground(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A running platform with its people, embedded and remote in turn."""
    with GROUNDS[request.param](tmp_path_factory.mktemp(request.param)) as ground:
        yield ground
