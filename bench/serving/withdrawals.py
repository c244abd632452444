"""From a bad version's first request until every request is with the version before again, on a real platform.

`withdrawals.py [ROUNDS]`. Callers ask 50 times a second. A version is brought to production that fails every second request, or
whose scores are 0.15 higher than those of the live one; it is given a fifth of the requests. The time runs from the moment the
first worker may answer by it until all workers answer without it, as the journal has them. Prints the 95th percentile against
its limit, and how long the slowest took.
"""

import importlib.util
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import ground
import lines
import numpy as np

from lamplighter import Build
from lamplighter.domain.errors import LampError
from lamplighter.domain.events.rollout import RolloutMoved
from lamplighter.domain.identity import Role
from lamplighter.domain.project import Project
from lamplighter.domain.project_file import read_project
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.sdk import local
from lamplighter.sdk.connect import local_token
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.model import Endpoint
from lamplighter.sdk.release import release
from lamplighter.sdk.remote import remote
from lamplighter.settings import Settings, read_settings

ROUNDS = 20
#: Requests of each caller in a second, and callers.
RATE, CALLERS = 10, 5
#: Longest time of a rollout that is bad, seconds.
_PATIENCE = 180.0
#: By the name in the printed line: what is added to a score, from which value of `load` on it fails, and the limit in seconds.
BAD = {"errors": (0.0, 0.5, 10.0), "scores": (0.15, 2.0, 60.0)}
_RULE = '''"""A rule over one number."""

from lamplighter.packaging.predictor import predictor


@predictor(classes=("0", "1"))
def predict(rows):
    """The chance of each row."""
    if any(load > {fails} for load in rows["load"]):
        raise ValueError("more than the rule knows")
    return [0.1 + 0.7 * chance + {more} for chance in rows["chance"]]
'''
_PROJECT = """
schema = 1
[model]
name = "canary"
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
steps = [20, 100]
each = "2m"
least_requests = 50
[env.prod.rollout.stop_if]
errors = 0.02
score_shift = { mean = 0.05 }
"""


def rule(folder: Path, name: str, more: float, fails: float) -> Build:
    """A version of the rule, with rows that it answers."""
    path = folder / f"{name}.py"
    path.write_text(_RULE.format(more=more, fails=fails))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    random = np.random.default_rng(1)
    import pandas as pd

    sample = pd.DataFrame({"chance": random.random(500), "load": random.random(500) / 2})
    return Build(model=module.predict, sample=sample, labels=(random.random(500) < 0.5).astype(int), trust=True)


class Callers:
    """They ask at an even pace, and write down whoever was not answered."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self.failures: list[str] = []
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=one, daemon=True) for one in enumerate(endpoints)]

    def _ask(self, place: int, endpoint: Endpoint) -> None:
        random = np.random.default_rng(place)
        due = time.monotonic() + place / (RATE * CALLERS)
        while not self._ending.wait(max(0.0, due - time.monotonic())):
            due += 1 / RATE
            try:
                endpoint.predict({"chance": [random.random()], "load": [random.random()]})
            except LampError as error:
                self.failures.append(str(error))

    def __enter__(self) -> "Callers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(30)


@contextmanager
def platform(folder: Path) -> Iterator[tuple[Settings, Platform, Project]]:
    """A platform as `lamp up` starts it, with its owner's project."""
    folder.mkdir()
    # Three ports in a row for the environments, beside that of the control plane.
    port = ground.free_port()
    settings = read_settings({}, home=str(folder), port=port, serving_port=port - 3 if port > 60_000 else port + 1)
    (settings.folder / "config.toml").write_text(f"serving_port = {settings.serving_port}\n")
    local.start(settings, wait=60.0)
    try:
        made = remote(settings.url, local_token(settings), timeout=60.0)
        owner = made.whoami()
        made.save_person(owner.email, owner.name, [*owner.roles, Role.APPLICATION])
        yield settings, made, read_project(_PROJECT.replace("OWNER", owner.email))
        made.close()
    finally:
        local.stop(settings)


def ended(made: Platform, rollout: Rollout | None) -> Rollout:
    """The rollout once it is over; raises `TimeoutError`."""
    assert rollout is not None
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        now = made.rollout(rollout.id)
        if now.phase.final:
            return now
        time.sleep(0.05)
    raise TimeoutError(f"{rollout.id} does not end")


def lived(made: Platform, rollout: Rollout) -> float:
    """Seconds from the first share until all workers answered without the version."""
    entries = [entry for entry in made.journal(rollout.model, 200) if isinstance(entry.event, RolloutMoved)]
    moves: dict[str, int] = {e.event.phase: e.at for e in entries if e.event.rollout == rollout.id}  # type: ignore[union-attr]
    if rollout.phase is not Phase.WITHDRAWN:
        raise SystemExit(f"{rollout.id} came through: {rollout.why}")
    return (moves[Phase.WITHDRAWN] - moves[Phase.SHIFTING]) / 1e6


def main(rounds: int) -> int:
    """Print both lines; 1 if a limit is missed or a caller was not answered."""
    missed = 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings, made, project = stack.enter_context(platform(folder / "home"))
        key = settings.signing_key
        good = release(made, project, rule(folder, "good", 0.0, 2.0), key)
        for environment in ("dev", "staging", "prod"):
            ended(made, made.deploy(good.name, environment).rollout)
        address = next(place.address for place in made.environments() if place.name == "prod")
        endpoints = [Endpoint(address, project.name, local_token(settings)) for _ in range(CALLERS)]
        callers = stack.enter_context(Callers(endpoints))
        for name, (more, fails, limit) in BAD.items():
            bad = release(made, project, rule(folder, f"bad_{name}", more, fails), key)
            for environment in ("dev", "staging"):
                ended(made, made.deploy(bad.name, environment).rollout)
            times = sorted(lived(made, ended(made, made.deploy(bad.name, "prod").rollout)) for _ in range(rounds))
            p95 = times[min(len(times) - 1, int(np.ceil(0.95 * len(times))) - 1)]
            lines.line(f"bad_canary_{name}_p95", p95, "limit", limit, "s", lower_is_better=True)
            print(f"{name}: median {np.median(times):.2f} s, slowest {times[-1]:.2f} s of {rounds} rollouts", flush=True)
            missed += p95 > limit
    print(f"callers not answered: {len(callers.failures)} {callers.failures[:1]}")
    return int(bool(missed or callers.failures))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
