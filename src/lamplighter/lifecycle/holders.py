"""Who holds a secret, as long as they may: a person who has not left, an application whose account is open."""

from lamplighter.domain.consumer import Account
from lamplighter.domain.errors import NotAllowed
from lamplighter.domain.identity import Person
from lamplighter.domain.names import unknown
from lamplighter.store.transaction import Transaction


def find_person(look: Transaction, email: str) -> Person:
    """A person; raises `NotFound`, and `NotAllowed` for one who left."""
    person = look.people.find(email=email)
    if person is None:
        raise unknown("person", email, look.people.by_email())
    if not person.active:
        raise NotAllowed("This account is closed.", why="The person left.", fix="Ask an administrator.", code="E1303")
    return person


def check_account(account: Account, model: str) -> None:
    """Raise `NotAllowed` for an account that is closed, or that is not for the model."""
    if not account.active:
        raise NotAllowed(
            "This account is closed.",
            why="The application is gone.",
            fix="Open it again with lamp consumers add.",
            code="E1304",
        )
    if account.models and model not in account.models:
        raise NotAllowed(
            f"{account.name} may not call {model}.",
            why=f"Its account is for {', '.join(account.models)}.",
            fix="Add the model to its account with lamp consumers add.",
            code="E1305",
        )
