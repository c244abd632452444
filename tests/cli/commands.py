"""Two ways to run a command: the real executable, and this process with a platform handed in."""

import json
import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner

from lamplighter.cli.headings import HEADINGS
from lamplighter.cli.root import Root
from lamplighter.cli.session import Session

LAMP = Path(sysconfig.get_path("scripts")) / "lamp"


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object on stdout."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)


def lamp(*words: str, folder: Path | None = None, typed: str = "", **variables: str) -> Outcome:
    """The real executable, without a terminal."""
    done = subprocess.run(
        [LAMP, *words],
        cwd=folder,
        env={**os.environ, "PYTHONWARNINGS": "error", **variables},
        input=typed,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def told(platform: object, *words: str, typed: str = "", terminal: bool = False) -> Outcome:
    """The command in this process, speaking to this platform."""
    session = Session(opener=lambda _url, _timeout: platform, terminal=terminal)  # type: ignore[arg-type, return-value]
    return _carried_out(session, words, typed)


def here(*words: str, typed: str = "") -> Outcome:
    """The command in this process, speaking to the platform of the surroundings."""
    return _carried_out(Session(terminal=False), words, typed)


def _carried_out(session: Session, words: tuple[str, ...], typed: str) -> Outcome:
    done = CliRunner().invoke(Root("lamp", HEADINGS), list(words), obj=session, input=typed)
    return Outcome(done.exit_code, done.stdout, done.stderr)
