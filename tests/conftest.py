"""How two processes share the tests: file by file, and what shares a platform, a database or a browser stays together."""

import re
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

#: Folders whose tests share what is costly to start, or end with a look at what all of them have done.
SHARING = ("tests/api", "tests/serving/clients", "tests/store", "tests/web")
#: The two platforms of the tests of the SDK.
GROUND = re.compile(r"^(?P<folder>tests/sdk)/.*\[(?P<ground>embedded|remote)\b")


def together(test: str) -> str:
    """What has to run in one process, and in this order, named after what it shares."""
    if found := GROUND.match(test):
        return "/".join(found.groups())
    file = test.partition("::")[0]
    return next((folder for folder in SHARING if file.startswith(f"{folder}/")), file)


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out what belongs together as one."""

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)
