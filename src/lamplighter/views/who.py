"""The people of a model as of now."""

from lamplighter.domain.advice import Advice
from lamplighter.domain.criticality import Criticality
from lamplighter.domain.ownership import Ownership, ownership_of
from lamplighter.domain.readiness import Readiness
from lamplighter.domain.record import Record
from lamplighter.store.transaction import Transaction


class Who(Record, frozen=True):
    """Who should deploy this model, who has which duty, and why."""

    model: str
    advice: Advice
    criticality: Criticality
    readiness: Readiness
    ownership: Ownership
    business: str
    risk: str


def ownership(look: Transaction, model: str) -> Ownership:
    """Every duty of a model that has a project; raises `NotFound`."""
    return ownership_of(look.project(model), look.people.by_email(), look.teams.by_name())
