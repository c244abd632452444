"""GOVERNANCE: waiver."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import local, short, zone
from lamplighter.cli.page import Page
from lamplighter.cli.pages.waiver import counted
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.waiver import Waiver, then
from lamplighter.views.waivers import standing

_ENV = click.option("--env", "environment", envvar="LAMP_ENV", required=True, metavar="ENV", help="where it is to go live")


@click.group(cls=Noun)
def waiver() -> None:
    """What a gate says and somebody takes on for a time; integrity is never waived."""


@waiver.command("give")
@click.argument("reference", metavar="REF")
@click.argument("gate", metavar="GATE")
@_ENV
@click.option("--days", type=int, required=True, metavar="N", help="how long it holds; the rule book says how long at most")
@click.option("--reason", required=True, help="why somebody takes that on, for the record")
@with_session
def give(session: Session, reference: str, gate: str, environment: str, days: int, reason: str) -> Page:
    """Waive what GATE says of a version such as churn@7, there and for so long; never your own version."""
    given = session.platform.waive(reference, environment, gate, days, reason)
    name = f"{given.model}@{given.number}"
    return Page(
        says=f"✓ {given.id} waives the gate {gate} for {name} in {environment} until {local(given.until)}.",
        data={"waiver": given},
        facts=_facts(given),
        next=[f"lamp deploy {name} --env {environment}", f"lamp waiver show {given.id}"],
        url=session.address(f"/waivers/{given.id}"),
    )


@waiver.command("list")
@click.option("--model", default="", metavar="MODEL", help="of one model; default: of all")
@click.option("--closed", is_flag=True, help="also those on which nothing rests any more")
@with_session
def list_waivers(session: Session, model: str, closed: bool) -> Page:
    """Waivers on which something may rest, newest first, and how many each team has."""
    found = session.platform.waivers(model, closed)
    rows = [
        (one.id, f"{one.model}@{one.number}", one.environment, one.gate, short(one.until), standing(one, found.at), one.person)
        for one in found.waivers
    ]
    return Page(
        says=counted(found),
        data={"waivers": found},
        facts=[
            (team or "nobody", f"{count.in_force} in force, {count.over} over, {count.given} ever given")
            for team, count in found.teams.items()
        ],
        table=Table(rows, ("KEY", "VERSION", "IN", "GATE", f"UNTIL ({zone()})", "NOW", "BY")),
        next=[f"lamp waiver show {one.id}" for one in found.waivers[:1]],
        url=session.address("/waivers"),
    )


@waiver.command("show")
@click.argument("key", metavar="WAIVER")
@with_session
def show(session: Session, key: str) -> Page:
    """One waiver such as W-3: what was found, who took it on and why, and what happens when it is over."""
    found = session.platform.waiver(key)
    at, name = session.platform.waivers(found.model).at, f"{found.model}@{found.number}"
    return Page(
        says=f"{found.id} of the gate {found.gate} for {name} in {found.environment}: {standing(found, at)}.",
        data={"waiver": found},
        facts=_facts(found),
        next=[f"lamp waiver end {found.id} --reason WHY"] if found.holds(at) else [f"lamp status {found.model}"],
        url=session.address(f"/waivers/{found.id}"),
    )


@waiver.command("end")
@click.argument("key", metavar="WAIVER")
@click.option("--reason", required=True, help="why, for the record")
@with_session
def end(session: Session, key: str, reason: str) -> Page:
    """End a waiver before its time; what is declared for its end happens."""
    ended = session.platform.end_waiver(key, reason)
    name = f"{ended.model}@{ended.number}"
    return Page(
        says=f"✓ {ended.id} is over: the gate {ended.gate} counts again for {name} in {ended.environment}.",
        data={"waiver": ended},
        facts=_facts(ended),
        next=[f"lamp status {ended.model}"],
        url=session.address(f"/waivers/{ended.id}"),
    )


def _facts(one: Waiver) -> list[tuple[str, str]]:
    facts = [
        ("found", one.found),
        ("given", f"by {one.person} ({one.role}), {local(one.opened_at)}: {one.why}"),
        ("until", f"{local(one.until)}; then {then(one)}"),
        ("count", f"waiver {one.nth} of this gate for {one.model}; team {one.team or 'nobody'}"),
    ]
    if one.ended_by:
        facts.append(("ended", f"by {one.ended_by}: {one.end_why}"))
    if one.settled_at:
        facts.append(("settled", f"{local(one.settled_at)}: {one.settled_why}"))
    return facts


COMMANDS: Mapping[str, click.Command] = {"waiver": waiver}
