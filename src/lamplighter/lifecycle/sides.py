"""Who may speak for a side on a version."""

from lamplighter.domain.acceptance import ROLE_OF, Side
from lamplighter.domain.errors import NotAllowed
from lamplighter.domain.identity import Actor
from lamplighter.domain.version import Version


def check(actor: Actor, side: Side, version: Version) -> None:
    """Raise `NotAllowed` for a wrong role and for the author of the version."""
    if ROLE_OF[side] not in actor.person.roles:
        raise NotAllowed(
            f"You cannot sign for {side.word}.",
            why=f"That takes the role {ROLE_OF[side]}.",
            fix=f"Ask somebody with the role {ROLE_OF[side]}.",
            code="E1320",
        )
    if actor.email == version.author:
        raise NotAllowed(
            "You cannot accept your own version.",
            why="Whoever registered a version never holds a key to it.",
            fix="Ask somebody else with this role.",
            code="E1321",
        )
