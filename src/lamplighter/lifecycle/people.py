"""People, teams, and the first owner of a new platform."""

import getpass
import os
import re
from collections.abc import Sequence
from pathlib import Path

from lamplighter.domain.errors import Invalid
from lamplighter.domain.events.design import EnvironmentSaved
from lamplighter.domain.events.identity import PersonAdded, TeamSaved
from lamplighter.domain.identity import PLATFORM, Actor, Person, Role, Team
from lamplighter.domain.names import party_name, unknown
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.revoking import revoke_all
from lamplighter.lifecycle.tokens import issue_token

_OWNER_ROLES = (Role.DATA_SCIENTIST, Role.ML_ENGINEER, Role.ADMINISTRATOR)


def bootstrap(kit: Kit) -> None:
    """Make the environments and the local owner of a new platform. Its token lies in a file that only this user can read."""
    with kit.store.transaction() as change:
        known = change.environments.all()
        for environment in kit.settings.first_environments():
            if not known:
                change.environments.add(environment)
                event = EnvironmentSaved(environment=environment.name, level=environment.level)
                kit.record(change, event, PLATFORM)
        fresh = not change.people.all()
    if fresh:
        owner = owner_address()
        save_person(kit, PLATFORM, owner, "Local owner", _OWNER_ROLES)
        secret = issue_token(kit, PLATFORM, owner, "owner of this machine", days=365).secret
        _write_private(kit.settings.folder / "owner.token", secret)


def owner_address() -> str:
    """The address of the person who runs this machine's platform; in a container a user may have no name."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = ""
    return f"{re.sub(r'[^a-z0-9._-]', '', user.lower()) or 'owner'}@localhost"


def operator(kit: Kit) -> Actor:
    """Whoever works on this machine itself, by the name that the machine knows; raises `NotFound` where no person has it."""
    address = owner_address()
    with kit.store.reading() as look:
        known = look.people.by_email()
    if address not in known:
        raise unknown("person", address, known)
    return Actor(person=known[address], credential="this machine")


def _write_private(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)


def save_person(kit: Kit, actor: Actor, email: str, name: str, roles: Sequence[Role], active: bool = True) -> Person:
    """Add somebody or change them; who is not active loses every credential. Raises `Invalid` for a bad address."""
    if party_name(email).startswith("@"):
        raise Invalid("That is a team.", why="A name that starts with @ is a team.", fix="Use lamp teams set.", code="E1104")
    person = Person(email=email, name=name, roles=tuple(roles), active=active)
    with kit.store.transaction() as change:
        change.people.put(person)
        if not active:
            revoke_all(change, email)
        kit.record(change, PersonAdded(email=email, roles=person.roles, active=active), actor)
    return person


def save_team(kit: Kit, actor: Actor, name: str, members: Sequence[str]) -> Team:
    """Set the members of a team; raises `NotFound` for a member who is not known."""
    if not party_name(name).startswith("@"):
        raise Invalid("That is not a team.", why="The name of a team starts with @.", fix="Write @it-ops.", code="E1105")
    team = Team(name=name, members=tuple(members))
    with kit.store.transaction() as change:
        known = change.people.by_email()
        for member in members:
            if member not in known:
                raise unknown("person", member, known)
        change.teams.put(team)
        kit.record(change, TeamSaved(team=name, members=team.members), actor)
    return team
