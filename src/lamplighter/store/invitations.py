"""Links with which people accept versions, as hashes."""

from lamplighter.domain.invitation import Invitation
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class Invitations(Collection[Invitation]):
    """Every invitation that was sent."""

    table = schema.invitations
    kind = Invitation
