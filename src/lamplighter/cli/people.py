"""PEOPLE: users, teams, tokens."""

from collections.abc import Mapping

import click

from lamplighter.cli.flags import Noun
from lamplighter.cli.instants import local
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session, with_session
from lamplighter.cli.table import Table
from lamplighter.domain.identity import Role

_ROLES = click.Choice([role.value for role in Role])


@click.group(cls=Noun)
def users() -> None:
    """Who can sign in."""


@users.command("list")
@with_session
def list_users(session: Session) -> Page:
    """Everybody who can sign in, and those who left."""
    found = session.platform.people()
    active = sum(person.active for person in found)
    rows = [(p.email, p.name, "active" if p.active else "left", ", ".join(p.roles)) for p in found]
    return Page(
        says=f"{active} people can sign in, {len(found) - active} left.",
        data={"people": found},
        table=Table(rows, ("E-MAIL", "NAME", "ACCOUNT", "ROLES")),
        next=["lamp users add EMAIL --role ROLE"],
    )


@users.command("add")
@click.argument("email", metavar="EMAIL")
@click.option("--name", default="", help="name for other people; default: the part before @")
@click.option("--role", "roles", multiple=True, type=_ROLES, metavar="ROLE", help=f"may be given often: {', '.join(Role)}")
@click.option("--left", is_flag=True, help="the person left: the account is closed and every credential is worthless")
@with_session
def add_user(session: Session, email: str, name: str, roles: tuple[str, ...], left: bool) -> Page:
    """Add somebody, or change what is known of them."""
    known = {person.email: person for person in session.platform.people()}.get(email)
    called = name or (known.name if known else email.partition("@")[0])
    held = tuple(Role(role) for role in roles) or (known.roles if known else ())
    if left:
        session.ask(f"Close the account of {email}?", ["Every token and session stops at once."])
    person = session.platform.save_person(email, called, held, not left)
    told = f"has the roles {', '.join(person.roles) or 'none'}" if person.active else "can no longer sign in"
    return Page(
        says=f"✓ {person.email} {told}.",
        data={"person": person},
        next=["lamp users list"] if left else [f"lamp users link {email}", f"lamp tokens issue {email} --label LABEL"],
    )


@users.command("link")
@click.argument("email", metavar="EMAIL")
@with_session
def make_link(session: Session, email: str) -> Page:
    """Make a link that signs somebody in to the pages, once. It is printed once and kept nowhere."""
    secret = session.platform.issue_sign_in(email)
    session.say(f"Whoever opens it is {email}. It works once, until {local(secret.expires_at)}, and is shown only now.")
    return Page(says=session.address(f"/sign-in#{secret.secret}"), data={"email": email, "link": secret})


@users.command("unbind")
@click.argument("email", metavar="EMAIL")
@with_session
def unbind(session: Session, email: str) -> Page:
    """Let an account be bound anew, to whoever signs in with its address at an identity provider next."""
    lost = ["Roles and teams that the provider gave are taken back.", "Every token and session stops at once."]
    session.ask(f"Unbind {email} from its identity?", lost)
    person = session.platform.unbind(email)
    return Page(
        says=f"✓ {person.email} is bound to no identity; the next sign-in with this address binds it.",
        data={"person": person},
        next=["lamp users list", "lamp audit log"],
    )


@click.group(cls=Noun)
def teams() -> None:
    """People who share duties; the first active one is on call."""


@teams.command("list")
@with_session
def list_teams(session: Session) -> Page:
    """Every team with its members in the order of call."""
    found = session.platform.teams()
    return Page(
        says=f"{len(found)} team{'' if len(found) == 1 else 's'}." if found else "No teams yet.",
        data={"teams": found},
        table=Table([(team.name, ", ".join(team.members)) for team in found], ("TEAM", "MEMBERS")),
        next=["lamp teams set @TEAM EMAIL EMAIL"],
    )


@teams.command("set")
@click.argument("name", metavar="@TEAM")
@click.argument("members", metavar="EMAIL...", nargs=-1)
@with_session
def set_team(session: Session, name: str, members: tuple[str, ...]) -> Page:
    """Set the members of a team, in the order of call."""
    team = session.platform.save_team(name, members)
    first = f"{team.members[0]} is called first" if team.members else "it has no members"
    return Page(says=f"✓ {team.name}: {first}.", data={"team": team}, next=["lamp teams list"])


@click.group(cls=Noun)
def tokens() -> None:
    """Secrets with which programs and terminals act as people."""


@tokens.command("issue")
@click.argument("email", metavar="EMAIL")
@click.option("--label", required=True, help="what the token is for, such as ops-dashboard")
@click.option("--days", type=click.IntRange(1, 365), default=90, show_default=True, help="how long it lives")
@with_session
def issue_token(session: Session, email: str, label: str, days: int) -> Page:
    """Give out a token. It is printed once and kept nowhere."""
    secret = session.platform.issue_token(email, label, days)
    session.say(f"A token of {email} for {label}, good until {local(secret.expires_at)}. It is shown only now.")
    return Page(says=secret.secret, data={"email": email, "label": label, "token": secret})


@tokens.command("list")
@click.argument("email", metavar="[EMAIL]", default="")
@with_session
def list_tokens(session: Session, email: str) -> Page:
    """Tokens that are good now: your own, or as an administrator those of somebody."""
    whose = email or session.platform.whoami().email
    found = session.platform.tokens(whose)
    rows = [
        (one.key, one.label + (" (this one)" if one.current else ""), local(one.created_at), local(one.expires_at))
        for one in found
    ]
    return Page(
        says=f"{whose} has {len(found)} token{'' if len(found) == 1 else 's'}." if found else f"{whose} has no token.",
        data={"tokens": found},
        table=Table(rows, ("TOKEN", "FOR", "GIVEN OUT", "GOOD UNTIL")) if found else None,
        next=["lamp tokens revoke TOKEN"] if found else ["lamp login"],
        url=session.address("/tokens"),
    )


@tokens.command("revoke")
@click.argument("key", metavar="TOKEN")
@with_session
def revoke_token(session: Session, key: str) -> Page:
    """Make a token worthless at once, by the name that lamp tokens list gives it; so is all that came from it."""
    session.ask(f"Revoke the token {key}?", ["Whoever uses it is refused at once."])
    revoked = session.platform.revoke_token(key)
    return Page(
        says=f"✓ The token {revoked.label} of {revoked.email} is worthless.",
        data={"token": revoked},
        next=["lamp tokens list"],
        url=session.address("/tokens"),
    )


COMMANDS: Mapping[str, click.Command] = {"users": users, "teams": teams, "tokens": tokens}
