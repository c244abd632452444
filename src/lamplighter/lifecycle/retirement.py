"""What is refused of a model that is being taken out of use, or was."""

from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.errors import Blocked, Conflict
from lamplighter.domain.farewell import Gone
from lamplighter.domain.project import Project
from lamplighter.domain.retirement import Retirement, State
from lamplighter.domain.retirement_rule import RetirementRule
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def check_goes_on(look: Transaction, model: str) -> None:
    """Raise `Blocked` for a model that is being retired or was: nothing new of it is begun."""
    found = look.retirements.of(model)
    if found is None:
        return
    check_stands(look, model)
    raise Blocked(
        f"{model} is being retired.",
        why=f"{found.told} {found.person} announced {found.id}: {found.reason}",
        fix=f"If it has to go on, take that back: lamp retire cancel {model} --reason WHY",
        code="E1430",
    )


def check_stands(look: Transaction, model: str) -> None:
    """Raise `Conflict` for a model that was retired: its name stays its own, and nothing of it comes back by accident."""
    found = look.retirements.of(model)
    if found is not None and not found.open:
        raise Conflict(
            f"{model} was retired.",
            why=f"{found.moved_by} finished {found.id}: {found.reason}",
            fix=f"Use another name, or have its owner bring it back: lamp retire revive {model} --reason WHY",
            code="E1553",
        )


def is_finished(look: Transaction, model: str) -> bool:
    """Whether a model was retired and not taken back."""
    found = look.retirements.of(model)
    return found is not None and not found.open


def finished(look: Transaction) -> frozenset[str]:
    """Every model that was retired and not taken back."""
    return frozenset(one.model for one in look.retirements.all(holds=True, open=False))


def gone_in(look: Transaction, environment: str) -> tuple[Gone, ...]:
    """The models that answered in an environment until they were retired."""
    found = look.retirements.all(holds=True, open=False)
    return tuple(one.gone for one in found if one.state is State.FINISHED and environment in one.environments)


def rule_of(kit: Kit, project: Project) -> tuple[RetirementRule, bool]:
    """What the rule book asks for of a model, and whether the business side has to agree."""
    tier = tier_of(kit.policy, criticality_of(project, kit.policy).tier)
    return tier.retirement, tier.retirement.asks_business(critical=tier.critical)


def announced(look: Transaction, model: str) -> Retirement | None:
    """The retirement of a model that still answers."""
    found = look.retirements.of(model)
    return found if found is not None and found.open else None
