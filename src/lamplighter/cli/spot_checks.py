"""GOVERNANCE: spot-check."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import short, zone
from lamplighter.cli.page import Page
from lamplighter.cli.pages.spot_check import facts, state
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.spot_check import SpotCheck


@click.group("spot-check", cls=Noun)
def spot_check() -> None:
    """A random part of what the platform accepted by itself, checked afterwards by a validator."""


@spot_check.command("list")
@click.option("--model", default="", metavar="MODEL", help="of one model; default: of all")
@click.option("--closed", is_flag=True, help="also those about which nobody has to do anything")
@with_session
def list_checks(session: Session, model: str, closed: bool) -> Page:
    """Spot checks that wait, and those that halt what the platform accepts, oldest first."""
    found = session.platform.spot_checks(model, closed)
    rows = [(c.id, f"{c.model}@{c.number}", c.environment, c.person, short(c.due_at), state(c), c.note) for c in found]
    waits, halts = sum(c.waits for c in found), sum(c.suspends for c in found)
    says = f"{waits} wait for a validator, {halts} halt what the platform accepts." if found else "No spot check is open."
    return Page(
        says=says,
        data={"spot_checks": found},
        table=Table(rows, ("KEY", "VERSION", "ENVIRONMENT", "ASKED", f"DUE ({zone()})", "NOW", "FOUND")),
        next=[f"lamp spot-check show {c.id}" for c in found[:1]],
        url=session.address("/approvals"),
    )


@spot_check.command("show")
@click.argument("key", metavar="CHECK")
@with_session
def show(session: Session, key: str) -> Page:
    """One spot check such as S-3: which version, who is asked until when, and what was found."""
    return _page(session, session.platform.spot_check(key))


@spot_check.command("judge")
@click.argument("key", metavar="CHECK")
@click.option("--found", type=click.Choice(["good", "bad"]), required=True, help="whether it was right to let the version in")
@click.option("--note", required=True, help="what you looked at, and what you found")
@with_session
def judge(session: Session, key: str, found: str, note: str) -> Page:
    """Say, as a validator, whether the version should have been let in; a bad one opens a finding and halts the rule."""
    return _page(session, session.platform.judge_spot_check(key, found == "bad", note))


@spot_check.command("lift")
@click.argument("key", metavar="CHECK")
@click.option("--reason", required=True, help="what was mended, and why it may go on by itself")
@with_session
def lift(session: Session, key: str, reason: str) -> Page:
    """Let the platform accept versions of the model again, as a validator, after a bad one."""
    return _page(session, session.platform.lift_suspension(key, reason))


@spot_check.command("recount")
@with_session
def recount(session: Session) -> Page:
    """Draw again everything that was ever drawn, and say what does not agree."""
    found = session.platform.recount_spot_checks()
    agrees = "Every draw agrees" if not found.differing else f"{len(found.differing)} draws do not agree"
    return Page(
        says=f"{agrees}: {found.drawn} of {found.accepted} versions were drawn, and {found.expected:.1f} are expected.",
        data={"recount": found},
        facts=[("key", found.key), *(("differs", why) for why in found.differing)],
        next=["lamp spot-check list --closed"],
        url=session.address("/approvals"),
        code=8 if found.differing else 0,
    )


def _page(session: Session, found: SpotCheck) -> Page:
    return Page(
        says=f"{found.id} of {found.model}@{found.number} in {found.environment}: {state(found)}.",
        data={"spot_check": found},
        facts=facts(found),
        next=[*_next(found), f"lamp status {found.model}"],
        url=session.address(f"/spot-checks/{found.id}"),
    )


def _next(found: SpotCheck) -> list[str]:
    if found.waits:
        return [f"lamp spot-check judge {found.id} --found good --note WHAT"]
    return [f"lamp spot-check lift {found.id} --reason WHY"] if found.suspends else []


COMMANDS: Mapping[str, click.Command] = {"spot-check": spot_check}
