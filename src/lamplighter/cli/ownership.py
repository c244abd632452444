"""OWNERSHIP: who, owners."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun, Verb
from lamplighter.cli.page import Page
from lamplighter.cli.pages.handover import loads_page
from lamplighter.cli.pages.who import owners_page, who_page
from lamplighter.cli.places import model_of
from lamplighter.cli.session import Session, with_session


@click.command(cls=Verb)
@click.argument("reference", metavar="REF")
@with_session
def who(session: Session, reference: str) -> Page:
    """Who should deploy this model, by which rule, and what would change that. Readiness is measured now."""
    model = model_of(reference)
    return who_page(session.platform.who(model), session.address(f"/m/{model}/who"))


@click.group(cls=Noun)
def owners() -> None:
    """Who holds which duty of a model."""


@owners.command("show")
@click.argument("reference", metavar="REF")
@with_session
def show_owners(session: Session, reference: str) -> Page:
    """Every duty: who is accountable, who acts now, who stands in."""
    model = model_of(reference)
    return owners_page(model, session.platform.status(model).ownership, session.address(f"/m/{model}/who"))


@owners.command("load")
@with_session
def load(session: Session) -> Page:
    """How much each team and person carries: models they are paged for, pages a week, and what is overdue."""
    return loads_page(session.platform.loads(), session.address("/"))


COMMANDS: Mapping[str, click.Command] = {"who": who, "owners": owners}
