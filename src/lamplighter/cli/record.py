"""RECORD: audit."""

from collections.abc import Collection, Mapping

import click

from lamplighter.cli.exported import checked, copy_verifier, write
from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import read
from lamplighter.cli.page import Page
from lamplighter.cli.pages.record import as_of_page, card_page, exported_page, journal_page, verification_page
from lamplighter.cli.places import ENV, model_of, recorded_place
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.verifier import CheckedCard


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


@audit.command("export")
@click.argument("file", metavar="FILE")
@click.option("--verifier", metavar="PROGRAM", default="", help="also write the program that checks it with Python alone")
@with_session
def export(session: Session, file: str, verifier: str) -> Page:
    """Write the whole journal into a new file that anybody can check without the platform."""
    entries, head = write(session.platform, session.path(file))
    if verifier:
        copy_verifier(session.path(verifier))
    return Page(
        says=f"✓ {entries:,} entries are in {file}.",
        data={"file": file, "entries": entries, "head": head, "verifier": verifier},
        facts=[("head", head), ("keep it", "apart from the file: who has it sees a journal that was written anew")],
        next=[f"lamp audit verify {file} --head {head}"],
    )


@audit.command("verify")
@click.argument("file", metavar="[FILE]", default="")
@click.option(
    "--head",
    default="",
    metavar="HEAD|KEY",
    help="what was written down when the file was made: the head of a journal, or the key of a model file or a selection",
)
@with_session
def verify(session: Session, file: str, head: str) -> Page:
    """Follow the chain of the whole journal, or of an exported one without any platform, or hold a model file of lamp card
    or a selection of lamp challenge against its signature. Exit 8 if it is not what it was."""
    if file:
        found = checked(session.path(file), head)
        return card_page(file, found, _trusted()) if isinstance(found, CheckedCard) else exported_page(file, found)
    if head:
        raise click.UsageError("--head goes with a FILE.")
    return verification_page(session.platform.verify_journal(), session.address("/audit"))


def _trusted() -> Collection[str]:
    """The keys that this machine trusts; none where no platform was ever here."""
    from lamplighter import keys
    from lamplighter.settings import read_settings

    return keys.trusted(read_settings().trusted_keys)


COMMANDS: Mapping[str, click.Command] = {"audit": audit}
