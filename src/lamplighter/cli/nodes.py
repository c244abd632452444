"""RUNNING: machines elsewhere that serve an environment."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import short, zone
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table

if TYPE_CHECKING:  # help needs no machine
    from lamplighter.domain.machine import Machine, Place
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


@nodes.command("show")
@click.argument("environment", metavar="[ENV]", default="")
@with_session
def show_machines(session: Session, environment: str) -> Page:
    """Everything that serves: machines elsewhere and the processes beside the control plane, and what to do about each."""
    from lamplighter.domain.stage import Status

    places = session.platform.machines(environment)
    machines = [one for place in places for one in place.machines]
    calling = [one for one in machines if one.status in (Status.FAILING, Status.WATCH)]
    told = f"{len(calling)} need{'s' if len(calling) == 1 else ''} somebody" if calling else "none needs anybody"
    return Page(
        says=f"{len(machines)} machine{'' if len(machines) == 1 else 's'}: {told}.",
        data={"places": places},
        table=Table([_row(one) for one in machines], _HEADS, right=frozenset({3, 4, 5, 6})),
        text="\n".join([*(line for one in calling for line in _told(one)), *_unserved(places)]),
        next=["lamp nodes list"] if machines else ["lamp nodes token ENV"],
        url=session.address("/machines"),
    )


_HEADS = ("IS", "ENV", "MACHINE", "RUN", "ROUTE", "MB TO COME", "GB FREE")


def _row(one: "Machine") -> tuple[str, ...]:
    from lamplighter.cli.marks import marked

    running = f"{len(one.pids)}/{one.processes}"
    return marked(one.status), one.environment, one.name, running, _route(one), _size(one.to_bring, 1e6), _size(one.free, 1e9)


def _unserved(places: "Sequence[Place]") -> list[str]:
    """Environments that machines elsewhere are to serve, and none does."""
    empty = [place.environment.name for place in places if not place.machines]
    return [f"  {name}: no machine serves it. Start one there: lamp nodes run {name}" for name in empty]


def _told(one: "Machine") -> list[str]:
    from lamplighter.cli.table import WIDTH, wrapped

    return [f"  {line}" for line in wrapped(f"{one.environment} {one.name}: {one.why} {one.fix}", WIDTH - 2)]


def _route(one: "Machine") -> str:
    return "-" if one.revision < 0 else f"{one.revision}" + (f" (-{one.behind})" if one.behind else "")


def _size(octets: int, unit: float) -> str:
    return "-" if octets < 0 else f"{octets / unit:.1f}"


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
