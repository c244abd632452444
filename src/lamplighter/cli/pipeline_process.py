"""A command for one project, in a process of its own: modules of one project must not be taken for those of the next."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lamplighter.cli.reports import Problem
from lamplighter.cli.session import Session
from lamplighter.domain.errors import LampError
from lamplighter.domain.toml_lines import line_of

_MAIN = "from lamplighter.cli.main import main; main()"
_PLACE = re.compile(r"`?\$\.?([\w.\[\]]+)|\b(?:The field |`)?([a-z_0-9]+(?:\.[a-z_0-9]+)+)\b")
_LINE = re.compile(r"\bline (\d+)\b")


@dataclass(frozen=True)
class Done:
    """How it ended."""

    code: int
    #: What `--json` printed; empty where it did not come so far.
    said: Mapping[str, Any]
    seconds: float

    @property
    def data(self) -> Mapping[str, Any]:
        """The answer, as far as there is one."""
        return self.said.get("data") or {}

    @property
    def error(self) -> Mapping[str, str]:
        """The refusal; empty if it was done."""
        return self.said.get("error") or {}


def run(session: Session, *words: str) -> Done:
    """Run `lamp` with these words, for programs; what it tells goes to stderr."""
    begun = time.monotonic()
    flags = [*(["--url", session.flags.url] if session.flags.url else []), *(["-q"] if session.flags.quiet else [])]
    flags += ["--timeout", str(session.flags.timeout)] if session.flags.timeout else []
    command = [sys.executable, "-c", _MAIN, "--json", *flags, *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False, env={**os.environ, "PYTHONUNBUFFERED": "1"})  # noqa: S603
    try:
        said = json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}
    except ValueError:
        said = {}
    return Done(done.returncode, said, time.monotonic() - begun)


def problem(done: Done, folder: Path, place: str) -> Problem:
    """What was refused, at its line of lamp.toml."""
    said = done.error
    what = said.get("what", f"lamp ended with {done.code} and said nothing.")
    told = {name: said.get(name, "") for name in ("why", "fix")}
    return Problem(
        code=said.get("code", "E1000"), what=what, **told, file=f"{place}/lamp.toml", line=line(folder, f"{what} {told['why']}")
    )


def problem_of(error: LampError, place: str) -> Problem:
    """The same for what the platform refused."""
    return Problem(code=error.code, what=error.what, why=error.why, fix=error.fix, file=f"{place}/lamp.toml")


def line(folder: Path, told: str) -> int:
    """The line of lamp.toml that a refusal speaks of; the first where it names none."""
    text = (folder / "lamp.toml").read_text(errors="replace")
    if (named := _LINE.search(told)) is not None:
        return min(int(named[1]), text.count("\n") + 1)
    places = (found[1] or found[2] for found in _PLACE.finditer(told))
    return next((at for place in places if (at := line_of(text, place))), 1)
