"""The checklist of an organisation: what has to be in order with every version, and how much it matters where it is not."""

from collections.abc import Collection
from enum import StrEnum

from lamplighter.domain.errors import Invalid
from lamplighter.domain.names import model_name
from lamplighter.domain.record import Settings

#: The gate that asks it.
GATE = "checklist"
#: Items of a checklist, and characters of a sentence.
_MOST, _LONGEST = 50, 300


class Severity(StrEnum):
    """How much it matters that an item is open, the least first."""

    #: It would be good to have.
    LOW = "low"
    #: Somebody will miss it.
    MEDIUM = "medium"
    #: What many people rely on should not be without it.
    HIGH = "high"
    #: Nothing that anybody relies on may be without it.
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Its place, 0 for the least."""
        return list(Severity).index(self)


class Check(StrEnum):
    """What an item asks: something that the project or the version says, or that is in its evidence."""

    #: What the model does is said in a sentence.
    SUMMARY = "summary"
    #: What it is not for, and where it is weak, is said.
    LIMITATIONS = "limitations"
    #: The licence is stated, in lamp.toml or with the version.
    LICENCE = "licence"
    #: A figure is named by which the business judges it.
    SUCCESS = "success"
    #: At least one figure is required of it.
    REQUIREMENTS = "requirements"
    #: Each input that it is sliced by has a requirement of its own.
    SLICES = "slices"
    #: Protected groups have criteria, or it is said why none is concerned.
    FAIRNESS = "fairness"
    #: There is at least one example case for the business.
    CASES = "cases"
    #: A business owner is named.
    BUSINESS_OWNER = "business-owner"
    #: Somebody is named who stands in for the owner of each stage.
    DEPUTIES = "deputies"
    #: There are sources, and each says how old it may be.
    FRESHNESS = "freshness"
    #: It is said where the truth comes from.
    LABELS = "labels"
    #: A limit of quality is declared.
    QUALITY_LIMIT = "quality-limit"
    #: It is said what to do when something is wrong.
    RUNBOOK = "runbook"
    #: It is said what answers in an outage, or, of a version that runs elsewhere, how one goes back there.
    FALLBACK = "fallback"
    #: It was evaluated on so many rows at least.
    EVALUATION_ROWS = "evaluation-rows"
    #: It was evaluated on rows that it has not seen.
    HELD_OUT = "held-out"
    #: The interpreter and packages that it was made with are known; of a version that runs elsewhere nobody asks it.
    LOCK = "lock"
    #: The commit of its training code is known, and no file differed from it.
    COMMIT = "commit"
    #: The digest of its training rows is known.
    TRAINING_DATA = "training-data"


class Item(Settings, frozen=True):
    """One line of the checklist."""

    name: str
    #: What has to be in order, for people.
    sentence: str
    severity: Severity
    check: Check
    #: How many rows `evaluation-rows` wants; no other check takes it.
    least: int = 0


def check_item(item: Item, before: Collection[str]) -> Item:
    """The item itself if it can be asked as it is written, and told from those that stand before it; raises `Invalid`."""
    model_name(item.name)
    if item.name in before:
        raise _unlawful(f"name: two items are called {item.name}", "Give each a name of its own")
    if len(before) >= _MOST:
        raise _unlawful(f"A checklist has {_MOST} items at most", "Keep those that people act on")
    if not 0 < len(item.sentence.strip()) <= _LONGEST:
        raise _unlawful(f"sentence has 1 to {_LONGEST} characters", "Say in one sentence what has to be in order")
    if item.check is Check.EVALUATION_ROWS and item.least < 1:
        raise _unlawful("least: evaluation-rows needs to know how many", "Write least = 1000 beside it")
    if item.check is not Check.EVALUATION_ROWS and item.least:
        raise _unlawful(f"least has no effect on {item.check}", 'Leave it out, or write check = "evaluation-rows"')
    return item


def _unlawful(why: str, fix: str) -> Invalid:
    return Invalid("The checklist is not valid.", why=f"{why}.", fix=f"{fix}.", code="E1289")
