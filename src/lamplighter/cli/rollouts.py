"""RUNNING: rollout."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.pages.rollout import rollout_page, rollouts_page
from lamplighter.cli.places import model_of
from lamplighter.cli.session import Session, with_session

_KEY = click.argument("key", metavar="ROLLOUT")


@click.group(cls=Noun)
def rollout() -> None:
    """Versions on their way."""


@rollout.command("list")
@click.argument("reference", metavar="[REF]", default="")
@with_session
def list_rollouts(session: Session, reference: str) -> Page:
    """The newest rollouts, of one model or of all."""
    found = session.platform.rollouts(model_of(reference) if reference else "")
    return rollouts_page(found, session.address("/rollouts"))


@rollout.command("show")
@_KEY
@with_session
def show(session: Session, key: str) -> Page:
    """Where a rollout stands, such as R-91."""
    return rollout_page(session.platform.rollout(key), session.address(f"/rollouts/{key}"))


@rollout.command("pause")
@_KEY
@with_session
def pause(session: Session, key: str) -> Page:
    """Stop the clock; the share stays and the limits still hold."""
    return rollout_page(session.platform.pause(key), session.address(f"/rollouts/{key}"))


@rollout.command("resume")
@_KEY
@with_session
def resume(session: Session, key: str) -> Page:
    """Let a paused rollout go on."""
    return rollout_page(session.platform.resume(key), session.address(f"/rollouts/{key}"))


@rollout.command("stop")
@_KEY
@with_session
def stop(session: Session, key: str) -> Page:
    """Stop a rollout and give all traffic back to the version before."""
    found = session.platform.rollout(key)
    back = f"All traffic goes to v{found.previous}." if found.previous else "Nothing answers there afterwards."
    session.ask(f"Stop {key}, which brings {found.model} v{found.number} into {found.environment}?", [back])
    return rollout_page(session.platform.stop(key), session.address(f"/rollouts/{key}"))


COMMANDS: Mapping[str, click.Command] = {"rollout": rollout}
