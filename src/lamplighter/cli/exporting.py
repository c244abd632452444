"""RECORD: export."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session

#: What is exported for people, not for a tool.
INVENTORY = "inventory"


@click.command(cls=Verb)
@click.argument("tool", metavar="TOOL|inventory")
@click.argument("kind", metavar="", default="")
@click.option("--out", "out", default=".", metavar="DIR", help="where the files go; default: here")
@click.option("--as", "form", metavar="FORM", default="", help="inventory only: csv (default), json or parquet")
@click.option("--columns", metavar="FILE", default="", help="inventory only: other columns, such as a changed copy of ours")
@click.option(
    "--address", metavar="URL", default="", help="where a tool is to reach the platform; default: where it answers now"
)
@with_session
def export(session: Session, tool: str, kind: str, out: str, form: str, columns: str, address: str) -> Page:
    """Write files for another tool (prometheus, grafana, kubernetes), for a CI (ci github, ci gitlab), or the inventory of all
    models with its columns explained. Files that are there by their names are replaced."""
    from lamplighter import plugins
    from lamplighter.domain.names import unknown

    if tool == INVENTORY and not kind:
        if address:
            raise click.UsageError("--address goes with files for another tool.")
        from lamplighter.cli.inventory import inventory_page

        return inventory_page(session, out, form, columns)
    tools = {name.replace("_", " "): name for name in plugins.names("bridges")}
    words = f"{tool} {kind}".strip()
    if words not in tools:
        raise unknown("export", words, (*tools, INVENTORY))
    if form or columns:
        raise click.UsageError("--as and --columns go with lamp export inventory.")
    return _for_tool(session, tools[words], out, address)


def _for_tool(session: Session, tool: str, out: str, address: str) -> Page:
    from lamplighter import plugins
    from lamplighter.bridges.base import Estate

    bridge = plugins.plugin("bridges", tool)
    estate = Estate(url=address.rstrip("/") or session.address(""), environments=tuple(session.platform.environments()))
    place = session.path(out)
    place.mkdir(parents=True, exist_ok=True)
    made = bridge.files(estate)
    for file in made:
        (place / file.name).parent.mkdir(parents=True, exist_ok=True)
        (place / file.name).write_text(file.content)
    return Page(
        says=f"✓ {len(made)} files for {tool.replace('_', ' ')} are in {out}.",
        data={"tool": tool.replace("_", " "), "files": [{"name": file.name, "use": file.use} for file in made]},
        facts=[(file.name, file.use) for file in made],
    )


COMMANDS: Mapping[str, click.Command] = {"export": export}
