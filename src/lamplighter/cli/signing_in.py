"""START: login, logout, whoami."""

import os
import sys
import time
from collections.abc import Mapping

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.opening import in_browser
from lamplighter.cli.page import Page
from lamplighter.cli.session import PATIENCE, Session, with_session
from lamplighter.domain.addresses import is_private
from lamplighter.domain.errors import Invalid
from lamplighter.sdk.connect import Login, connect, login_file, read_login, write_login
from lamplighter.settings import read_settings


@click.command(cls=Verb)
@click.argument("url", metavar="[URL]", default="")
@click.option("--token-stdin", is_flag=True, help="read the token from stdin, for scripts")
@click.option("--ci", is_flag=True, help="in a job of a CI: with the identity that the CI gives it, and no secret")
@click.option("--audience", default="", metavar="TEXT", help="with --ci: for whom its token is meant; default: URL")
@with_session
def login(session: Session, url: str, token_stdin: bool, ci: bool, audience: str) -> Page:
    """Sign in to a platform: allow it in the browser, here or on any other machine. Without a terminal, with a token on stdin.
    The token is checked, then kept in a file that only you can read; lamp tokens list names it after this machine."""
    if (audience and not ci) or (ci and token_stdin):
        raise click.UsageError("--audience goes with --ci, and --ci takes no token.")
    address = _address(url or session.flags.url or os.environ.get("LAMP_URL", "") or read_login().url or read_settings().url)
    token = _of_job(session, address, audience) if ci else _token(session, address, token_stdin)
    person = session.held(connect(address, token, timeout=session.flags.timeout or PATIENCE)).whoami()
    file = write_login(Login(url=address, token=token))
    return Page(
        says=f"✓ Signed in at {address} as {person.email}.",
        data={"address": address, "person": person, "file": str(file)},
        next=["lamp whoami", "lamp list"],
        url=address,
    )


def _of_job(session: Session, address: str, audience: str) -> str:
    from lamplighter.sdk.pipelines import sign_in

    made = sign_in(address, audience, timeout=session.flags.timeout or PATIENCE)
    minutes = (made.expires_at / 1_000_000 - time.time()) / 60
    session.say(f"Signed in as a pipeline, for {minutes:.0f} minutes.")
    return made.secret


def _address(text: str) -> str:
    """The address itself if a token may be sent there; raises `Invalid`."""
    if is_private(text):
        return text.rstrip("/")
    raise Invalid(
        "A token is not sent there.",
        why="The address is neither https nor on this machine, so others could read the token on its way.",
        fix="Write https://lamp.example.com or http://127.0.0.1:7070.",
        code="E1192",
    )


def _token(session: Session, address: str, from_stdin: bool) -> str:
    if session.terminal and not from_stdin:
        return _allowed(session, address)
    if from_stdin and session.terminal:
        found = str(click.prompt("Token", hide_input=True, err=True)).strip()
    else:
        found = sys.stdin.readline().strip() if from_stdin else ""
    if found and found.isascii() and found.isprintable() and not set(found) & set(" \"'\\"):
        return found
    raise Invalid(
        "There is no token.",
        why="Nothing came on stdin, or something that is no token.",
        fix="Pipe it in: lamp login --token-stdin < FILE. On a terminal, lamp login signs you in by the browser.",
        code="E1193",
    )


def _allowed(session: Session, address: str) -> str:
    """The token of whoever allows it in a browser. What they need to see is said even where talk is not wanted."""
    from lamplighter.sdk import device_sign_in

    timeout = session.flags.timeout or PATIENCE
    begun = device_sign_in.begin(address, timeout=timeout)
    opened = shown_in_browser(begun.verification_uri_complete)
    where = "The page is open in your browser; it" if opened else f"Open {begun.verification_uri} in any browser. The page"
    click.echo(f"{where} asks for this code:\n\n    {begun.user_code}\n", err=True)
    session.say(f"Waiting for {begun.expires_in // 60} minutes. Ctrl-C stops it, and nothing is given out.")
    return device_sign_in.wait(address, begun, timeout=timeout)


def shown_in_browser(url: str) -> bool:
    """Whether the page was opened where the person sits: not by a job, nor on the far end of ssh."""
    away = any(os.environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "CI"))
    return is_private(url) and not away and in_browser(url)


@click.command(cls=Verb)
@with_session
def logout(_: Session) -> Page:
    """Forget address and token. The token itself stays good until it is too old, or until lamp tokens revoke."""
    file = login_file()
    was = file.exists()
    file.unlink(missing_ok=True)
    return Page(says="✓ Signed out." if was else "You were not signed in.", data={"was_signed_in": was}, next=["lamp login"])


@click.command(cls=Verb)
@with_session
def whoami(session: Session) -> Page:
    """Who you are, and on which platform."""
    person = session.platform.whoami()
    return Page(
        says=f"{person.email} ({person.name}): {', '.join(person.roles) or 'no roles'}.",
        data={"person": person, "address": session.address("")},
        next=["lamp list --needs me"],
        url=session.address(""),
    )


COMMANDS: Mapping[str, click.Command] = {"login": login, "logout": logout, "whoami": whoami}
