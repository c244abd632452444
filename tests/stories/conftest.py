"""A small platform of real processes, with a real model on real flights and a caller that does not give up."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.ports import free_ports

from lamplighter import Build
from lamplighter.data import flights
from lamplighter.domain.errors import LampError, TimedOut
from lamplighter.domain.identity import Role
from lamplighter.domain.project import Project
from lamplighter.domain.project_file import read_project
from lamplighter.domain.rollout import Rollout
from lamplighter.domain.version import Version
from lamplighter.sdk import local, lock
from lamplighter.sdk.connect import local_token
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.model import Endpoint
from lamplighter.sdk.release import release
from lamplighter.sdk.remote import remote
from lamplighter.settings import Settings, read_settings

#: Seconds between an answer and the next question: some two hundred a second are enough for one to be under way at any moment.
_PAUSE = 0.003
_PROJECT = """
schema = 1
[model]
name = "small-flights"
criticality = "internal"
[impact]
customers = false
loss = "small"
reversible = true
automated = false
updates = "weekly"
[owners]
design = "OWNER"
industrialization = "OWNER"
deployment = "OWNER"
monitoring = "OWNER"
management = "OWNER"
[env.prod.rollout]
steps = [20, 60, 100]
each = "1s"
least_requests = 20
deadline = "1m"
"""


@dataclass
class World:
    """One platform and its owner."""

    settings: Settings
    platform: Platform
    project: Project
    versions: list[Version] = field(default_factory=list)

    def kill_control_plane(self) -> None:
        """No word of warning."""
        os.kill(lock.running(self.settings), signal.SIGKILL)
        while lock.running(self.settings):
            time.sleep(0.005)

    def start(self) -> None:
        """As `lamp up` does."""
        local.start(self.settings, wait=60.0)

    def ended(self, rollout: Rollout, seconds: float = 90.0) -> Rollout:
        """The rollout once it has ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            now = self.platform.rollout(rollout.id)
            if now.phase.final:
                return now
            time.sleep(0.05)
        raise TimedOut("The rollout does not end.", why=f"{now.phase}: {now.why}", fix="")

    def bring_live(self, version: Version, environment: str) -> Rollout:
        """Deploy and wait."""
        asked = self.platform.deploy(version.name, environment)
        assert asked.rollout is not None, asked.decision
        return self.ended(asked.rollout)

    @property
    def address(self) -> str:
        """Where prod answers."""
        return next(place.address for place in self.platform.environments() if place.name == "prod")

    @property
    def token(self) -> str:
        """The owner's token."""
        return local_token(self.settings)


class Caller(threading.Thread):
    """Asks for predictions again and again and writes every acknowledged id to a file of its own before it asks again."""

    def __init__(self, world: World, record: Path) -> None:
        super().__init__(daemon=True)
        self._endpoint = Endpoint(world.address, world.project.name, world.token, timeout=60.0)
        self._record = record.open("ab", buffering=0)
        self._ending = threading.Event()
        rows, _ = flights.through(4, start=4)
        self._columns = {name: rows[name].astype(object).where(rows[name].notna(), None).tolist() for name in rows.columns}
        self.acknowledged: list[str] = []
        self.versions: set[str] = set()
        self.failures: list[str] = []

    def run(self) -> None:
        place = 0
        while not self._ending.is_set():
            columns = {name: [values[place % 5000]] for name, values in self._columns.items()}
            place += 1
            try:
                answer = self._endpoint.predict(columns)
            except LampError as error:
                self.failures.append(str(error))
                time.sleep(0.005)
                continue
            self._record.write(f"{answer.ids[0]}\n".encode())
            os.fsync(self._record.fileno())
            self.acknowledged.append(answer.ids[0])
            self.versions.add(answer.version)
            time.sleep(_PAUSE)

    def stop(self) -> None:
        self._ending.set()
        self.join(timeout=90.0)
        self._endpoint.close()
        self._record.close()

    def __enter__(self) -> "Caller":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def build(month: int, trees: int) -> Build:
    """A small model of real flights."""
    import importlib

    lightgbm: Any = importlib.import_module("lightgbm")
    compose: Any = importlib.import_module("sklearn.compose")
    preprocessing: Any = importlib.import_module("sklearn.preprocessing")
    pipeline: Any = importlib.import_module("sklearn.pipeline")
    rows, late = flights.through(month, start=month)
    rows, late = rows.iloc[:4000], late.iloc[:4000]
    texts = preprocessing.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = compose.ColumnTransformer([("texts", texts, ["carrier", "origin", "dest"])], remainder="passthrough")
    model = pipeline.Pipeline(
        [("columns", columns), ("trees", lightgbm.LGBMClassifier(n_estimators=trees, verbose=-1, n_jobs=1))]
    )
    nullable = ("temp", "precip", "visib", "wind_speed", "pressure")
    return Build(model=model.fit(rows, late), sample=rows, labels=late, nullable=nullable)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A platform with two registered versions; the first is live everywhere."""
    port = free_ports(4)
    settings = read_settings({}, home=str(tmp_path_factory.mktemp("home")), port=port, serving_port=port + 1, tick=0.05)
    (settings.folder / "config.toml").write_text(f"tick = 0.05\nserving_port = {port + 1}\n")
    local.start(settings, wait=60.0)
    try:
        platform = remote(settings.url, local_token(settings), timeout=60.0)
        owner = platform.whoami()
        platform.save_person(owner.email, owner.name, [*owner.roles, Role.APPLICATION])
        project = read_project(_PROJECT.replace("OWNER", owner.email))
        made = World(settings, platform, project)
        made.versions = [release(platform, project, build(month, trees)) for month, trees in ((1, 5), (2, 6))]
        for environment in ("dev", "staging", "prod"):
            made.bring_live(made.versions[0], environment)
        for environment in ("dev", "staging"):
            made.bring_live(made.versions[1], environment)
        yield made
        platform.close()
    finally:
        local.stop(settings)
