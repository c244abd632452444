"""RUNNING: alerts."""

from collections.abc import Mapping, Sequence

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import local
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.views.external_alerts import AlertSeen


@click.group(cls=Noun)
def alerts() -> None:
    """Alerts that another monitoring system brings."""


@alerts.command("list")
@click.option("--unplaced", is_flag=True, help="only those that are about nothing known here")
@with_session
def list_(session: Session, unplaced: bool) -> Page:
    """Every alert and what became of it, those first that fire and are about nothing known here."""
    found = [one for one in session.platform.external_alerts() if not (unplaced and one.about)]
    fire = sum(one.alert.fires for one in found)
    nothing = sum(not one.about for one in found)
    return Page(
        says=f"{len(found)} alert{'' if len(found) == 1 else 's'}: {fire} firing, {nothing} about nothing known here.",
        data={"alerts": found},
        table=Table([_row(one) for one in found], ("ALERT", "STATE", "SINCE", "ABOUT", "INCIDENT", "WHY NOT")),
        next=[f"lamp incident show {one.incident}" for one in found if one.incident][:1],
        url=session.address("/incidents"),
    )


def _row(one: AlertSeen) -> Sequence[str]:
    alert = one.alert
    state, since = ("fires", alert.started_at) if alert.fires else ("ended", alert.ended_at)
    return alert.name, state, local(since), one.about or "nothing known", one.incident or "-", one.why or "-"


COMMANDS: Mapping[str, click.Command] = {"alerts": alerts}
