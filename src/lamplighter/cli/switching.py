"""DAILY: switch: a model that nobody is to be answered by, until somebody lets it answer again."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV, main_place, model_of
from lamplighter.cli.session import Session, with_session
from lamplighter.domain.routing import Routing
from lamplighter.domain.switch import instead

_REASON = click.option("--reason", default="", help="why, for whoever is paged and for the record")


@click.group(cls=Noun)
def switch() -> None:
    """Switch a model off where it answers, and on again."""


@switch.command("off")
@click.argument("model", metavar="MODEL")
@ENV
@_REASON
@with_session
def off(session: Session, model: str, environment: str, reason: str) -> Page:
    """Let no version of a model answer there. Callers get what is declared for an outage, or are refused.

    For its business owner, whoever deploys, watches or retires it, and IT, who are told. A rollback brings another version
    back; this is for when none should answer.
    """
    name = model_of(model)
    done = session.platform.switch_off(name, main_place(session, name, environment), reason)
    answer = session.platform.project(name).outage.answer
    says = f"✓ {name} is switched off in {done.environment}: {instead(answer)}."
    return _page(session, done, says, f"lamp switch on {name} --env {done.environment} --reason WHY")


@switch.command("on")
@click.argument("model", metavar="MODEL")
@ENV
@_REASON
@with_session
def on(session: Session, model: str, environment: str, reason: str) -> Page:
    """Let the live version answer again: for who switched it off and who holds the duty to deploy."""
    name = model_of(model)
    done = session.platform.switch_on(name, main_place(session, name, environment), reason)
    number = done.champion.number if done.champion else 0
    return _page(session, done, f"✓ v{number} of {name} answers again in {done.environment}.", f"lamp status {name}")


def _page(session: Session, done: Routing, says: str, following: str) -> Page:
    return Page(says=says, data={"routing": done}, next=[following], url=session.address(f"/m/{done.model}"))


COMMANDS: Mapping[str, click.Command] = {"switch": switch}
