"""Compares the scores of a shadow with those that were answered, request by request, and keeps nothing but counts."""

from bisect import bisect_left

import msgspec

from lamplighter.domain.paired import DIFFERENCE_BOUNDS, Paired
from lamplighter.domain.route import Arm
from lamplighter.serving.versions import Attempt


class _Counts(msgspec.Struct):
    requests: int = 0
    rows: int = 0
    failures: int = 0
    total: float = 0.0
    sizes: float = 0.0
    squares: float = 0.0
    largest: float = 0.0
    up: int = 0
    down: int = 0
    bins: list[int] = msgspec.field(default_factory=lambda: [0] * (len(DIFFERENCE_BOUNDS) + 1))


#: Model, run, number and digest of the shadow, number and digest of the other.
_Key = tuple[str, int, int, str, int, str]


class Pairs:
    """Counts by run and pair of versions."""

    def __init__(self) -> None:
        self._counts: dict[_Key, _Counts] = {}

    def count(self, run: int, shadow: Attempt, answered: Attempt) -> None:
        """One request. What was not scored by a version is compared with nothing."""
        if answered.failed is not None or answered.arm is Arm.FALLBACK:
            return
        counts = self._of(run, shadow, answered)
        if shadow.failed is not None:
            counts.failures += 1
            return
        counts.requests += 1
        counts.rows += len(shadow.scores)
        ours, theirs = shadow.version.manifest.decision.threshold, answered.version.manifest.decision.threshold
        for score, other in zip(shadow.scores, answered.scores, strict=True):
            difference = score - other
            size = abs(difference)
            counts.total += difference
            counts.sizes += size
            counts.squares += difference * difference
            counts.largest = max(counts.largest, size)
            counts.bins[bisect_left(DIFFERENCE_BOUNDS, size)] += 1
            yes, was = score >= ours, other >= theirs
            counts.up += yes > was
            counts.down += was > yes

    def meters(self) -> tuple[Paired, ...]:
        """The counts as they stand."""
        return tuple(
            Paired(*key, **{**msgspec.structs.asdict(counts), "bins": tuple(counts.bins)})
            for key, counts in self._counts.items()
        )

    def _of(self, run: int, shadow: Attempt, answered: Attempt) -> _Counts:
        one, other = shadow.version.served, answered.version.served
        key = (shadow.version.manifest.model, run, one.number, one.digest, other.number, other.digest)
        counts = self._counts.get(key)
        if counts is None:
            counts = self._counts[key] = _Counts()
        return counts
