"""RECORD: export."""

from collections.abc import Mapping

import click
from click.core import ParameterSource

from lamplighter.cli.flags import Verb
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV
from lamplighter.cli.session import Session, with_session

#: What is exported for people, not for a tool.
INVENTORY = "inventory"
#: What writes into the repository in which it is run.
CODEOWNERS = "codeowners"
#: What takes a model, or all of them.
BACKSTAGE = "backstage"
#: What takes a version.
KSERVE = "kserve"


@click.command(cls=Verb)
@click.argument("tool", metavar="TOOL|backstage|kserve|codeowners|inventory")
@click.argument("kind", metavar="[MODEL|REF|DIR]", default="")
@click.option("--out", "out", default=".", metavar="DIR", help="where the files go; default: here")
@click.option("--as", "form", metavar="FORM", default="", help="inventory only: csv (default), json or parquet")
@click.option("--columns", metavar="FILE", default="", help="inventory only: other columns, such as a changed copy of ours")
@click.option(
    "--address", metavar="URL", default="", help="where a tool is to reach the platform; default: where it answers now"
)
@click.option(
    "--image", metavar="NAME", default="", help="kserve only: the image that you built; default: that of the Dockerfile"
)
@click.option(
    "--storage", metavar="URI", default="", help="kserve only: where you put its files; default: pods ask the platform"
)
@click.option("--host", metavar="NAME", default="", help="kserve only: the name by which callers outside of the cluster come")
@ENV
@with_session
def export(session: Session, /, tool: str, kind: str, environment: str, **options: str) -> Page:
    """Write files for another tool (prometheus, grafana, kubernetes), for a CI (ci github, ci gitlab), for a version that
    KServe is to serve (kserve REF), for the catalog of Backstage (backstage [MODEL]), or the inventory of all models with its
    columns explained. Files that are there by their names are replaced. codeowners [DIR] writes who has to see a change to
    the files of each model into the CODEOWNERS of the repository, from the owners in lamp.toml, and leaves the other rules
    alone."""
    from lamplighter import plugins
    from lamplighter.domain.names import unknown

    given = {name for name, text in options.items() if text and name != "out"} | _named_place()
    tools = {name.replace("_", " "): name for name in plugins.names("bridges")}
    words = f"{tool} {kind}".strip()
    if words in tools:
        _refuse(given, {"address"})
        return _for_tool(session, tools[words], options["out"], options["address"])
    if words == INVENTORY:
        _refuse(given, {"form", "columns"})
        from lamplighter.cli.inventory import inventory_page

        return inventory_page(session, options["out"], options["form"], options["columns"])
    if tool == KSERVE and kind:
        _refuse(given, {"address", "image", "storage", "host", "env"})
        from lamplighter.cli.kserve import kserve_page

        named = {name: options[name] for name in ("out", "address", "image", "storage", "host")}
        return kserve_page(session, kind, environment, **named)
    if tool == BACKSTAGE:
        _refuse(given, {"address"})
        from lamplighter.cli.backstage import backstage_page

        return backstage_page(session, kind, options["out"], options["address"])
    if tool == CODEOWNERS:
        _refuse(given | ({"out"} if options["out"] != "." else set()), set())
        from lamplighter.cli.codeowners import codeowners_page

        return codeowners_page(session, kind or ".")
    raise unknown("export", words, (*tools, INVENTORY, BACKSTAGE, CODEOWNERS, f"{KSERVE} MODEL"))


def _named_place() -> set[str]:
    """Whether an environment was named here; one of the surroundings is for other commands, too."""
    source = click.get_current_context().get_parameter_source("environment")
    return {"env"} if source is ParameterSource.COMMANDLINE else set()


def _refuse(given: set[str], taken: set[str]) -> None:
    """Raise for options that would do nothing here."""
    if further := sorted(given - taken):
        names = ", ".join(f"--{'as' if name == 'form' else name}" for name in further)
        raise click.UsageError(f"{names} would do nothing here; see lamp export --help.")


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
