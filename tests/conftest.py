"""How processes share the tests: file by file, and what shares a platform, a database or a browser stays together."""

import os
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from tests.databases import Databases, make_template, serving
from tests.sdk import homes
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

# Compiled modules are kept, whatever the machine says: else each process that a test starts compiles all that it imports.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# No test fails because the machine is busy. Examples are others in each run, so a few of them each time are many in a week.
settings.register_profile("untimed", deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

#: Folders whose tests share what is costly to start, or end with a look at what all of them have done.
SHARING = ("tests/api", "tests/artifacts", "tests/serving/clients", "tests/store", "tests/web")
#: What takes longest, longest first: begun late, one process would be left alone with it.
FIRST = ("tests/web", "tests/stories/test_demo.py", "tests/api", "tests/sdk", "tests/store", "tests/stories")
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest stands first."""
    items.sort(key=lambda item: next((n for n, start in enumerate(FIRST) if item.nodeid.startswith(start)), len(FIRST)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server of this session."""
    with serving() as address:
        yield address


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """The address of a server that copies databases with the newest schema."""
    make_template(server)
    return server


@pytest.fixture(params=["sqlite", "postgresql"])
def on_each_database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every platform of a test that uses it is made on each kind of database; a file says so by `usefixtures`."""
    if request.param == "sqlite":
        yield
        return
    databases = Databases(request.getfixturevalue("template"))
    with homes.databases_of(databases.new):
        yield
    databases.remove()
