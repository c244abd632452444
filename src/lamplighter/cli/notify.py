"""ADMIN: notify."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session


@click.group(cls=Noun)
def notify() -> None:
    """The ways in which people are told."""


@notify.command("test")
@click.argument("channel")
@with_session
def test(session: Session, channel: str) -> Page:
    """Send a message through a channel of config.toml, now."""
    name = session.platform.test_channel(channel)
    return Page(says=f"A test message went through {name}.", data={"channel": name}, next=["lamp incident list"])


COMMANDS: Mapping[str, click.Command] = {"notify": notify}
