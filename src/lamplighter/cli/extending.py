"""MANAGEMENT: extend."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.instants import local
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV, main_place
from lamplighter.cli.session import Session, with_session
from lamplighter.domain.names import parse_reference


@click.command(cls=Verb)
@click.argument("reference", metavar="REF")
@click.option("--days", type=int, required=True, help="how many days more, from its expiry or from now")
@click.option("--reason", required=True, help="why, for the record")
@ENV
@with_session
def extend(session: Session, reference: str, days: int, reason: str, environment: str) -> Page:
    """Let the live version answer for longer than its tier allows. Only the owner of its management may."""
    model = parse_reference(reference).model
    place = main_place(session, model, environment)
    expiry = session.platform.extend(reference, place, days, reason)
    return Page(
        says=f"✓ {reference} may answer in {place} until {local(expiry.at)}.",
        data={"expiry": expiry},
        next=[f"lamp status {model}", f"lamp audit log {model}"],
        url=session.address(f"/m/{model}"),
    )


COMMANDS: Mapping[str, click.Command] = {"extend": extend}
