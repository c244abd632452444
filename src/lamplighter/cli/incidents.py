"""RUNNING: incident."""

import time
from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.pages.incident import incident_page, incidents_page
from lamplighter.cli.session import Session, with_session

_KEY = click.argument("key", metavar="INCIDENT")
_NOTE = click.option("--note", default="", help="what you saw or did, for the record")


@click.group(cls=Noun)
def incident() -> None:
    """What is wrong, and who has it."""


@incident.command("list")
@click.option("--model", default="", help="of one model only")
@click.option("--all", "closed", is_flag=True, help="those that are over too")
@with_session
def list_incidents(session: Session, model: str, closed: bool) -> Page:
    """Open incidents, newest first."""
    found = session.platform.incidents(model, closed)
    return incidents_page(found, time.time_ns() // 1000, session.address("/incidents"))


@incident.command("show")
@_KEY
@with_session
def show(session: Session, key: str) -> Page:
    """One incident, such as I-31: what users feel, who has it, what was done."""
    return incident_page(session.platform.incident(key), session.address(f"/incidents/{key}"))


@incident.command("ack")
@_KEY
@_NOTE
@with_session
def acknowledge(session: Session, key: str, note: str) -> Page:
    """Say that you have it; nobody else is told any more."""
    return incident_page(session.platform.acknowledge(key, note), session.address(f"/incidents/{key}"))


@incident.command("resolve")
@_KEY
@_NOTE
@with_session
def resolve(session: Session, key: str, note: str) -> Page:
    """Say that it is over."""
    return incident_page(session.platform.resolve(key, note), session.address(f"/incidents/{key}"))


@incident.command("snooze")
@_KEY
@click.option("--for", "duration", required=True, metavar="TIME", help="for how long, such as 4h; at most 14d")
@click.option("--reason", required=True, help="why it may wait, for everybody who looks")
@with_session
def snooze(session: Session, key: str, duration: str, reason: str) -> Page:
    """Be quiet about it for a time; then it is told again if it is still wrong."""
    return incident_page(session.platform.snooze(key, duration, reason), session.address(f"/incidents/{key}"))


@incident.command("assign")
@_KEY
@click.option("--to", required=True, metavar="PERSON|TEAM", help="who gets it: an e-mail address, or a team such as @it-ops")
@_NOTE
@with_session
def assign(session: Session, key: str, to: str, note: str) -> Page:
    """Give it to somebody else, who is told."""
    return incident_page(session.platform.assign(key, to, note), session.address(f"/incidents/{key}"))


@incident.command("note")
@_KEY
@click.argument("text")
@with_session
def write_note(session: Session, key: str, text: str) -> Page:
    """Write down what you saw or did."""
    return incident_page(session.platform.note(key, text), session.address(f"/incidents/{key}"))


@incident.command("notebook")
@_KEY
@click.option("--out", default="", metavar="FILE", help="what it is called; default: INCIDENT.ipynb, here")
@with_session
def write_notebook(session: Session, key: str, out: str) -> Page:
    """Write a notebook that loads the rows behind it and sets them against the reference. A file of that name is replaced."""
    from lamplighter.sdk.notebook import incident_notebook

    made = incident_notebook(session.platform, key)
    name = out or f"{key}.ipynb"
    session.path(name).write_bytes(made)
    return Page(
        says=f"✓ {name} loads the rows behind {key}.",
        data={"incident": key, "file": name},
        next=[f"lamp incident show {key}"],
        url=session.address(f"/incidents/{key}"),
    )


COMMANDS: Mapping[str, click.Command] = {"incident": incident}
