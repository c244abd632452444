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


COMMANDS: Mapping[str, click.Command] = {"incident": incident}
