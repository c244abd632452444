"""RUNNING: machines elsewhere that serve an environment."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import short, zone
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table

if TYPE_CHECKING:  # help needs no machine
    from lamplighter.domain.node import Node


@click.group(cls=Noun)
def nodes() -> None:
    """Machines elsewhere that serve an environment."""


@nodes.command("list")
@click.argument("environment", metavar="[ENV]", default="")
@with_session
def list_nodes(session: Session, environment: str) -> Page:
    """Every machine, what it answers by, and when it was heard."""
    from lamplighter.domain.node import Hearing

    found = session.platform.nodes(environment)
    unheard = [one.node for one in found if one.hearing is not Hearing.HEARD]
    says = f"{len(found)} machine{'' if len(found) == 1 else 's'} serve{'s' if len(found) == 1 else ''}"
    return Page(
        says=f"{says} {environment or 'an environment'}; {len(unheard) or 'none'} of them not heard.",
        data={"nodes": found},
        table=Table(
            [(one.node.environment, one.node.name, one.hearing.value, *_does(one.node)) for one in found],
            ("ENV", "MACHINE", "IS", f"LAST ({zone()})", "PROCESSES", "ROUTE", "TO COME"),
            right=frozenset({4, 5, 6}),
        ),
        next=[f"lamp nodes forget {node.environment} {node.name}" for node in unheard[:1]] or ["lamp nodes token ENV"],
    )


def _does(node: "Node") -> tuple[str, ...]:
    seen = node.report.observation
    route = str(seen.revision) if seen.revision >= 0 else "-"
    return short(node.seen_at), str(len(seen.reports)), route, str(len(node.report.lacking))


@nodes.command("token")
@click.argument("environment", metavar="ENV")
@click.option("--days", type=int, default=90, show_default=True, help="how long it is good for")
@with_session
def node_token(session: Session, environment: str, days: int) -> Page:
    """A token with which machines serve one environment, and can do nothing else."""
    made = session.platform.issue_node_token(environment, days)
    return Page(
        says=made.secret,
        data={"token": made},
        facts=[("good until", short(made.expires_at)), ("", "It is shown once. On the machine: LAMP_TOKEN.")],
        next=[f"lamp nodes run {environment}"],
    )


@nodes.command("revoke")
@click.argument("environment", metavar="ENV")
@with_session
def revoke_tokens(session: Session, environment: str) -> Page:
    """Make every token of the machines of an environment worthless. They go on answering by what they have."""
    count = session.platform.revoke_node_tokens(environment)
    return Page(
        says=f"✓ {count} token{'' if count == 1 else 's'} of machines of {environment} revoked.",
        data={"environment": environment, "count": count},
        next=[f"lamp nodes token {environment}"],
    )


@nodes.command("forget")
@click.argument("environment", metavar="ENV")
@click.argument("node", metavar="MACHINE")
@with_session
def forget_node(session: Session, environment: str, node: str) -> Page:
    """Miss a machine no more that is gone for good. What it recorded and did not bring is lost."""
    session.platform.forget_node(environment, node)
    return Page(
        says=f"✓ {node} is missed no more in {environment}.",
        data={"environment": environment, "node": node},
        next=[f"lamp nodes list {environment}"],
    )


@nodes.command("run")
@click.argument("environment", metavar="ENV")
@click.option("--name", default="", help="name of this machine; default: its host name")
@click.option("--host", default="127.0.0.1", show_default=True, help="where its processes listen")
@click.option("--port", type=click.IntRange(1, 65535), help="and at which port; default: that of the environment")
@click.option("--workers", type=click.IntRange(1, 512), help="how many processes; default: as many as the environment says")
@click.option(
    "--known-as", "names", multiple=True, metavar="NAME", help="a further name for the Host header; may be given often"
)
@click.option("--insecure-plain-http", "plain", is_flag=True, help="listen beyond this machine without encryption")
@with_session
def run_node(
    session: Session,
    environment: str,
    name: str,
    host: str,
    port: int | None,
    workers: int | None,
    names: tuple[str, ...],
    plain: bool,
) -> Page:
    """Serve an environment on this machine, for the platform of --url, until Ctrl-C; what is in work is answered first."""
    from lamplighter.node.machine import Listening, further
    from lamplighter.node.main import serve

    listening = Listening(host=host, port=port or 0, workers=workers or 0, further=further(names, plain=plain))
    called = serve(session.platform, environment, name, listening)
    return Page(says=f"{called} serves {environment} no more.", data={"environment": environment, "node": called})


COMMANDS: Mapping[str, click.Command] = {"nodes": nodes}
