"""Which models need somebody now."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lamplighter.cli.session import Session
from lamplighter.domain.acceptance import ROLE_OF
from lamplighter.domain.errors import NotFound
from lamplighter.domain.identity import Person
from lamplighter.domain.names import unknown

if TYPE_CHECKING:  # these bring the database library, which help does not need
    from lamplighter.views.fleet import FleetRow
    from lamplighter.views.waiting import Waiting


def needing(session: Session, rows: "Sequence[FleetRow]", who: str) -> "list[FleetRow]":
    """Models whose trouble this person has, and models that wait for a word this person may give; raises `NotFound`."""
    person = session.platform.whoami() if who == "me" else _person(session, who)
    waiting = {found.model for found in session.platform.waiting() if may_sign(person, found)}
    return [row for row in rows if row.needs == person.email or row.model in waiting]


def may_sign(person: Person, waiting: "Waiting") -> bool:
    """Whether the person holds a key that is not turned yet; whoever asked for the version holds none."""
    said = {signature.side for signature in waiting.signatures}
    open_sides = [side for side, role in ROLE_OF.items() if role in person.roles and side not in said]
    return bool(open_sides) and person.email != waiting.asked_by


def _person(session: Session, email: str) -> Person:
    known = {person.email: person for person in session.platform.people()}
    if email not in known:
        refusal: NotFound = unknown("person", email, known)
        raise refusal
    return known[email]
