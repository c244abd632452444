"""How a command ends when it does not succeed."""

import json
import os
import pty
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.cli.commands import LAMP, here, lamp, told
from tests.cli.memory import Memory

from lamplighter.cli.refusal import exit_code
from lamplighter.domain import errors
from lamplighter.domain.errors import LampError


def test_every_kind_has_its_exit_code() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, LampError)]
    codes = {kind.__name__: exit_code(kind("", why="", fix="")) for kind in kinds}
    assert codes == {
        "LampError": 1,
        "Invalid": 2,
        "NotFound": 3,
        "NotAllowed": 4,
        "Unauthenticated": 4,
        "Blocked": 5,
        "Conflict": 6,
        "TimedOut": 7,
        "Unavailable": 1,
    }


def test_four_parts_and_no_traceback() -> None:
    outcome = lamp("status", "late-flights")
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err == (
        "✗ You are not signed in.                                                   E1311\n"
        "  Why   There is no token for http://127.0.0.1:7070.\n"
        "  Fix   Sign in with lamp login, set LAMP_TOKEN, or start a platform of your own\n"
        "        with lamp up.\n"
        "  More  lamp explain E1311\n"
    )


def test_an_error_for_programs() -> None:
    for words in (("--json", "status", "late-flights"), ("status", "late-flights", "--json")):
        outcome = here(*words)
        assert outcome.code == 4
        assert outcome.err == ""
        assert outcome.json == {
            "schema": "lamp/error/v1",
            "ok": False,
            "error": {
                "code": "E1311",
                "what": "You are not signed in.",
                "why": "There is no token for http://127.0.0.1:7070.",
                "fix": "Sign in with lamp login, set LAMP_TOKEN, or start a platform of your own with lamp up.",
            },
        }


def test_a_wrong_command_line_for_programs() -> None:
    assert here("status", "--bogus", "--json").json["error"]["code"] == "E1181"


def test_the_story_is_kept_for_this_user_only(tmp_path: Path) -> None:
    here("status", "late-flights")
    log = tmp_path / "home" / "last-error.log"
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_the_traceback_is_shown_if_asked_for() -> None:
    assert here("-v", "status", "late-flights").err.startswith("Traceback")


def test_a_defect_is_told_without_a_traceback() -> None:
    class Broken(Memory):
        def status(self, model: str) -> Any:
            raise ZeroDivisionError("secret 42")

    outcome = told(Broken(), "status", "late-flights")
    assert outcome.code == 1
    assert outcome.err.startswith("✗ lamp failed.  ")
    assert "ZeroDivisionError" in outcome.err
    assert "secret" not in outcome.err


def test_nobody_answers() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        outcome = lamp("status", "late-flights", "--url", url, LAMP_TOKEN="x")
    assert outcome.code == 1
    assert outcome.err.startswith(f"✗ No answer from {url}. ")


def test_an_unknown_model_is_refused_with_the_nearest() -> None:
    outcome = told(Memory(), "status", "late-flight")
    assert outcome.code == 3
    assert "Did you mean late-flights?" in outcome.err


def test_a_version_that_would_be_ignored_is_refused() -> None:
    outcome = told(Memory(), "status", "late-flights@7")
    assert (outcome.code, "E1183" in outcome.err) == (2, True)


# Questions


def test_without_a_terminal_a_rollback_needs_yes() -> None:
    platform = Memory()
    outcome = told(platform, "rollback", "late-flights", "--to", "5")
    assert (outcome.code, platform.deeds) == (2, [])
    assert "  Fix   If that is meant: lamp rollback late-flights --to 5 --yes\n" in outcome.err


def test_on_a_terminal_a_rollback_asks_once() -> None:
    platform = Memory()
    outcome = told(platform, "rollback", "late-flights", "--reason", "slow", terminal=True, typed="y\n")
    assert outcome.err == (
        "Roll back late-flights in prod from v7 to v6?\n"
        "  v7 has served since 2026-03-03 14:32 CET.\n"
        "  All traffic moves at once; nothing restarts.\n"
        "  Undo: lamp promote late-flights@7 --to prod\n"
        "  [y/N] y\n"
    )
    assert outcome.out == (
        "✓ v6 of late-flights has all traffic in prod (0.4 s).\n"
        "Next: lamp status late-flights      lamp promote late-flights@7 --to prod\n"
        "http://127.0.0.1:7070/m/late-flights\n"
    )
    assert platform.deeds == [("roll_back", "late-flights", "prod", 0, "slow", 7)]


@pytest.mark.parametrize("typed", ["n\n", "\n"])
def test_no_means_no(typed: str) -> None:
    platform = Memory()
    outcome = told(platform, "rollback", "late-flights", terminal=True, typed=typed)
    assert (outcome.code, platform.deeds) == (130, [])
    assert outcome.err.endswith("Stopped. Nothing was changed.\n")


def test_yes_asks_nothing() -> None:
    platform = Memory()
    assert told(platform, "--yes", "rollback", "late-flights", "--to", "late-flights@5").code == 0
    assert platform.deeds == [("roll_back", "late-flights", "prod", 5, "", 7)]


def test_live_nowhere() -> None:
    outcome = told(Memory(live=()), "rollback", "late-flights", "--yes")
    assert (outcome.code, "E1280" in outcome.err) == (3, True)


# Interruption


class Interrupted(Memory):
    """Somebody presses Ctrl-C while the platform is at work."""

    def rollout(self, key: str) -> Any:
        raise KeyboardInterrupt

    def roll_back(self, model: str, environment: str, to: int = 0, reason: str = "", leaving: int = 0) -> Any:
        raise KeyboardInterrupt

    def status(self, model: str) -> Any:
        if self.overall == "unknown":
            raise KeyboardInterrupt
        return super().status(model)


@pytest.mark.parametrize(
    ("words", "standing"),
    [
        (("status", "late-flights"), "Nothing was changed."),
        (("rollback", "late-flights", "--env", "prod", "--yes"), "The platform was asked to roll back and may have done it."),
        (("deploy", "late-flights@8", "--env", "prod", "--wait", "-q"), "R-9 goes on by itself; see lamp rollout show R-9."),
    ],
    ids=["question", "deed", "wait"],
)
def test_an_interrupted_command_says_what_holds(words: tuple[str, ...], standing: str) -> None:
    platform = Interrupted(overall="unknown" if words[0] == "status" else "healthy")
    outcome = told(platform, *words)
    assert outcome.code == 130
    assert outcome.err.strip().splitlines()[-1] == f"Interrupted. {standing}"


def test_a_signal_ends_a_real_command_with_130(tmp_path: Path) -> None:
    """The server takes the connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        command = subprocess.Popen(
            # A shell that starts the tests in the background lets them ignore this signal, and with them their children.
            ["env", "--default-signal=INT", LAMP, "whoami", "--url", url],
            env={**os.environ, "LAMP_TOKEN": "x"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        connection, _ = silent.accept()
        command.send_signal(signal.SIGINT)
        out, err = command.communicate(timeout=60)
        connection.close()
    assert (command.returncode, out, err.strip()) == (130, "", "Interrupted. Nothing was changed.")


# Colour


def on_a_terminal(*words: str, **variables: str) -> str:
    """What the real executable prints on a terminal of its own."""
    leader, follower = pty.openpty()
    with subprocess.Popen([LAMP, *words], env={**os.environ, **variables}, stdin=follower, stdout=follower, stderr=follower):
        os.close(follower)
        found = b""
        while part := _read(leader):
            found += part
    os.close(leader)
    return found.decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # the other end is closed
        return b""


def test_shapes_have_colours_on_a_terminal_only() -> None:
    assert "\x1b[36m☀ healthy\x1b[0m" in on_a_terminal("help", "words")
    assert "\x1b" not in lamp("help", "words").out


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"CI": "true"}])
def test_colours_can_be_turned_off(variables: dict[str, str]) -> None:
    assert "\x1b" not in on_a_terminal("help", "words", **variables)


def test_no_color_is_a_flag_too() -> None:
    assert "\x1b" not in on_a_terminal("--no-color", "help", "words")


def test_json_is_the_same_everywhere() -> None:
    piped = lamp("explain", "E1311", "--json").out
    assert on_a_terminal("explain", "E1311", "--json").replace("\r\n", "\n") == piped
    assert lamp("explain", "E1311", "--json", LC_ALL="C").out == piped
    assert json.loads(piped)["schema"] == "lamp/explain/v1"
