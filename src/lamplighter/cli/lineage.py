"""RUNNING: affected."""

from collections.abc import Mapping
from urllib.parse import quote

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.lineage import Reached


@click.command(cls=Verb)
@click.argument("what", metavar="TABLE[.COLUMN]|MODEL|COLUMN")
@with_session
def affected(session: Session, what: str) -> Page:
    """Which models a change of a table, a column or a model upstream reaches, which of their versions are live, and who calls
    them; ask before the change."""
    found = session.platform.affected(what)
    rows = [_row(one) for one in found.models]
    return Page(
        says=found.sentence,
        data={"lineage": found},
        facts=[("owner", found.owner or "nobody"), ("applications", ", ".join(found.consumers) or "none")],
        table=Table(rows, ("MODEL", "TIER", "LIVE", "ON CALL", "WHY")),
        next=[f"lamp status {found.models[0].model}"] if found.models else [],
        url=session.address(f"/affected?what={quote(what)}"),
    )


def _row(one: Reached) -> tuple[str, ...]:
    takes = f" ({', '.join(one.takes)} takes it)" if one.takes else ""
    through = f" Through {', '.join(one.through)}." if len(one.through) > 1 else ""
    return one.model, one.tier, (", ".join(one.live) or "nowhere") + takes, one.on_call or "nobody", one.why + through


COMMANDS: Mapping[str, click.Command] = {"affected": affected}
