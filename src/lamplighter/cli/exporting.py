"""RECORD: export."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session


@click.command(cls=Verb)
@click.argument("tool", metavar="TOOL")
@click.option("--out", "out", default=".", metavar="DIR", help="where the files go; default: here")
@with_session
def export(session: Session, tool: str, out: str) -> Page:
    """Write files for another tool: prometheus or grafana. Files that are there by their names are replaced."""
    from lamplighter import plugins
    from lamplighter.bridges.base import Estate

    bridge = plugins.plugin("bridges", tool)
    estate = Estate(url=session.address(""), environments=tuple(session.platform.environments()))
    place = session.path(out)
    place.mkdir(parents=True, exist_ok=True)
    made = bridge.files(estate)
    for file in made:
        (place / file.name).write_text(file.content)
    return Page(
        says=f"✓ {len(made)} files for {tool} are in {out}.",
        data={"tool": tool, "files": [{"name": file.name, "use": file.use} for file in made]},
        facts=[(file.name, file.use) for file in made],
    )


COMMANDS: Mapping[str, click.Command] = {"export": export}
