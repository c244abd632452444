"""How much somebody carries: the models they are paged for, the pages of a week and what is overdue."""

from lamplighter.domain.handover_rule import HandoverRule
from lamplighter.domain.record import Record


class Load(Record, frozen=True):
    """What a person or a team carries."""

    #: E-mail address, or `@` and the name of a team.
    party: str
    #: How many of its people are here.
    people: int
    #: Models whose technical alerts are theirs.
    models: int
    #: Pages about them in the last four weeks, as a number a week.
    pages_per_week: float
    #: Pages that nobody answered in time, and reviews of emergencies that are late.
    overdue: int


def excess(load: Load, rule: HandoverRule) -> tuple[str, ...]:
    """A sentence for each limit that the load is above; empty if it can be carried."""
    figures = (
        ("models", load.models, rule.models * load.people),
        ("pages a week", load.pages_per_week, rule.pages_per_week * load.people),
        ("overdue", load.overdue, rule.overdue * load.people),
    )
    return tuple(f"{name}: {value:g}, and {most:g} can be carried" for name, value, most in figures if value > most)
