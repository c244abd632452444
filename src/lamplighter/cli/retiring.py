"""MANAGEMENT: retire."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import read, short, zone
from lamplighter.cli.page import Page
from lamplighter.cli.pages.retiring import in_the_way, retiring_page
from lamplighter.cli.places import model_of
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table

_MODEL = click.argument("reference", metavar="MODEL")
_REASON = click.option("--reason", required=True, help="why, for the record")
_FOR = click.option("--for", "consumer", required=True, metavar="CONSUMER", help="the application that you speak for")


@click.group(cls=Noun)
def retire() -> None:
    """Take a model out of use: announce it, let those who call it agree, and let it end."""


@retire.command("start")
@_MODEL
@click.option("--reason", required=True, help="why; callers read it, and so does whoever looks at it later")
@click.option("--by", default="", metavar="WHEN", help="until when it answers, such as 2027-03-31")
@click.option("--successor", default="", metavar="MODEL", help="the model that takes its place")
@with_session
def start(session: Session, reference: str, reason: str, by: str, successor: str) -> Page:
    """Announce that MODEL ends; another plan takes the place of the one before. Only the owner of its management may."""
    announced = session.platform.retire(model_of(reference), reason, read(by) if by else 0, successor)
    return _page(session, announced.model, f"✓ {announced.id} is announced. {announced.told}")


@retire.command("list")
@click.option("--closed", is_flag=True, help="also what is finished, and what was taken back")
@with_session
def list_retirements(session: Session, closed: bool) -> Page:
    """Models that are to end, newest first, and what is in the way."""
    found = session.platform.retirements(closed)
    rows = [
        (one.id, one.model, one.state, short(one.sunset), one.successor or "-", in_the_way(seen))
        for seen, one in ((seen, seen.retirement) for seen in found)
    ]
    return Page(
        says=f"{len(found)} retirement{'' if len(found) == 1 else 's'}.",
        data={"retiring": found},
        table=Table(rows, ("KEY", "MODEL", "NOW", f"UNTIL ({zone()})", "SUCCESSOR", "IN THE WAY")),
        next=[f"lamp retire show {one.retirement.model}" for one in found[:1]],
        url=session.address("/approvals"),
    )


@retire.command("show")
@_MODEL
@with_session
def show(session: Session, reference: str) -> Page:
    """The newest retirement of MODEL: how every consumer stands to it, and what is in the way of its end."""
    return _page(session, model_of(reference))


@retire.command("consent")
@_MODEL
@_FOR
@click.option("--reason", default="", help="why, for the record")
@with_session
def consent(session: Session, reference: str, consumer: str, reason: str) -> Page:
    """Agree to the plan, as the owner of an application that calls MODEL; another plan needs another word."""
    after = session.platform.consent_to_retirement(model_of(reference), consumer, True, reason)
    return _page(session, after.model, f"✓ {consumer} agrees to {after.id}.")


@retire.command("refuse")
@_MODEL
@_FOR
@_REASON
@with_session
def refuse(session: Session, reference: str, consumer: str, reason: str) -> Page:
    """Refuse the plan, as the owner of an application that calls MODEL."""
    after = session.platform.consent_to_retirement(model_of(reference), consumer, False, reason)
    return _page(session, after.model, f"✓ {consumer} refuses {after.id}.")


@retire.command("approve")
@_MODEL
@click.option("--agree/--refuse", "accepted", required=True, help="whether the model may end by this plan")
@click.option("--reason", default="", help="why, for the record; a refusal takes one")
@with_session
def approve(session: Session, reference: str, accepted: bool, reason: str) -> Page:
    """Say for the business side whether MODEL may end; never for who asked."""
    after = session.platform.approve_retirement(model_of(reference), accepted, reason)
    return _page(session, after.model, f"✓ The business side {'agrees to' if accepted else 'refuses'} {after.id}.")


@retire.command("finish")
@_MODEL
@click.option("--note", default="", help="what whoever looks at it later should know")
@with_session
def finish(session: Session, reference: str, note: str) -> Page:
    """Let MODEL end: nothing answers any more, and callers are told so. Only the owner of its management may."""
    after = session.platform.finish_retirement(model_of(reference), note)
    places = ", ".join(after.environments)
    where = f"Whoever asks for it in {places} is told so." if places else "It answered nowhere."
    return _page(session, after.model, f"✓ {after.model} is retired. {where}")


@retire.command("cancel")
@_MODEL
@_REASON
@with_session
def cancel(session: Session, reference: str, reason: str) -> Page:
    """Take back what was announced: MODEL goes on."""
    after = session.platform.cancel_retirement(model_of(reference), reason)
    return _page(session, after.model, f"✓ {after.id} is cancelled: {after.model} goes on.")


@retire.command("revive")
@_MODEL
@_REASON
@with_session
def revive(session: Session, reference: str, reason: str) -> Page:
    """Let a retired MODEL be deployed again, through its gates; nothing of it answers before that."""
    after = session.platform.revive(model_of(reference), reason)
    return _page(session, after.model, f"✓ {after.model} may be deployed again.")


def _page(session: Session, model: str, says: str = "") -> Page:
    return retiring_page(session.platform.retirement(model), says, session.address(f"/m/{model}/retirement"))


COMMANDS: Mapping[str, click.Command] = {"retire": retire}
