"""Serving groups on this machine: started, found again, told, seen, ended."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.ports import free_port
from tests.serving.groundwork import MODEL, register, until

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Conflict, Unavailable
from lamplighter.domain.observation import Observation
from lamplighter.domain.route import Credentials, ModelRoute, Route
from lamplighter.plugins import plugin
from lamplighter.targets.base import Target as Promise
from lamplighter.targets.local import Target

NOBODY = Credentials()


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return Target(tmp_path / "serving", tmp_path / "artifacts")


@pytest.fixture
def environment(target: Target) -> Iterator[Environment]:
    environment = Environment(name="prod", level=Level.PRODUCTION, port=free_port(), workers=2)
    yield environment
    target.remove(environment)


def route(revision: int, *models: ModelRoute) -> Route:
    return Route(environment="prod", revision=revision, models=models)


def parent(target: Target) -> int:
    return int((target.folder("prod") / "serving.pid").read_text())


def test_it_is_the_plugin_of_its_name(tmp_path: Path) -> None:
    target: Promise = plugin("targets", "local").Target(tmp_path, tmp_path)
    unknown = Environment(name="nowhere", level=Level.DEVELOPMENT, port=1)
    assert target.observe(unknown) == Observation(alive=False)
    target.remove(unknown)


def test_a_port_for_grpc_is_opened_when_it_is_asked_for(target: Target, environment: Environment) -> None:
    target.apply(environment)
    both = msgspec.structs.replace(environment, grpc_port=free_port())
    target.apply(both)
    until(lambda: all(is_taken(port) for port in (both.port, both.grpc_port)))


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_group_is_told_and_seen(target: Target, environment: Environment, tmp_path: Path) -> None:
    good = register(tmp_path / "artifacts", 1)
    missing = msgspec.structs.replace(good, number=2, digest="1" * 64)
    target.route(environment, route(1, ModelRoute(model=MODEL, champion=good)), NOBODY)
    target.apply(environment)
    until(lambda: target.observe(environment).revision == 1)
    seen = target.observe(environment)
    assert (seen.alive, seen.loaded, seen.refused, len(seen.reports)) == (True, frozenset((good.digest,)), {}, 2)
    target.route(environment, route(2, ModelRoute(model=MODEL, champion=good, challenger=missing)), NOBODY)
    until(lambda: target.observe(environment).revision == 2)
    assert list(target.observe(environment).refused) == [missing.digest]


def test_what_a_group_found_of_the_sandbox_is_told_for_every_environment_of_the_machine(
    target: Target, environment: Environment
) -> None:
    other = Environment(name="staging", level=Level.ACCEPTANCE, port=free_port())
    assert target.sandbox(other) is None
    target.apply(environment)
    until(lambda: len(seen := target.observe(environment).reports) == 2 and all(one.sandbox for one in seen), 60)
    assert target.sandbox(other) == target.sandbox(environment) == target.observe(environment).reports[0].sandbox
    target.remove(environment)
    assert target.sandbox(other) is None


def test_applying_again_changes_nothing_and_any_target_finds_the_group(
    target: Target, environment: Environment, tmp_path: Path
) -> None:
    target.apply(environment)
    first = parent(target)
    target.apply(environment)
    another = Target(tmp_path / "serving", tmp_path / "artifacts")
    another.apply(environment)
    assert parent(target) == first
    assert another.observe(environment).alive


def test_another_address_or_number_of_processes_is_a_restart(target: Target, environment: Environment) -> None:
    target.apply(environment)
    first = parent(target)
    changed = msgspec.structs.replace(environment, workers=1, port=free_port())
    target.apply(changed)
    assert parent(target) != first
    target.route(changed, route(1), NOBODY)
    until(lambda: target.observe(changed).revision == 1)
    # Seen with the eyes of the old description, processes are missing.
    assert target.observe(environment).revision == -1
    with socket.create_connection(("127.0.0.1", changed.port), timeout=2):
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", environment.port), timeout=2)


def test_a_dead_process_is_missed_until_it_is_replaced(target: Target, environment: Environment) -> None:
    target.apply(environment)
    target.route(environment, route(1), NOBODY)
    until(lambda: target.observe(environment).revision == 1)
    victim = target.observe(environment).reports[0].pid
    os.kill(victim, signal.SIGKILL)
    until(lambda: target.observe(environment).revision == -1)
    until(lambda: target.observe(environment).revision == 1)
    assert victim not in {report.pid for report in target.observe(environment).reports}


def test_a_killed_group_is_seen_as_dead_and_started_again(target: Target, environment: Environment) -> None:
    target.apply(environment)
    first = parent(target)
    os.killpg(first, signal.SIGKILL)
    until(lambda: not target.observe(environment).alive)
    target.apply(environment)
    assert parent(target) != first
    assert not Path(f"/proc/{first}").exists()


def test_removing_ends_everything_and_leaves_no_zombie(target: Target, environment: Environment) -> None:
    target.apply(environment)
    target.route(environment, route(1), NOBODY)
    until(lambda: target.observe(environment).revision == 1)
    pids = [parent(target), *(report.pid for report in target.observe(environment).reports)]
    target.remove(environment)
    assert target.observe(environment) == Observation(alive=False)
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
    assert (target.folder("prod") / "route.json").exists()
    target.remove(environment)


def test_a_group_that_does_not_end_is_killed(target: Target, environment: Environment) -> None:
    target.apply(environment)
    pid = parent(target)
    os.kill(pid, signal.SIGSTOP)
    remover = Target(target.folder("prod").parent, target.folder("prod"))
    remover.end_seconds = 0.5
    remover.remove(environment)
    assert not Path(f"/proc/{pid}").exists()


def test_a_process_id_that_belongs_to_somebody_else_is_left_alone(target: Target, environment: Environment) -> None:
    folder = target.folder("prod")
    folder.mkdir(parents=True)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        (folder / "serving.pid").write_text(f"{stranger.pid}\n")
        assert not target.observe(environment).alive
        target.remove(environment)
        assert stranger.poll() is None
        stranger.kill()


def test_a_start_that_fails_says_why(target: Target, environment: Environment) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", environment.port))
        taken.listen()
        with pytest.raises(Unavailable) as refusal:
            target.apply(environment)
    assert f"cannot listen at 127.0.0.1 port {environment.port}" in refusal.value.why
    target.apply(environment)


def test_the_control_plane_s_secrets_are_not_inherited_and_variables_of_opentelemetry_are(
    target: Target, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMP_TEST_SECRET", "hunter2")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "team=flights")
    target.apply(environment)
    inherited = Path(f"/proc/{parent(target)}/environ").read_bytes().split(b"\0")
    assert b"hunter2" not in b"".join(inherited)
    assert b"OTEL_RESOURCE_ATTRIBUTES=team=flights" in inherited


def test_the_group_outlives_whoever_started_it(target: Target, environment: Environment, tmp_path: Path) -> None:
    starter = (
        "from pathlib import Path\n"
        "from lamplighter.domain.environment import Environment, Level\n"
        "from lamplighter.targets.local import Target\n"
        f"environment = Environment(name='prod', level=Level.PRODUCTION, port={environment.port}, workers=2)\n"
        f"Target(Path({str(tmp_path / 'serving')!r}), Path({str(tmp_path / 'artifacts')!r})).apply(environment)\n"
        "import os, signal\n"
        "os.killpg(os.getpgid(0), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", starter], start_new_session=True, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert target.observe(environment).alive


def test_a_route_never_goes_back(target: Target, environment: Environment) -> None:
    target.route(environment, route(5), NOBODY)
    target.route(environment, route(5), NOBODY)
    with pytest.raises(Conflict):
        target.route(environment, route(4), NOBODY)
    assert b'"revision":5' in (target.folder("prod") / "route.json").read_bytes()
    assert {path.name for path in target.folder("prod").iterdir()} == {"route.json", "credentials.json"}
