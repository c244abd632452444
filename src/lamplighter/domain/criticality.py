"""How critical a model is: computed from answers, raised but never lowered by what the file declares."""

from lamplighter.domain.names import unknown
from lamplighter.domain.policy import Policy, Tier
from lamplighter.domain.project import Project
from lamplighter.domain.record import Record


class Criticality(Record, frozen=True):
    """The tier of a model and why."""

    tier: str
    #: The rule of the policy that fired, or `declared`.
    rule: str
    #: The reason as a sentence.
    why: str


def criticality_of(project: Project, policy: Policy) -> Criticality:
    """The tier that the answers give, or the declared one where that is higher; raises `NotFound` for an unknown tier."""
    computed = _computed(project, policy)
    declared = project.model.criticality
    if not declared:
        return computed
    tier = tier_of(policy, declared)
    if policy.rank(tier.name) > policy.rank(computed.tier):
        why = f"lamp.toml declares {tier.name}; the answers alone give {computed.tier}."
        return Criticality(tier=tier.name, rule="declared", why=why)
    return computed


def _computed(project: Project, policy: Policy) -> Criticality:
    for rule in policy.criticality:
        if rule.matches(project.impact):
            return Criticality(tier=rule.tier, rule=rule.name, why=rule.why)
    highest = policy.tier[-1].name
    return Criticality(
        tier=highest, rule="unanswered", why="Questions of [impact] are not answered, so the strictest tier holds."
    )


def tier_of(policy: Policy, name: str) -> Tier:
    """The tier of that name; raises `NotFound` with the known ones."""
    for tier in policy.tier:
        if tier.name == name:
            return tier
    raise unknown("tier", name, (tier.name for tier in policy.tier))
