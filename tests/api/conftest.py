"""The whole application of the control plane behind a real socket, with one person for each role."""

from collections.abc import Iterator

import pytest
from tests.api.doorways import Doorways, open_doorways


@pytest.fixture(scope="session")
def doorways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doorways]:
    """A served application, shared by the folder."""
    with open_doorways(tmp_path_factory.mktemp("api")) as found:
        yield found
