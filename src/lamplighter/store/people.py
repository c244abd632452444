"""People, teams and the hashes of what they sign in with."""

from sqlalchemy import delete

from lamplighter.domain.binding import Binding
from lamplighter.domain.identity import Credential, Person, Team
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class People(Collection[Person]):
    """Everybody who can sign in, and those who left."""

    table = schema.people
    kind = Person

    def by_email(self) -> dict[str, Person]:
        """Everybody, by address."""
        return {person.email: person for person in self.all()}


class Teams(Collection[Team]):
    """Who shares duties."""

    table = schema.teams
    kind = Team

    def by_name(self) -> dict[str, Team]:
        """Every team, by name."""
        return {team.name: team for team in self.all()}


class Bindings(Collection[Binding]):
    """Which account belongs to whom at an identity provider."""

    table = schema.bindings
    kind = Binding

    def remove(self, key: str) -> None:
        """Forget one, so that its account may have another."""
        self.connection.execute(delete(self.table).where(self.table.c.id == key))


class Credentials(Collection[Credential]):
    """Tokens, sign-in links and sessions, as hashes."""

    table = schema.credentials
    kind = Credential
