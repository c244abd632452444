"""One server of S3 for all tests of stores."""

from collections.abc import Iterator

import pytest
from tests.artifacts.bucket import Server, running


@pytest.fixture(scope="session")
def bucket_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that runs."""
    with running(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def server(bucket_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, and the variables of this process that lead to it."""
    for name, value in bucket_server.environ.items():
        monkeypatch.setenv(name, value)
    return bucket_server
