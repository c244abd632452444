"""The flags that every command takes, before or after its name, and the click classes that know them."""

from dataclasses import dataclass
from typing import Any

import click


@dataclass
class Flags:
    """What the flags of every command say."""

    json: bool = False
    quiet: bool = False
    verbose: bool = False
    yes: bool = False
    no_color: bool = False
    url: str = ""
    #: Seconds to wait for an answer or for an operation; nothing means the default of the place.
    timeout: float | None = None
    #: Folder in which the command works.
    folder: str = "."


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value not in (None, False):
        setattr(context.find_root().obj.flags, str(parameter.name), value)


def _flag(*names: str, says: str, **attributes: Any) -> click.Option:
    return click.Option(names, help=says, hidden=True, expose_value=False, callback=_remember, **attributes)


#: The flags of every command; there are no others that work everywhere.
FLAGS: tuple[click.Option, ...] = (
    _flag("--json", is_flag=True, says="one JSON object on stdout"),
    _flag("-q", "--quiet", is_flag=True, says="the answer only"),
    _flag("-v", "--verbose", is_flag=True, says="the traceback too, if something fails"),
    _flag("--url", metavar="URL", says="which platform"),
    _flag("--yes", is_flag=True, says="answer yes to the question that a command asks"),
    _flag("--no-color", is_flag=True, says="no colours"),
    _flag("--timeout", type=click.FloatRange(min=0.1), metavar="S", says="seconds to wait"),
    _flag("-C", "folder", metavar="DIR", type=click.Path(exists=True, file_okay=False), says="work in this folder"),
)
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 80}


class Verb(click.Command):
    """A command that takes the flags of every command."""

    def __init__(self, *positional: Any, **named: Any) -> None:
        super().__init__(*positional, **{"context_settings": _SETTINGS, **named})

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its own parameters, then the flags."""
        return [*super().get_params(ctx), *FLAGS]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Name the flags of every command in one line."""
        formatter.write_paragraph()
        formatter.write_text("Also: --json -q -v --url --yes --no-color --timeout -C (lamp --help)")


class Noun(click.Group):
    """A noun with its verbs, which takes the flags of every command."""

    command_class = Verb

    def __init__(self, *positional: Any, **named: Any) -> None:
        super().__init__(*positional, **{"context_settings": _SETTINGS, **named})

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its own parameters, then the flags."""
        return [*super().get_params(ctx), *FLAGS]

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that the first word names; an unknown one is refused with the nearest that exists."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise unknown_command(ctx, args[0], self.list_commands(ctx))
        return super().resolve_command(ctx, args)


def unknown_command(context: click.Context, word: str, known: list[str]) -> click.UsageError:
    """The refusal of a word that is no command."""
    import difflib

    near = difflib.get_close_matches(word, known, n=1)
    refusal = click.UsageError(f"There is no command {context.command_path} {word}.", context)
    refusal.add_note(f"Did you mean {context.command_path} {near[0]}?" if near else f"See {context.command_path} --help.")
    return refusal
