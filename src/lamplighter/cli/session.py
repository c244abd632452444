"""One command line being carried out: its flags, the platform it speaks to, what it says, and how it ends."""

import os
import shlex
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from lamplighter.cli import refusal
from lamplighter.cli.deeds import noting
from lamplighter.cli.flags import Flags
from lamplighter.cli.page import Page, for_programs, written
from lamplighter.cli.refusal import Declined, NotDone
from lamplighter.domain.errors import Invalid, LampError

if TYPE_CHECKING:  # the interface loads every noun, which help does not need
    from lamplighter.sdk.interface import Platform

#: How a platform is opened: address (empty means that the surroundings say it) and seconds to wait for an answer.
Opener = Callable[[str, float], "Platform"]
Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

#: Seconds to wait for one answer of the platform.
PATIENCE = 30.0


class Session:
    """The surroundings of one command line."""

    def __init__(self, *, opener: Opener | None = None, terminal: bool | None = None) -> None:
        self._opener = opener or opened
        self._terminal = terminal
        self.flags = Flags()
        #: The words of the command line behind `lamp`.
        self.words: tuple[str, ...] = ()
        #: Name of the command, its words joined by hyphens.
        self.command = ""
        self._closing = ExitStack()
        #: What holds if the command is interrupted now.
        self.standing = "Nothing was changed."

    @cached_property
    def platform(self) -> "Platform":
        """The platform that flags and surroundings name; raises `Unauthenticated`. What is asked of it is noted."""
        return noting(self.held(self._opener(self.flags.url, self.flags.timeout or PATIENCE)), self._note)

    def _note(self, deed: str) -> None:
        self.standing = f"The platform was asked to {deed} and may have done it."

    def held(self, platform: "Platform") -> "Platform":
        """The platform itself; its connections are closed when the command ends."""
        self._closing.callback(getattr(platform, "close", lambda: None))
        return platform

    def address(self, path: str) -> str:
        """Address of a page of the platform."""
        return f"{getattr(self.platform, 'url', '')}{path}"

    def path(self, text: str) -> Path:
        """A path as the command line means it."""
        return Path(self.flags.folder) / text

    @property
    def terminal(self) -> bool:
        """Whether somebody sits there who can be asked."""
        if self._terminal is not None:
            return self._terminal
        return sys.stdin.isatty() and sys.stderr.isatty()

    def say(self, text: str) -> None:
        """A line of talk, on stderr."""
        if not self.flags.quiet:
            _tell(self._coloured(text, sys.stderr), err=True)

    def ask(self, question: str, details: Sequence[str]) -> None:
        """Go on only after a yes; raises `Declined`, or `Invalid` where nobody can be asked."""
        if self.flags.yes:
            return
        if not self.terminal:
            raise Invalid(
                "This needs a yes, and nobody can be asked.",
                why=question,
                fix=f"If that is meant: {shlex.join(['lamp', *self.words, '--yes'])}",
                code="E1182",
            )
        for line in (question, *(f"  {detail}" for detail in details)):
            _tell(line, err=True)
        if not click.confirm(" ", default=False, err=True, prompt_suffix=" "):
            raise Declined

    def carry_out(self, run: Callable[[], object]) -> int:
        """Run, print what came of it, and give the exit code."""
        with self._closing:
            return self._carry_out(run)

    def _carry_out(self, run: Callable[[], object]) -> int:
        try:
            done = run()
            return self.show(done) if isinstance(done, Page) else int(str(done or 0))
        except click.exceptions.NoArgsIsHelpError as error:
            _tell(error.format_message(), err=True)
            return error.exit_code
        except click.ClickException as error:
            return self._refused(refusal.of_usage(error))
        except LampError as error:
            refusal.keep_story(error, self.words)
            return self._refused(error)
        except (click.Abort, KeyboardInterrupt) as error:
            return self._interrupted(error)
        except Exception as error:
            return self._refused(refusal.of_defect(error, refusal.keep_story(error, self.words)), cause=error)

    def show(self, page: Page) -> int:
        """Print an answer; gives its exit code."""
        if self.flags.json:
            from lamplighter.cli import plain

            _tell(plain.printed(for_programs(page, self.command, plain.plain)))
            return page.code
        for warning in page.warnings:
            self.say(f"! {warning}")
        self._print(page)
        return page.code

    def _print(self, page: Page) -> None:
        for line in written(page, quiet=self.flags.quiet):
            _tell(self._coloured(line, sys.stdout))

    def _refused(self, error: LampError, cause: BaseException | None = None) -> int:
        if self.flags.verbose:
            import traceback

            _tell("".join(traceback.format_exception(cause or error)), err=True, nl=False)
        page = error.page if isinstance(error, NotDone) else None
        if self.flags.json or "--json" in self.words:
            from lamplighter.cli import plain

            _tell(refusal.printed(error, plain.plain(page.data) if page else None))
        else:
            if page:
                self._print(page)
            for line in refusal.written(error):
                _tell(self._coloured(line, sys.stderr), err=True)
        return (page.code if page else 0) or refusal.exit_code(error)

    def _interrupted(self, error: BaseException) -> int:
        word = "Stopped" if isinstance(error, Declined) else "Interrupted"
        _tell(f"{word}. {self.standing}", err=True)
        return refusal.INTERRUPTED

    def _coloured(self, text: str, stream: Any) -> str:
        plain = self.flags.no_color or os.environ.get("NO_COLOR") or os.environ.get("CI") or not stream.isatty()
        if plain:
            return text
        from lamplighter.cli.marks import painted

        return painted(text)


def _tell(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print it. Whoever reads it, such as `head`, may have enough: what else is said then is for nobody, and no defect."""
    try:
        click.echo(text, err=err, nl=nl)
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, (sys.stderr if err else sys.stdout).fileno())
        os.close(nowhere)


def opened(url: str, timeout: float) -> "Platform":
    """The platform of the surroundings, over HTTP; raises `Unauthenticated`."""
    from lamplighter.sdk.connect import connect

    return connect(url or None, timeout=timeout)


def with_session(function: Callable[Concatenate[Session, Arguments], Answer]) -> Callable[Arguments, Answer]:
    """A command that is handed its session first."""

    def run(*positional: Arguments.args, **named: Arguments.kwargs) -> Answer:
        context = click.get_current_context()
        session: Session = context.find_root().obj
        session.command = "-".join(context.command_path.split()[1:])
        return function(session, *positional, **named)

    run.__doc__ = function.__doc__
    run.__name__ = function.__name__
    run.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    return run
