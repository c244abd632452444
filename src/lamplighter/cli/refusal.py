"""How a command ends when it does not succeed: four parts for people, one object for programs, one table of exit codes."""

import json
import os
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from lamplighter.cli.page import Page, named
from lamplighter.cli.table import WIDTH, wrapped
from lamplighter.domain import errors
from lamplighter.domain.errors import LampError

#: Exit code of each kind. The first kind that fits counts.
EXIT_CODES: Mapping[type[LampError], int] = {
    errors.Invalid: 2,
    errors.NotFound: 3,
    errors.Unauthenticated: 4,
    errors.NotAllowed: 4,
    errors.Blocked: 5,
    errors.Conflict: 6,
    errors.TimedOut: 7,
    errors.Unavailable: 1,
    LampError: 1,
}
#: The thing asked about is failing, or a rollout stopped itself.
FAILING = 8
#: Somebody pressed Ctrl-C, or said no.
INTERRUPTED = 130


class NotDone(errors.Blocked):
    """A deed that was refused or did not last, with the page that tells how far it came."""

    def __init__(self, page: Page, what: str, *, why: str, fix: str, code: str) -> None:
        super().__init__(what, why=why, fix=fix, code=code)
        self.page = page


class Declined(click.Abort):
    """Somebody was asked and did not say yes."""


def exit_code(error: LampError) -> int:
    """The exit code of an error, by its kind."""
    return next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind))


def of_usage(error: click.ClickException) -> errors.Invalid:
    """A command line that click refused, in our words."""
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "lamp"
    near = [f"Did you mean {word}?" for word in getattr(error, "possibilities", None) or ()][:1]
    notes = [*getattr(error, "__notes__", ()), *near, f"See {path} --help."]
    why = (error.message if isinstance(error, click.NoSuchOption) else error.format_message()).strip()
    return errors.Invalid("The command was not understood.", why=why, fix=notes[0], code="E1181")


def of_defect(error: Exception, log: Path) -> LampError:
    """Something that nobody expected."""
    return LampError(
        "lamp failed.",
        why=f"It met something it does not expect: {type(error).__name__}. That is a defect of lamp.",
        fix=f"The whole story is in {log}; -v prints it.",
        code="E1000",
    )


def written(error: LampError) -> list[str]:
    """The four parts as lines: what with its code, why, fix, more."""
    what = wrapped(f"✗ {error.what}", WIDTH)
    short = len(what[-1]) + len(error.code) + 3 <= WIDTH
    head = [*what[:-1], f"{what[-1]}{error.code:>{WIDTH - len(what[-1])}}"] if short else [*what, f"{error.code:>{WIDTH}}"]
    return [*head, *named([("Why", error.why), ("Fix", error.fix), ("More", f"lamp explain {error.code}")])]


def for_programs(error: LampError, data: Any = None) -> dict[str, Any]:
    """The one object that `--json` prints."""
    parts = {"code": error.code, "what": error.what, "why": error.why, "fix": error.fix}
    return {"schema": "lamp/error/v1", "ok": False, "error": parts, **({} if data is None else {"data": data})}


def printed(error: LampError, data: Any = None) -> str:
    """The same as a line of text."""
    return json.dumps(for_programs(error, data), ensure_ascii=False)


def log_file() -> Path:
    """Where the story of the last error is kept: in the folder of the platform on this machine."""
    from lamplighter.settings import read_settings

    try:
        folder = read_settings().folder
    except LampError:
        folder = Path.home() / ".local" / "state" / "lamplighter"
    return folder / "last-error.log"


def keep_story(error: BaseException, words: tuple[str, ...]) -> Path:
    """Write the traceback where only this user can read it; a disk that takes nothing is no reason to fail twice."""
    file = log_file()
    text = f"lamp {words[0] if words else ''}\n{''.join(traceback.format_exception(error))}"
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(text)
    except OSError:
        pass
    return file
