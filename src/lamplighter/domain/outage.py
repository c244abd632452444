"""What is answered in place of a version that fails.

Law of change: fields may be added with a default.
"""

import math
from enum import StrEnum

from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Record, Settings

#: How the consumer of a drill is called: this and who holds it.
DRILL = "drill:"


class Fallback(StrEnum):
    """What stands in for the version."""

    #: Nothing: the caller is told of the failure.
    FAIL = "fail"
    #: The declared number, for every row.
    CONSTANT = "constant"
    #: What the version answered last for the same key, or for the same rows where no key is declared.
    LAST_KNOWN_GOOD = "last-known-good"
    #: Another version of the model that was live in the same environment.
    VERSION = "version"


class OutagePlan(Settings, frozen=True):
    """What a project declares."""

    answer: Fallback = Fallback.FAIL
    #: The number that `constant` answers with.
    value: float | None = None
    #: Number of the version that `version` asks; 0 for the one a rollback would return to.
    version: int = 0
    #: How old an answer of `last-known-good` may be, such as 1h.
    max_age: str = ""


class Outage(Record, frozen=True):
    """What serving is told of it."""

    answer: Fallback
    value: float = 0.0
    #: Microseconds that a kept answer may be old.
    max_age: int = 0


#: The setting that each answer needs or takes; one that it does not take would have no effect.
_TAKES = {
    Fallback.FAIL: (),
    Fallback.CONSTANT: ("value",),
    Fallback.LAST_KNOWN_GOOD: ("max_age",),
    Fallback.VERSION: ("version",),
}

_UNSAID: dict[str, tuple[object, ...]] = {"value": (None,), "version": (0,), "max_age": ("",)}


def check_outage(plan: OutagePlan) -> OutagePlan:
    """The plan itself if it says what its answer needs, and nothing that its answer would ignore; raises `Invalid`."""
    said = {name for name in _UNSAID if getattr(plan, name) not in _UNSAID[name]}
    for name in sorted(said - set(_TAKES[plan.answer])):
        raise _unlawful(
            f"{name} has no effect where the answer is {plan.answer}", f"Leave out {name}, or choose another answer"
        )
    if plan.answer is Fallback.CONSTANT and (plan.value is None or not math.isfinite(plan.value)):
        raise _unlawful("A constant answer needs its number", "Write value = 0.5")
    if plan.answer is Fallback.LAST_KNOWN_GOOD and not plan.max_age:
        raise _unlawful("An answer that is kept for ever may be as wrong as any", 'Write max_age = "1h"')
    if plan.version < 0:
        raise _unlawful("There is no version of that number", "Write the number of a version, or leave it out")
    return plan


def _unlawful(why: str, fix: str) -> Invalid:
    return Invalid("The [outage] of lamp.toml is not valid.", why=f"{why}.", fix=f"{fix}.", code="E1124")
