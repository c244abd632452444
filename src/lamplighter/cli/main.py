"""The way into `lamp`. Its version needs nothing but this file."""

import sys

from lamplighter import __version__


def main() -> None:
    """Run the command that the arguments name; ends the process with one of the exit codes of `lamp help exit-codes`."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"lamp {__version__}\n")
        return
    from lamplighter.cli.headings import HEADINGS
    from lamplighter.cli.root import Root

    Root("lamp", HEADINGS).main(prog_name="lamp")
