"""How much of a request the prediction log keeps, and for how long.

Law of change: fields may be added with a default.
"""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import msgspec

from lamplighter.domain.duration import seconds
from lamplighter.domain.record import Record, Settings

_Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class Redaction(StrEnum):
    """What stands in the log in place of a column."""

    #: A keyed hash: equal values can be told to be equal, and nothing else.
    HASH = "hash"
    #: Nothing.
    DROP = "drop"


class LogPlan(Settings, frozen=True):
    """What a project declares."""

    #: Inputs that do not reach the disk as they are, by name.
    redact: Mapping[str, Redaction] = {}
    #: Share of the requests whose inputs are kept, from 0 to 1; everything else is kept of all.
    sample: _Share | None = None
    #: How long it is kept, such as 90d; for as long as the policy asks, and otherwise for ever, where nothing is said.
    keep: str = ""


class LogRule(Settings, frozen=True):
    """What a tier asks for. A project may only add to it."""

    #: Inputs that no project of the tier may write down as they are.
    redact: Mapping[str, Redaction] = {}
    #: Smallest share of the requests whose inputs are kept.
    least_sample: _Share = 0.0
    #: Shortest time it is kept, such as 180d.
    least_keep: str = ""


class Log(Record, frozen=True):
    """What serving is told of it."""

    redact: Mapping[str, Redaction] = {}
    sample: float = 1.0


def kept(rule: LogRule, plan: LogPlan) -> float:
    """Seconds that it is kept under both; without end where the project says nothing."""
    if not plan.keep:
        return math.inf
    return max(seconds(plan.keep), seconds(rule.least_keep) if rule.least_keep else 0.0)


def log_of(rule: LogRule, plan: LogPlan) -> Log:
    """What is kept under both: the stronger redaction of each column, and no smaller a sample than the rule's."""
    redact = {**plan.redact}
    for name, redaction in rule.redact.items():
        redact[name] = Redaction.DROP if Redaction.DROP in (redaction, redact.get(name)) else redaction
    share = 1.0 if plan.sample is None else plan.sample
    return Log(redact=redact, sample=max(share, rule.least_sample))
