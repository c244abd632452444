"""PEOPLE: the applications that call models."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import local, milliseconds, short, zone
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.replay import Figures
from lamplighter.views.calling import Felt
from lamplighter.views.consumers import Affected, Consumed

_ENV = click.option(
    "--env", "environment", envvar="LAMP_ENV", default="", metavar="ENV", help="where; default: where it is live"
)


@click.group(cls=Noun)
def consumers() -> None:
    """The applications that call models."""


@consumers.command("list")
@click.argument("model", metavar="[MODEL]", default="")
@with_session
def list_consumers(session: Session, model: str) -> Page:
    """Who calls a model, declared or seen; without a model, every account."""
    if not model:
        accounts = session.platform.consumer_accounts()
        rows = [(a.name, a.owner, "open" if a.active else "closed", ", ".join(a.models) or "any") for a in accounts]
        return Page(
            says=f"{len(accounts)} application{'' if len(accounts) == 1 else 's'} with an account.",
            data={"accounts": accounts},
            table=Table(rows, ("CONSUMER", "OWNER", "ACCOUNT", "MODELS")),
            next=["lamp consumers add NAME --owner PERSON"],
        )
    found = session.platform.consumers(model)
    unknown = sum(one.standing == "unknown" for one in found)
    silent = sum(one.silent for one in found)
    told = [(one.name, one.owner or "nobody", one.standing.value, *_seen(one), _felt(one.felt)) for one in found]
    return Page(
        says=f"{len(found)} consumer{'' if len(found) == 1 else 's'} of {model}: {unknown} unknown, {silent} silent.",
        data={"consumers": found},
        table=Table(told, ("CONSUMER", "OWNER", "KNOWN AS", "REQUESTS", f"LAST ({zone()})", "LAST DAY"), right=frozenset({3})),
        next=[f"lamp consumers show {model}"],
        url=session.address(f"/m/{model}#consumers"),
    )


@consumers.command("versions")
@click.argument("model", metavar="MODEL")
@with_session
def list_versions(session: Session, model: str) -> Page:
    """What each version did for each consumer in the last day: whether it fails one of them only."""
    found = [one for one in session.platform.consumers(model) if one.felt.versions]
    rows = [
        (one.name, f"{model}@{on.number}", on.arm.value, f"{on.requests:,}", f"{on.failure_rate:.2%}", milliseconds(on.p95_ms))
        for one in found
        for on in one.felt.versions
    ]
    broken = [f"{one.name} on v{number}" for one in found for number in one.felt.fails_only_on]
    says = (
        f"Fails on one version only: {', '.join(broken)}." if broken else f"No consumer of {model} fails on one version only."
    )
    return Page(
        says=says,
        data={"consumers": [{"name": one.name, "versions": one.felt.versions} for one in found]},
        table=Table(rows, ("CONSUMER", "VERSION", "PART", "ASKED", "FAILED", "P95"), right=frozenset({3, 4, 5})),
        next=[f"lamp consumers list {model}"],
        url=session.address(f"/m/{model}/monitor#service"),
    )


def _seen(one: Consumed) -> tuple[str, str]:
    last = short(one.last_at) if one.last_at else "never"
    return f"{one.requests:,}", f"{last}, silent" if one.silent and one.last_at else last


def _felt(felt: Felt) -> str:
    refused = f"{felt.refusals:,} refused" if felt.refusals else ""
    asked = f"{felt.failure_rate:.2%} failed, p95 {milliseconds(felt.p95_ms)}" if felt.requests else ""
    only = ", ".join(f"v{number} fails" for number in felt.fails_only_on)
    return ", ".join(part for part in (asked, refused, only) if part) or "no request"


@consumers.command("show")
@click.argument("reference", metavar="REF")
@_ENV
@with_session
def show_effects(session: Session, reference: str, environment: str) -> Page:
    """What a version changes for each consumer, by contract and by replay of its last requests."""
    view = session.platform.version(reference, environment)
    rows = [(one.name, _told(one), _replay(one.figures), _word(one)) for one in view.consumers]
    hit = [one.name for one in view.consumers if one.breaking]
    says = f"{view.version.name} breaks {', '.join(hit)}." if hit else f"{view.version.name} breaks no consumer."
    return Page(
        says=says if view.consumers else f"{view.version.name} changes nothing for anybody: nothing else is live there.",
        data={"consumers": view.consumers},
        table=Table(rows, ("CONSUMER", "CONTRACT", "REPLAY", "CONSENT")),
        next=[f"lamp consumers consent {view.version.name} {name}" for name in hit[:1]],
        url=session.address(f"/m/{view.version.model}/v/{view.version.number}#consumers"),
    )


def _told(one: Affected) -> str:
    return "; ".join(f"{'!' if e.breaking else '·'} {e.name} {e.what}" for e in one.effects) or "no difference"


def _replay(seen: Figures | None) -> str:
    if seen is None:
        return "not made yet"
    if not seen.requests:
        return f"none of {seen.unkept} is kept" if seen.unkept else "no request"
    turned = f"{seen.flips_up} up, {seen.flips_down} down of {seen.rows}"
    return f"{seen.requests} requests, {seen.refused + seen.failed} fail, flips {turned}, scores ±{seen.shift_absolute:.3f}"


def _word(one: Affected) -> str:
    if one.consent is None:
        return f"none of {one.owner}" if one.owner else "nobody can give it"
    return f"{'given' if one.consent.accepted else 'refused'} by {one.consent.person}"


@consumers.command("add")
@click.argument("name", metavar="NAME")
@click.option("--owner", required=True, metavar="PERSON|@TEAM", help="who speaks for it")
@click.option("--models", multiple=True, metavar="MODEL", help="models it may call; may be given often; default: any")
@with_session
def add_consumer(session: Session, name: str, owner: str, models: tuple[str, ...]) -> Page:
    """Open the account of an application, or change it."""
    account = session.platform.save_consumer(name, owner, models, True)
    return Page(
        says=f"✓ {account.name} belongs to {account.owner} and may call {', '.join(account.models) or 'any model'}.",
        data={"account": account},
        next=[f"lamp consumers token {account.name} --model MODEL --env ENV"],
    )


@consumers.command("close")
@click.argument("name", metavar="NAME")
@with_session
def close_consumer(session: Session, name: str) -> Page:
    """Close the account of an application: every token of it is worthless at once."""
    known = {account.name: account for account in session.platform.consumer_accounts()}
    session.ask(f"Close the account of {name}?", ["Every token of it stops at once."])
    held = known.get(name)
    account = session.platform.save_consumer(name, held.owner if held else "", held.models if held else (), False)
    return Page(says=f"✓ {account.name} can no longer call anything.", data={"account": account}, next=["lamp consumers list"])


@consumers.command("token")
@click.argument("name", metavar="NAME")
@click.option("--model", required=True, metavar="MODEL", help="the model it calls")
@click.option("--env", "environment", required=True, envvar="LAMP_ENV", metavar="ENV", help="the environment it calls")
@click.option("--days", type=click.IntRange(1, 365), default=90, show_default=True, help="how long it lives")
@click.option("--push", is_flag=True, help="one that brings predictions and labels of a model that runs elsewhere")
@with_session
def issue_token(session: Session, name: str, model: str, environment: str, days: int, push: bool) -> Page:
    """Give out a token that asks for predictions and can do nothing else. It is printed once and kept nowhere."""
    issue = session.platform.issue_push_token if push else session.platform.issue_consumer_token
    secret = issue(name, model, environment, days)
    session.say(f"A token of {name} for {model} in {environment}, good until {local(secret.expires_at)}. It is shown only now.")
    return Page(says=secret.secret, data={"consumer": name, "model": model, "environment": environment, "token": secret})


@consumers.command("consent")
@click.argument("reference", metavar="REF")
@click.argument("name", metavar="NAME")
@_ENV
@click.option("--reason", default="", help="why, for the record")
@with_session
def consent(session: Session, reference: str, name: str, environment: str, reason: str) -> Page:
    """Accept, as its owner, what a version changes for an application."""
    return _worded(session, reference, name, environment, reason, accepted=True)


@consumers.command("refuse")
@click.argument("reference", metavar="REF")
@click.argument("name", metavar="NAME")
@_ENV
@click.option("--reason", required=True, help="why, for the record")
@with_session
def refuse(session: Session, reference: str, name: str, environment: str, reason: str) -> Page:
    """Refuse, as its owner, what a version changes for an application."""
    return _worded(session, reference, name, environment, reason, accepted=False)


def _worded(session: Session, reference: str, name: str, environment: str, reason: str, *, accepted: bool) -> Page:
    word = session.platform.consent(reference, name, accepted, environment, reason)
    verb = "accepts" if accepted else "refuses"
    return Page(
        says=f"✓ {word.person} {verb} {reference} for {word.consumer} in {word.environment}.",
        data={"consent": word},
        next=[f"lamp consumers show {reference} --env {word.environment}"],
    )


COMMANDS: Mapping[str, click.Command] = {"consumers": consumers}
