"""Another threshold for a version: which decisions would turn, counted from scores that are on record.

Law of change: `Retuning` is kept as evidence, so fields may be added to it and its parts with a default.
"""

import math
from collections.abc import Iterable, Mapping

import msgspec

from lamplighter.domain.contract import Meaning
from lamplighter.domain.decoding import from_plain
from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.record import Record
from lamplighter.domain.replay import Thresholds
from lamplighter.domain.signing import unsigned
from lamplighter.domain.version import DecisionRule, Manifest, Version

#: The kind of evidence that it leaves; only the platform brings it.
KIND = "retuning"


class Turned(Record, frozen=True):
    """What becomes of the decisions of one consumer."""

    #: Rows that were answered.
    rows: int = 0
    #: Rows whose decision turns from negative to positive, and the other way.
    up: int = 0
    down: int = 0
    #: Where it decides before and after; its own threshold is no other afterwards.
    thresholds: Thresholds = Thresholds()

    @property
    def share(self) -> float:
        """Share of the rows whose decision turns."""
        return (self.up + self.down) / self.rows if self.rows else 0.0


class Moved(Record, frozen=True):
    """One figure of quality on the same labelled rows, by the threshold before and by the one after."""

    before: float
    after: float
    #: Ends of the 95 % interval of the figure after.
    low: float
    high: float
    #: Rows that it was taken of.
    n: int


class Retuning(Record, frozen=True):
    """What another threshold would change."""

    model: str
    #: Number and digest of the version whose threshold it is.
    number: int
    version: str
    environment: str
    before: float
    after: float
    #: Versions whose answers were counted: they differ from it in nothing but their threshold.
    counted: tuple[int, ...] = ()
    #: Event time of the first and of the last row, microseconds since the epoch; 0 where there is none.
    start: int = 0
    end: int = 0
    consumers: Mapping[str, Turned] = {}
    #: Share of the log that there was time to look through, the newest part of it.
    looked_through: float = 1.0
    #: Rows of these versions whose truth is known.
    labelled: int = 0
    #: Figures that look at decisions, by slice (empty for all rows) and name.
    figures: Mapping[str, Mapping[str, Moved]] = {}
    #: Why, in the words of whoever made a version of it.
    reason: str = ""

    @property
    def rows(self) -> int:
        """Rows that were counted."""
        return sum(one.rows for one in self.consumers.values())

    @property
    def turned(self) -> int:
        """Rows whose decision turns."""
        return sum(one.up + one.down for one in self.consumers.values())

    @property
    def sentence(self) -> str:
        """How many decisions turn."""
        if not self.rows:
            return f"Nothing that v{self.number} answered in {self.environment} is on record, so nobody knows what turns."
        return f"{self.turned:,} of {self.rows:,} decisions in {self.environment} would have been others."


def retuned(version: Version, threshold: float) -> Manifest:
    """The unsigned manifest of the same files with another threshold; raises `Invalid` and `Conflict`."""
    manifest = version.manifest
    if version.elsewhere:
        raise Conflict(
            f"{version.name} runs elsewhere.",
            why="Its threshold is where it runs, and only declared here.",
            fix="Change it there, then take it on again: lamp adopt",
            code="E1541",
        )
    decides = manifest.contract.output.meaning is Meaning.PROBABILITY
    if not decides:
        raise Invalid(
            f"{version.name} answers with a number, not with a probability.",
            why="No threshold makes a decision of it here.",
            fix="Where a consumer decides by the number, its own threshold stands at the consumer in lamp.toml.",
            code="E1542",
        )
    if not (math.isfinite(threshold) and 0.0 < threshold < 1.0):
        raise Invalid(
            "That is no threshold.",
            why="A probability lies between 0 and 1, and everything or nothing is above any other threshold.",
            fix="Write a number between 0 and 1, such as 0.35.",
            code="E1543",
        )
    if threshold == manifest.decision.threshold:
        raise Conflict(
            f"{version.name} decides at {threshold:g} already.",
            why="A version that decides as another one does would be the same version.",
            fix="Name another threshold.",
            code="E1544",
        )
    return msgspec.structs.replace(unsigned(manifest), decision=msgspec.structs.replace(manifest.decision, threshold=threshold))


def same_scores(one: Manifest, other: Manifest) -> bool:
    """Whether two versions differ in nothing but how they decide, so that they give the same score to the same row."""
    bare = (msgspec.structs.replace(unsigned(each), decision=DecisionRule()) for each in (one, other))
    return next(bare) == next(bare)


def retuning_of(evidence: Iterable[Evidence]) -> Retuning | None:
    """What is on record of how a version came by its threshold; nothing for one that was built with it."""
    found = next((one for one in evidence if one.kind == KIND), None)
    return from_plain(found.facts, Retuning) if found else None
