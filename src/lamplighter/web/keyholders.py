"""Who may say yes or no to a version on the pages."""

from lamplighter.domain.acceptance import ROLE_OF, Side
from lamplighter.domain.identity import Permission, Person


def sides(person: Person) -> list[Side]:
    """The sides that somebody speaks for."""
    return [side for side in Side if ROLE_OF[side] in person.roles]


def why_not(person: Person, author: str) -> str:
    """Why somebody may not speak on a version; nothing if they may."""
    if person.email == author:
        return "You registered this version, so its acceptance has to come from somebody else."
    if not person.may(Permission.APPROVE):
        return "It takes the permission approve, which none of your roles carries."
    return "" if sides(person) else "None of your roles speaks for business, IT or risk."
