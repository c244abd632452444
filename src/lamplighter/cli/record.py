"""RECORD: audit."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import read
from lamplighter.cli.page import Page
from lamplighter.cli.pages.record import as_of_page, journal_page, verification_page
from lamplighter.cli.places import ENV, model_of, recorded_place
from lamplighter.cli.session import Session, with_session


@click.group(cls=Noun)
def audit() -> None:
    """Who did what; what was live when."""


@audit.command("log")
@click.argument("reference", metavar="[REF]", default="")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="how many entries")
@with_session
def log(session: Session, reference: str, limit: int) -> Page:
    """The newest entries of the journal, of one model or of all."""
    found = session.platform.journal(model_of(reference) if reference else "", limit)
    return journal_page(found, session.address("/audit"))


@audit.command("at")
@click.argument("reference", metavar="REF")
@click.argument("instant", metavar="TIME")
@ENV
@with_session
def at(session: Session, reference: str, instant: str, environment: str) -> Page:
    """What was live at a time, who approved it, on what evidence. TIME is local unless it has an offset."""
    model, moment = model_of(reference), read(instant)
    found = session.platform.at(model, recorded_place(session, model, environment), moment)
    return as_of_page(found, session.address("/audit"))


@audit.command("verify")
@with_session
def verify(session: Session) -> Page:
    """Follow the chain of the whole journal. Exit 8 if it is broken."""
    return verification_page(session.platform.verify_journal(), session.address("/audit"))


COMMANDS: Mapping[str, click.Command] = {"audit": audit}
