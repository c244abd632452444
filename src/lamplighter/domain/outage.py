"""What is answered in place of a version that fails.

Law of change: fields may be added with a default.
"""

from enum import StrEnum

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
