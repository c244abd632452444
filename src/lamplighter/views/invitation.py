"""An invitation as people may see it: without anything that opens it."""

from lamplighter.domain.invitation import Invitation
from lamplighter.domain.record import Record


class InvitationState(Record, frozen=True):
    """One invitation."""

    id: str
    model: str
    number: int
    environment: str
    person: str
    sent_by: str
    #: Who was shown the link; nobody was where it went by e-mail.
    shown_to: str
    #: Whether it takes a code by e-mail as well.
    with_code: bool
    #: Microseconds since the epoch, UTC.
    opened_at: int
    expires_at: int
    #: Open, used, revoked or expired.
    state: str


class Invited(Record, frozen=True):
    """An invitation that was sent."""

    invitation: InvitationState
    #: The link, shown once; empty where it went by e-mail.
    link: str = ""


def seen(one: Invitation, now: int) -> InvitationState:
    """What may be seen of it at a moment, microseconds since the epoch."""
    return InvitationState(
        id=one.id,
        model=one.model,
        number=one.number,
        environment=one.environment,
        person=one.person,
        sent_by=one.sent_by,
        shown_to=one.shown_to,
        with_code=one.with_code,
        opened_at=one.opened_at,
        expires_at=one.expires_at,
        state=one.state(now),
    )
