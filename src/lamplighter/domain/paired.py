"""Two versions on the same requests: what a shadow scored beside the version that answered. Counts, so that parts add up.

Law of change: fields may be added with a default.
"""

from collections.abc import Iterable

import msgspec

from lamplighter.domain.record import Record

#: Upper bounds of the bins of absolute differences between two scores; the last bin is open.
DIFFERENCE_BOUNDS: tuple[float, ...] = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)

#: The kind of evidence that a comparison of scoring along is.
KIND = "shadow"


class Paired(Record, frozen=True):
    """What one shadow scored beside one answering version."""

    model: str
    #: When the shadow began to score along, microseconds since the epoch; tells one run from the next.
    run: int
    #: Number and digest of the shadow.
    number: int
    digest: str
    #: Number and digest of the version that answered.
    against: int
    against_digest: str
    #: Requests that both scored.
    requests: int = 0
    #: Rows in them.
    rows: int = 0
    #: Requests that the shadow failed and the other scored.
    failures: int = 0
    #: Sum of the differences, shadow minus other; of their sizes; of their squares.
    total: float = 0.0
    sizes: float = 0.0
    squares: float = 0.0
    #: The largest size of a difference.
    largest: float = 0.0
    #: Rows by size of the difference; bounds are `DIFFERENCE_BOUNDS`, the last bin is open.
    bins: tuple[int, ...] = (0,) * (len(DIFFERENCE_BOUNDS) + 1)
    #: Rows that the shadow decides for and the other against, each by its own threshold.
    up: int = 0
    #: Rows that the shadow decides against and the other for.
    down: int = 0

    @property
    def flips(self) -> int:
        """Rows on which the two decide differently."""
        return self.up + self.down

    def plus(self, other: "Paired") -> "Paired":
        """Both parts together; of the same pair and run."""
        return msgspec.structs.replace(
            self,
            requests=self.requests + other.requests,
            rows=self.rows + other.rows,
            failures=self.failures + other.failures,
            total=self.total + other.total,
            sizes=self.sizes + other.sizes,
            squares=self.squares + other.squares,
            largest=max(self.largest, other.largest),
            bins=tuple(map(sum, zip(self.bins, other.bins, strict=True))),
            up=self.up + other.up,
            down=self.down + other.down,
        )


def added(parts: Iterable[Paired]) -> tuple[Paired, ...]:
    """One count for each pair and run."""
    sums: dict[tuple[str, int, str, str], Paired] = {}
    for part in parts:
        key = (part.model, part.run, part.digest, part.against_digest)
        sums[key] = sums[key].plus(part) if key in sums else part
    return tuple(sums.values())


class ShadowRun(Record, frozen=True):
    """How a shadow compares with the live version so far. Kept as evidence `shadow`."""

    model: str
    environment: str
    #: Numbers of the shadow and of the live version, and the digest of that.
    number: int
    against: int
    against_version: str
    #: Since when it scores along, microseconds since the epoch, UTC.
    since: int
    #: Requests and rows that both scored, and requests that only the shadow failed.
    requests: int = 0
    rows: int = 0
    failures: int = 0
    #: Mean of the differences, shadow minus live, and mean and largest of their sizes.
    mean_difference: float = 0.0
    mean_size: float = 0.0
    largest: float = 0.0
    #: Mean of the squares of the differences.
    mean_square: float = 0.0
    #: Rows by size of the difference, the bounds are `DIFFERENCE_BOUNDS`.
    bins: tuple[int, ...] = ()
    #: Rows whose decision would change: to yes, to no.
    up: int = 0
    down: int = 0


def run_of(environment: str, seen: Paired) -> ShadowRun:
    """The comparison in means."""
    rows = max(1, seen.rows)
    return ShadowRun(
        model=seen.model,
        environment=environment,
        number=seen.number,
        against=seen.against,
        against_version=seen.against_digest,
        since=seen.run,
        requests=seen.requests,
        rows=seen.rows,
        failures=seen.failures,
        mean_difference=seen.total / rows,
        mean_size=seen.sizes / rows,
        largest=seen.largest,
        mean_square=seen.squares / rows,
        bins=seen.bins,
        up=seen.up,
        down=seen.down,
    )
