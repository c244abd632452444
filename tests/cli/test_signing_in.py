"""Tokens go only where nobody else can read them, and are kept where nobody else can."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
from tests.cli.commands import here, lamp

from lamplighter.domain.identity import Person, Role

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
    "address", ["http://lamp.example.com", "ftp://127.0.0.1", "lamp.example.com", "https://", "http://127.0.0.1.example.com"]
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
