"""The platform of a folder as processes: one, never two, and none after it was stopped."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import msgspec
import pytest
from tests.ports import free_port
from tests.sdk.homes import home, until

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Invalid, LampError, NotFound, Unavailable
from lamplighter.domain.route import Credentials, Route
from lamplighter.lifecycle.kit import Kit, target_of
from lamplighter.lifecycle.people import owner_address
from lamplighter.sdk import local, lock
from lamplighter.sdk.connect import local_token
from lamplighter.sdk.remote import remote
from lamplighter.settings import Settings, read_settings


def processes_of(settings: Settings) -> list[str]:
    """The command lines of every process that has the folder in its command or its variables."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            command, variables = (place / "cmdline").read_bytes(), (place / "environ").read_bytes()
        except OSError:
            continue
        if int(place.name) != os.getpid() and settings.home.encode() in command + variables:
            found.append(command.replace(b"\0", b" ").decode())
    return found


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    settings = home(tmp_path / "home")
    yield settings
    local.stop(settings)


def test_started_twice_is_one_process(settings: Settings) -> None:
    assert lock.running(settings) == 0
    assert local.start(settings, wait=30.0) == settings.url
    first = lock.running(settings)
    assert local.start(settings) == settings.url
    assert lock.running(settings) == first
    assert len(processes_of(settings)) == 1
    platform = remote(settings.url, local_token(settings))
    assert platform.whoami().email == owner_address()
    platform.close()
    # Somebody who kills it hard leaves nothing that stands in the way.
    os.kill(first, signal.SIGKILL)
    until(lambda: lock.running(settings) == 0)
    local.start(settings, wait=30.0)
    assert lock.running(settings) not in (0, first)
    assert local.stop(settings) == ["control plane"]
    assert local.stop(settings) == []
    assert processes_of(settings) == []


def test_a_taken_port_is_named(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind((settings.host, settings.port))
        taken.listen()
        with pytest.raises(Unavailable) as refusal:
            local.start(settings)
    assert refusal.value.why == f"It cannot listen at 127.0.0.1 port {settings.port}: Address already in use."
    assert str(settings.port) in refusal.value.fix
    assert processes_of(settings) == []


def test_another_platform_on_the_port_is_not_taken_for_this_one(settings: Settings, tmp_path: Path) -> None:
    local.start(settings, wait=30.0)
    second = read_settings({}, home=str(tmp_path / "second"), port=settings.port)
    with pytest.raises(Unavailable):
        local.start(second)
    assert processes_of(second) == []


def test_what_the_process_says_of_its_end_is_what_is_said(settings: Settings) -> None:
    kit = Kit.open(settings)
    kit.close()
    database = sqlite3.connect(settings.folder / "control.db")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()
    with pytest.raises(LampError) as wanted:
        Kit.open(settings)
    (settings.folder / "control.log").write_text("ValueError: of an earlier start\n")
    with pytest.raises(Unavailable) as refusal:
        local.start(settings)
    found, said = refusal.value, wanted.value
    assert (found.what, found.code) == ("The control plane could not start.", said.code)
    assert (found.why, found.fix) == (f"{said.what} {said.why}", said.fix)
    assert processes_of(settings) == []


def test_a_configuration_that_names_what_is_gone_keeps_nothing_running(settings: Settings) -> None:
    local.start(settings)
    (settings.serving / "dev").mkdir(parents=True, exist_ok=True)
    (settings.serving / "dev" / "route.json").touch()
    gone = read_settings({}, home=settings.home, sign_with=str(settings.folder / "gone.pem"))
    assert local.stop(gone) == ["control plane"]
    with pytest.raises(Invalid):
        local.start(gone)
    assert processes_of(settings) == []


def test_a_crash_is_said_by_its_error_and_not_by_a_note_below_it(settings: Settings) -> None:
    Kit.open(settings).close()
    database = sqlite3.connect(settings.folder / "control.db")
    database.execute("DROP TABLE people")
    database.close()
    with pytest.raises(Unavailable) as refusal:
        local.start(settings)
    assert refusal.value.code == "E1711"
    assert refusal.value.why == "sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such table: people"
    assert refusal.value.fix == "control.log in the folder of the platform has the whole story; lamp doctor looks deeper."


def test_what_an_earlier_process_said_is_not_repeated(settings: Settings) -> None:
    refused = NotFound("Not there.", why="Gone.", fix="Look elsewhere.")
    (settings.folder / "control.log").write_text(f"ValueError: gone\n{refused}\n")
    with ThreadPoolExecutor(1) as pool:
        started = pool.submit(local.start, settings)
        until(lambda: killed(settings))
        with pytest.raises(Unavailable) as refusal:
            started.result()
    assert (refusal.value.code, refusal.value.why) == ("E1711", "SIGKILL ended it.")


def killed(settings: Settings) -> bool:
    """End the process that was just started for the folder, if it is there."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = int(place.name) != os.getpid() and settings.home.encode() in (place / "environ").read_bytes()
        except OSError:
            continue
        if is_ours:
            os.kill(int(place.name), signal.SIGKILL)
            return True
    return False


def test_a_folder_belongs_to_one_process(settings: Settings) -> None:
    held = lock.claim(settings)
    try:
        assert lock.running(settings) == os.getpid()
        with pytest.raises(Unavailable) as refusal:
            lock.claim(settings)
        assert refusal.value.what == "The control plane runs already."
    finally:
        os.close(held)
    assert lock.running(settings) == 0


def test_the_sign_in_link_opens_one_session(settings: Settings) -> None:
    local.start(settings, wait=30.0)
    url, _, secret = local.sign_in_url(settings).partition("#")
    assert url == f"{settings.url}/sign-in"
    with httpx2.Client(trust_env=False) as browser:
        assert browser.get(url).is_success
        first = browser.post(url, data={"secret": secret})
        assert (first.status_code, first.headers["location"]) == (303, "/")
        assert browser.post(url, data={"secret": secret}).status_code == 401


def test_the_sign_in_link_leads_to_where_people_open_the_pages(settings: Settings) -> None:
    local.start(settings, wait=30.0)
    opened = msgspec.structs.replace(settings, public_url="https://lamp.example.com/")
    assert local.sign_in_url(opened).startswith("https://lamp.example.com/sign-in#")


def test_serving_is_stopped_although_the_database_is_damaged(settings: Settings) -> None:
    environment = Environment(name="prod", level=Level.PRODUCTION, port=free_port())
    target = target_of(settings, environment)
    target.route(environment, Route(environment="prod", revision=1), Credentials())
    target.apply(environment)
    assert target.observe(environment).alive
    Path(settings.database_url.removeprefix("sqlite:///")).write_bytes(b"no database" * 1000)
    assert local.stop(settings) == ["serving of prod"]
    assert processes_of(settings) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_a_user_without_a_name_owns_a_platform_too() -> None:
    program = "import os; from lamplighter.lifecycle.people import owner_address; os.setuid(54_321); print(owner_address())"
    named = {"LOGNAME", "USER", "LNAME", "USERNAME"}
    environ = {name: value for name, value in os.environ.items() if name not in named}
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("owner@localhost\n", "")
