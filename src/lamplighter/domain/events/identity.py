"""People, teams and what they sign in with."""

from lamplighter.domain.events.base import Event


class PersonAdded(Event, frozen=True, tag=True):
    """Somebody can sign in, or has other roles now."""

    email: str = ""
    roles: tuple[str, ...] = ()
    active: bool = True


class TeamSaved(Event, frozen=True, tag=True):
    """A team has these members now."""

    team: str = ""
    members: tuple[str, ...] = ()


class TokenIssued(Event, frozen=True, tag=True):
    """A token was given out."""

    email: str = ""
    label: str = ""
    digest: str = ""


class SignedIn(Event, frozen=True, tag=True):
    """Somebody opened a session in a browser."""

    email: str = ""


IdentityEvent = PersonAdded | TeamSaved | TokenIssued | SignedIn
