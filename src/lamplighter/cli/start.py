"""START: demo, up, down, init."""

import os
import sys
from collections.abc import Mapping

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session


@click.command(cls=Verb)
@click.option("--once", is_flag=True, help="stop the platform when the story is over")
@click.option("--no-browser", is_flag=True, help="do not open the browser")
@click.option("--reset", is_flag=True, help="remove what an earlier demonstration left, then begin again")
@with_session
def demo(session: Session, once: bool, no_browser: bool, reset: bool) -> Page:
    """The whole platform on this machine with real flights of 2013: five stages, a broken version, decay, a rollback."""
    from lamplighter.cli.demonstration import demonstrated

    return demonstrated(session, once=once, browser=not no_browser, reset=reset)


@click.command(cls=Verb)
@click.option("--foreground", is_flag=True, help="stay, print the log, stop with Ctrl-C")
@with_session
def up(session: Session, foreground: bool) -> Page:
    """Run the platform on this machine: control plane, pages, and one serving group for each environment."""
    from lamplighter.sdk import local, lock
    from lamplighter.settings import read_settings

    settings = read_settings()
    if foreground:
        session.say(f"The platform answers at {settings.url}. Ctrl-C stops it; models that are live go on until lamp down.")
        os.execv(sys.executable, [sys.executable, "-m", "lamplighter.web"])  # noqa: S606  our own module, no shell
    was = lock.running(settings)
    url = local.start(settings, wait=session.flags.timeout or 30.0)
    link = local.sign_in_url(settings)
    return Page(
        says=f"The platform {'was running already' if was else 'runs'} in {settings.home}.",
        data={"url": url, "home": settings.home, "started": not was, "sign_in": link, "process": lock.running(settings)},
        facts=[("sign in", link), ("", "This link works once, for 15 minutes.")],
        next=["lamp init", "lamp down"],
        url=url,
    )


@click.command(cls=Verb)
@with_session
def down(_: Session) -> Page:
    """Stop the platform of this machine's folder. Data, models and history stay."""
    from lamplighter.sdk import local
    from lamplighter.settings import read_settings

    settings = read_settings()
    stopped = local.stop(settings)
    told = f"Stopped: {', '.join(stopped)}." if stopped else f"Nothing ran in {settings.home}."
    return Page(says=told, data={"home": settings.home, "stopped": stopped}, next=["lamp up"])


@click.command(cls=Verb)
@click.option("--name", default="", help="name of the model; default: the name of the folder")
@with_session
def init(session: Session, name: str) -> Page:
    """Write lamp.toml into this folder: at most 5 questions, none with --yes. A file that is there is never overwritten."""
    from lamplighter.cli.interview import interviewed

    return interviewed(session, name)


COMMANDS: Mapping[str, click.Command] = {"demo": demo, "up": up, "down": down, "init": init}
