"""What is refused of a model that somebody has switched off."""

from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict
from lamplighter.store.transaction import Transaction


def check_on(look: Transaction, model: str, environment: Environment) -> None:
    """Raise `Conflict` for a model that is switched off there: a version on trial would be tried on nobody."""
    found = look.routings.of(model, environment.name).off
    if found is not None:
        raise Conflict(
            f"{model} is switched off in {environment.name}.",
            why=f"{found.person} switched it off: {found.reason}",
            fix=f"Go back with lamp rollback {model} where that helps, then lamp switch on {model} --env {environment.name}",
            code="E1649",
        )
