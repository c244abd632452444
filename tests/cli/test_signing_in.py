"""Tokens go only where nobody else can read them, and are kept where nobody else can."""

import os
import platform
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from click.testing import CliRunner
from tests.cli.commands import Outcome, here, lamp

from lamplighter.cli.headings import HEADINGS
from lamplighter.cli.root import Root
from lamplighter.cli.session import Session
from lamplighter.domain.errors import TimedOut
from lamplighter.domain.identity import Person, Role
from lamplighter.sdk import device_sign_in

ADA = Person(email="ada@example.com", name="Ada", roles=(Role.RISK,))


class Door(BaseHTTPRequestHandler):
    """Knows one token."""

    def do_GET(self) -> None:
        good = self.headers["Authorization"] == "Bearer lmp_pat_good"
        problem = {"title": "You are not signed in.", "why": "It is unknown.", "code": "E1312"}
        body = msgspec.json.encode(ADA if good else problem)
        self.send_response(200 if good else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_in_and_out(url: str, tmp_path: Path) -> None:
    file = tmp_path / "login.toml"
    outcome = lamp("login", url, "--token-stdin", typed="lmp_pat_good\n")
    assert outcome == (
        0,
        f"✓ Signed in at {url} as ada@example.com.\nNext: lamp whoami      lamp list\n{url}\n",
        "",
    )
    assert file.stat().st_mode & 0o777 == 0o600
    assert here("whoami").out == f"ada@example.com (Ada): risk.\nNext: lamp list --needs me\n{url}\n"
    assert lamp("logout").out.startswith("✓ Signed out.\n")
    assert not file.exists()
    assert here("logout").out.startswith("You were not signed in.\n")


def test_a_token_that_is_not_good_is_not_kept(url: str, tmp_path: Path) -> None:
    outcome = here("login", url, "--token-stdin", typed="lmp_pat_bad\n")
    assert (outcome.code, "E1312" in outcome.err) == (4, True)
    assert "lmp_pat_bad" not in outcome.err + outcome.out
    assert not (tmp_path / "login.toml").exists()


@pytest.mark.parametrize(
    "address",
    ["http://lamp.example.com", "ftp://127.0.0.1", "https://[", "lamp.example.com", "https://", "http://127.0.0.1.example.com"],
)
def test_a_token_is_not_sent_in_the_clear(address: str) -> None:
    outcome = here("login", address, "--token-stdin", typed="lmp_pat_good\n")
    assert (outcome.code, "E1192" in outcome.err) == (2, True)


@pytest.mark.parametrize("typed", ["", "\n", 'x"\nurl = "y\n', "two words\n"])
def test_what_is_no_token(url: str, typed: str, tmp_path: Path) -> None:
    outcome = here("login", url, "--token-stdin", typed=typed)
    assert outcome.code in (2, 4)
    assert not (tmp_path / "login.toml").exists()


def test_without_a_terminal_nobody_is_asked(url: str) -> None:
    assert "E1193" in here("login", url).err


class Allowing(Door):
    """Signs a command in by the device flow: says what it is told to say, and then gives the token that it knows."""

    answers: ClassVar[list[tuple[int, dict[str, object]]]] = []
    asked: ClassVar[list[str]] = []
    begun: ClassVar[dict[str, object]] = {}

    def do_POST(self) -> None:
        self.asked.append(self.path.rpartition("/")[2] + "?" + self.rfile.read(int(self.headers["Content-Length"])).decode())
        status, said = (200, self.begun) if self.path.endswith("authorizations") else self.answers.pop(0)
        body = msgspec.json.encode(said)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


PENDING: tuple[int, dict[str, object]] = (400, {"error": "authorization_pending"})
SLOW: tuple[int, dict[str, object]] = (400, {"error": "slow_down"})
GIVEN: tuple[int, dict[str, object]] = (200, {"access_token": "lmp_pat_good", "token_type": "Bearer", "expires_in": 60})


@pytest.fixture
def allowing() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Allowing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        Allowing.asked.clear()
        Allowing.begun.clear()
        Allowing.begun.update(
            device_code="a-long-code-of-the-command", user_code="WDJB-MJHT", verification_uri=f"{url}/device", expires_in=600
        )
        yield url
        server.shutdown()
        thread.join()


def on_terminal(*words: str) -> Outcome:
    done = CliRunner().invoke(Root("lamp", HEADINGS), list(words), obj=Session(terminal=True))
    return Outcome(done.exit_code, done.stdout, done.stderr)


def test_on_a_terminal_somebody_allows_it_in_the_browser(allowing: str, tmp_path: Path) -> None:
    Allowing.begun["interval"] = 1
    Allowing.answers[:] = [PENDING, GIVEN]
    file = tmp_path / "login.toml"
    file.write_text("")
    file.chmod(0o644)
    outcome = on_terminal("login", allowing)
    assert outcome.code == 0
    assert outcome.out.startswith(f"✓ Signed in at {allowing} as ada@example.com.\n")
    assert f"Open {allowing}/device in any browser. The page asks for this code:\n\n    WDJB-MJHT\n" in outcome.err
    assert "lmp_pat" not in outcome.out + outcome.err
    assert (file.stat().st_mode & 0o777, here("whoami").code) == (0o600, 0)
    assert [one.partition("?")[0] for one in Allowing.asked] == ["authorizations", "tokens", "tokens"]
    assert f"machine={platform.node()}" in Allowing.asked[0]


@pytest.mark.parametrize(
    ("answers", "code", "said"),
    [
        ([(400, {"error": "access_denied"})], 4, "E1464"),
        ([(400, {"error": "expired_token"})], 7, "E1463"),
        ([(400, {"error": "\x1b[31mred"})], 1, "E1466"),
    ],
)
def test_what_ends_the_wait(allowing: str, tmp_path: Path, answers: list[Any], code: int, said: str) -> None:
    Allowing.begun["interval"] = 1
    Allowing.answers[:] = answers
    outcome = on_terminal("login", allowing)
    assert (outcome.code, said in outcome.err, "\x1b" in outcome.err) == (code, True, False)
    assert not (tmp_path / "login.toml").exists()


def test_a_platform_that_knows_no_device_flow_is_named(url: str) -> None:
    outcome = on_terminal("login", url)
    assert (outcome.code, "E1468" in outcome.err) == (3, True)


@pytest.mark.parametrize(
    "changed",
    [
        {"user_code": "\x1b[2J-MJHT"},
        {"verification_uri": "file:///etc/passwd"},
        {"verification_uri": "https://x\x1b]0;y"},
        {"verification_uri_complete": "--remote-debugging-port=1"},
        {"expires_in": -1},
        {"device_code": "short"},
    ],
)
def test_a_platform_writes_nothing_else_onto_the_terminal(allowing: str, changed: dict[str, object]) -> None:
    Allowing.begun.update(changed)
    outcome = on_terminal("login", allowing)
    assert (outcome.code, "E1468" in outcome.err, "\x1b" in outcome.err) == (3, True, False)


def test_the_command_waits_as_the_rfc_wants_it(allowing: str) -> None:
    slept: list[float] = []
    Allowing.answers[:] = [PENDING, SLOW, PENDING, (503, {"error": "temporarily_unavailable"}), SLOW, GIVEN]
    begun = device_sign_in.begin(allowing)
    assert device_sign_in.wait(allowing, begun, sleep=slept.append) == "lmp_pat_good"
    assert slept == [5, 5, 10, 10, 20, 25]
    # Where nothing answers it asks less and less often, and gives up when the code is too old.
    slept.clear()
    with pytest.raises(TimedOut):
        device_sign_in.wait("http://127.0.0.1:9", begun, sleep=slept.append)
    assert slept == [5, 10, 20, 40, 80, 160, 285]


_PROGRAM = """
import os
from lamplighter.cli.signing_in import shown_in_browser

print(shown_in_browser("https://a.example/device/A"), shown_in_browser("http://a.example/device/B"))
for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "CI"):
    os.environ[name] = "x"
    print(shown_in_browser("https://a.example/device/C"))
    del os.environ[name]
"""


def test_the_browser_is_opened_where_the_person_sits_and_nowhere_else(tmp_path: Path) -> None:
    browser, asked = tmp_path / "browser", tmp_path / "asked"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {asked}\n')
    browser.chmod(0o700)
    away = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "CI")
    variables = {name: value for name, value in os.environ.items() if name not in away} | {"BROWSER": str(browser)}
    done = subprocess.run([sys.executable, "-c", _PROGRAM], env=variables, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", *["False"] * 5]
    assert asked.read_text() == "https://a.example/device/A\n"
