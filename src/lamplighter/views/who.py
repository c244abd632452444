"""The people of a model as of now."""

from lamplighter.domain.ownership import Ownership, ownership_of
from lamplighter.store.transaction import Transaction


def ownership(look: Transaction, model: str) -> Ownership:
    """Every duty of a model that has a project; raises `NotFound`."""
    return ownership_of(look.project(model), look.people.by_email(), look.teams.by_name())
