"""Why something is wrong, as likely as can be said. The rule is simple, and stated here.

What may be the cause weighs `about / (1 + age / T)`: how often such a thing is the cause, and how long before the trouble it
happened; at the age T it weighs half. Where another version gets the same requests the weight is multiplied by 4 if that one
does not show the trouble, and by 1/10 if it does. What nobody has thought of weighs `UNKNOWN`. The likelihood is the share of
a weight in all of them, and never more than `CERTAIN`.
"""

from collections.abc import Iterable
from enum import StrEnum

from lamplighter.domain.record import Record

#: Weight of everything that is not in the list.
UNKNOWN = 0.25
#: Nothing that was not tried out is more likely than this.
CERTAIN = 0.95
#: Causes that are kept; who reads more has stopped looking.
_MOST = 6


class Trouble(StrEnum):
    """Whether another version shows the same trouble."""

    #: It gets the same kind of requests and does not show it.
    ONLY_HERE = "only-here"
    #: It shows it too.
    ELSEWHERE = "elsewhere"
    #: No other version can be compared.
    UNKNOWN = "unknown"


_FACTOR = {Trouble.ONLY_HERE: 4.0, Trouble.ELSEWHERE: 0.1, Trouble.UNKNOWN: 1.0}


class Cause(Record, frozen=True):
    """What may be the cause of an incident."""

    #: One sentence without ML words.
    sentence: str
    #: From 0 to `CERTAIN`.
    likelihood: float
    #: What kind of thing it is: `version`, `upstream`, `values`, `inputs`, `environment` or `configuration`.
    kind: str = ""


class Suspect(Record, frozen=True):
    """What happened before, and how much it weighs."""

    kind: str
    sentence: str
    #: How often such a thing is the cause, before anything is known of this case.
    about: float
    #: Seconds from this to the trouble, 0 for what lasts.
    age: float = 0.0
    #: Age at which it weighs half, seconds.
    half: float = 3600.0
    trouble: Trouble = Trouble.UNKNOWN

    @property
    def weight(self) -> float:
        """By the rule of this file."""
        return self.about / (1.0 + max(0.0, self.age) / self.half) * _FACTOR[self.trouble]


def ranked(suspects: Iterable[Suspect]) -> tuple[Cause, ...]:
    """Causes, the likeliest first; at most six."""
    found = sorted(suspects, key=lambda suspect: -suspect.weight)
    whole = UNKNOWN + sum(suspect.weight for suspect in found)
    return tuple(
        Cause(sentence=one.sentence, likelihood=round(min(CERTAIN, one.weight / whole), 3), kind=one.kind)
        for one in found[:_MOST]
    )
