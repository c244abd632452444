"""Links with which people accept versions without an account. No event holds a secret."""

from lamplighter.domain.events.base import Event


class InvitationSent(Event, frozen=True, tag=True):
    """Somebody of the business was invited to accept a version for an environment."""

    invitation: str = ""
    number: int = 0
    version: str = ""
    environment: str = ""
    person: str = ""
    #: The channel that brought the link; empty where it was shown to whoever sent it.
    channel: str = ""
    with_code: bool = False
    #: Microseconds since the epoch, UTC.
    expires_at: int = 0


class InvitationOpened(Event, frozen=True, tag=True):
    """A browser opened an invitation, by its link or with the code as well."""

    invitation: str = ""
    number: int = 0
    environment: str = ""
    person: str = ""
    by: str = ""


class InvitationCodeSent(Event, frozen=True, tag=True):
    """A one-time code was sent to whoever is invited."""

    invitation: str = ""
    number: int = 0
    environment: str = ""
    person: str = ""
    channel: str = ""


class InvitationRevoked(Event, frozen=True, tag=True):
    """An invitation opens nothing any more."""

    invitation: str = ""
    number: int = 0
    environment: str = ""
    person: str = ""


InvitationEvent = InvitationSent | InvitationOpened | InvitationCodeSent | InvitationRevoked
