"""The root of all commands: finds each in its file when it is asked for, prints the help, and ends with an exit code."""

import importlib
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from lamplighter import __version__
from lamplighter.cli.flags import FLAGS, Noun
from lamplighter.cli.headings import Entry
from lamplighter.cli.session import Session


class Root(Noun):
    """`lamp` itself."""

    def __init__(self, name: str, headings: Mapping[str, Mapping[str, Entry]]) -> None:
        super().__init__(name)
        self._headings = headings
        self._entries = {name: entry for entries in headings.values() for name, entry in entries.items()}
        self.params = [
            click.Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version, hidden=True)
        ]

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Every command in the order of the help."""
        return list(self._entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name; its file is read now."""
        entry = self._entries.get(cmd_name)
        if entry is None:
            return None
        module = importlib.import_module(f"lamplighter.cli.{entry.module}")
        found: click.Command = module.COMMANDS[cmd_name]
        return found

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The whole table, without reading any command's file."""
        formatter.write("Usage: lamp COMMAND [ARGUMENTS] [FLAGS]\n")
        forms = [f"{name} {entry.form}".strip() for name, entry in self._entries.items()]
        width = max(len(form) for form in forms if len(form) < 30)
        for heading, entries in self._headings.items():
            formatter.write(f"\n{heading}\n")
            for name, entry in entries.items():
                form = f"{name} {entry.form}".strip()
                gap = f"\n  {'':<{width}}" if len(form) > width else ""
                formatter.write(f"  {form:<{width}}{gap}  {entry.says}\n")
        formatter.write("\nFLAGS of every command, before or after its name\n")
        for flag in FLAGS:
            name = f"{', '.join(flag.opts)} {flag.metavar or ''}".strip()
            formatter.write(f"  {name:<{width}}  {flag.help}\n")
        formatter.write("\nHow a model and its versions are named: lamp help refs\n")

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,  # noqa: ARG002
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002
        windows_expand_args: bool = True,  # noqa: ARG002
        **extra: Any,
    ) -> Any:
        """Carry out one command line and end the process; `obj` may be a session with other surroundings."""
        words = list(sys.argv[1:] if args is None else args)
        session = extra.pop("obj", None) or Session()
        session.words = tuple(words)

        def run() -> object:
            return super(Root, self).main(words, "lamp", complete_var, standalone_mode=False, obj=session, **extra)

        sys.exit(session.carry_out(run))


def _version(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"lamp {__version__}")
        context.exit()
