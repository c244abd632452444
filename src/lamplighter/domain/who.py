"""The whole answer to the question in the middle."""

from lamplighter.domain.advice import Advice
from lamplighter.domain.criticality import Criticality
from lamplighter.domain.ownership import Ownership
from lamplighter.domain.readiness import Readiness
from lamplighter.domain.record import Record


class Who(Record, frozen=True):
    """Who should deploy this model, who has which duty, and why."""

    model: str
    advice: Advice
    criticality: Criticality
    readiness: Readiness
    ownership: Ownership
    business: str
    risk: str
