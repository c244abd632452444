"""ADMIN: notify."""

import base64
import secrets
from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session


@click.group(cls=Noun)
def notify() -> None:
    """The ways in which people are told."""


@notify.command("secret")
@with_session
def secret(session: Session) -> Page:
    """Make a secret that signs webhooks. It is printed once and kept nowhere; no platform has to run."""
    made = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    session.say(
        "Add it to webhook_secrets in config.toml, in front of one that it takes the place of, and give it to the receiver."
    )
    return Page(says=made, data={"secret": made})


@notify.command("test")
@click.argument("channel")
@with_session
def test(session: Session, channel: str) -> Page:
    """Send a message through a channel of config.toml, now."""
    name = session.platform.test_channel(channel)
    return Page(says=f"A test message went through {name}.", data={"channel": name}, next=["lamp incident list"])


COMMANDS: Mapping[str, click.Command] = {"notify": notify}
