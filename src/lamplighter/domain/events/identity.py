"""People, teams and what they sign in with."""

from lamplighter.domain.events.base import Event


class PersonAdded(Event, frozen=True, tag=True):
    """Somebody can sign in, or has other roles now."""

    email: str = ""
    roles: tuple[str, ...] = ()
    active: bool = True
    #: Name of the identity provider whose groups say so; empty for a person's deed.
    by: str = ""


class TeamSaved(Event, frozen=True, tag=True):
    """A team has these members now."""

    team: str = ""
    members: tuple[str, ...] = ()
    #: Name of the identity provider whose groups say so; empty for a person's deed.
    by: str = ""


class TokenIssued(Event, frozen=True, tag=True):
    """A token was given out."""

    email: str = ""
    label: str = ""
    digest: str = ""


class TokenRevoked(Event, frozen=True, tag=True):
    """A token of a person is worthless from now on, with all that came from it."""

    email: str = ""
    label: str = ""
    digest: str = ""


class DeviceAllowed(Event, frozen=True, tag=True):
    """Somebody allowed a command on a machine to have a token of theirs."""

    email: str = ""
    machine: str = ""
    #: Where the command came from.
    sender: str = ""


class DeviceRefused(Event, frozen=True, tag=True):
    """Somebody refused a command that asked for a token of theirs."""

    email: str = ""
    machine: str = ""
    sender: str = ""


class SignedIn(Event, frozen=True, tag=True):
    """Somebody opened a session in a browser."""

    email: str = ""
    #: Name of the identity provider that vouched; empty for a link or a token.
    by: str = ""


class IdentityBound(Event, frozen=True, tag=True):
    """An account belongs to a subject of an identity provider from now on."""

    email: str = ""
    provider: str = ""
    subject: str = ""


class IdentityUnbound(Event, frozen=True, tag=True):
    """An account may be bound to another subject; what the provider gave was taken back."""

    email: str = ""
    provider: str = ""
    subject: str = ""


class AddressRenamed(Event, frozen=True, tag=True):
    """The identity provider has another e-mail address for somebody; the account keeps its name."""

    email: str = ""
    provider: str = ""
    told_email: str = ""


class SignInRefused(Event, frozen=True, tag=True):
    """An identity provider vouched for somebody who may not enter."""

    #: The account, or the e-mail address that would have been one.
    email: str = ""
    provider: str = ""
    subject: str = ""
    why: str = ""
    #: Whether somebody who could enter before has lost roles, teams, sessions and tokens by it.
    withdrawn: bool = False


IdentityEvent = (
    PersonAdded
    | TeamSaved
    | TokenIssued
    | TokenRevoked
    | DeviceAllowed
    | DeviceRefused
    | SignedIn
    | IdentityBound
    | IdentityUnbound
    | AddressRenamed
    | SignInRefused
)
