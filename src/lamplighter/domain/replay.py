"""Replay: the last real requests of each consumer, scored by the live version and by the next one. Moves are a table.

Law of change: `Order` and `Outcome` pass between processes of one release; `Replayed` is kept as evidence, so fields may be
added to it and to `Figures` with a default.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from lamplighter.domain.decoding import from_plain
from lamplighter.domain.errors import Conflict
from lamplighter.domain.record import Record
from lamplighter.domain.route import Served

#: The kind of evidence that a replay leaves; only the platform brings it.
KIND = "replay"


class State(StrEnum):
    """Where a replay stands."""

    #: Asked for, or under way: it begins again if whoever watched it dies.
    ASKED = "asked"
    #: Its figures are evidence.
    DONE = "done"
    #: It ended without figures.
    FAILED = "failed"


class Step(StrEnum):
    """What happens to a replay."""

    #: Its figures came.
    FINISH = "finish"
    #: It died, took too long, or a version could not be loaded.
    FAIL = "fail"
    #: It is asked for once more.
    REPEAT = "repeat"


#: The whole machine. A pair that is not here is a move that does not exist.
MOVES: Mapping[tuple[State, Step], State] = {
    (State.ASKED, Step.FINISH): State.DONE,
    (State.ASKED, Step.FAIL): State.FAILED,
    (State.FAILED, Step.REPEAT): State.ASKED,
    (State.DONE, Step.REPEAT): State.ASKED,
}


class Replay(Record, frozen=True):
    """One replay of one pair of versions in one environment. The same pair is replayed once."""

    #: Such as `P-3`.
    id: str
    model: str
    environment: str
    #: Number and digest of the version that is to come.
    number: int
    version: str
    #: Number and digest of the version that was live.
    live_number: int
    live: str
    state: State = State.ASKED
    #: Microseconds since the epoch, UTC.
    asked_at: int = 0
    moved_at: int = 0
    why: str = ""
    #: Grows with every write; a write that saw an older one is refused.
    revision: int = 0


def advance(replay: Replay, step: Step, *, now: int, why: str = "") -> Replay:
    """The replay after the step; raises `Conflict` for a move that does not exist."""
    state = MOVES.get((replay.state, step))
    if state is None:
        raise Conflict(
            f"Replay {replay.id} cannot do that.",
            why=f"It is {replay.state}, and from there nothing follows on {step}.",
            fix="Look at the version with lamp consumers show.",
            code="E1562",
        )
    return msgspec.structs.replace(replay, state=state, moved_at=now, why=why, revision=replay.revision + 1)


class Thresholds(Record, frozen=True):
    """At which score a consumer decides, with the live version and with the next; nothing where scores decide nothing."""

    before: float | None = None
    after: float | None = None


class Order(Record, frozen=True):
    """What a replaying process is told; the requests lie beside it, framed like a segment."""

    model: str
    live: Served
    candidate: Served
    #: Root of the local artifact store.
    artifacts: str
    #: By consumer.
    thresholds: Mapping[str, Thresholds]
    #: Where environments of versions with other packages lie; empty if there are none.
    environments: str = ""
    #: Folder of the public keys whose versions may run code; empty if there are none.
    keys: str = ""


class Figures(Record, frozen=True):
    """What the next version would have done with the last requests of one consumer."""

    #: Requests that the live version takes and that were replayed.
    requests: int = 0
    #: Rows of the requests that both versions scored.
    rows: int = 0
    #: Requests that do not fit the contract of the next version.
    refused: int = 0
    #: What did not fit, as codes with counts, such as `unknown-category`.
    problems: Mapping[str, int] = {}
    #: Requests that fit and that the next version failed.
    failed: int = 0
    #: Rows whose decision turns from negative to positive.
    flips_up: int = 0
    #: Rows whose decision turns from positive to negative.
    flips_down: int = 0
    thresholds: Thresholds = Thresholds()
    #: Mean of the changes of the score, with their sign.
    shift: float = 0.0
    #: Mean of the changes of the score without their sign.
    shift_absolute: float = 0.0
    #: Quantiles 0.5, 0.95 and 0.99 of the changes without their sign.
    shift_quantiles: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shift_largest: float = 0.0
    #: Median time of the live version for one request, milliseconds.
    live_ms: float = 0.0
    #: Median time of the next version for one request, milliseconds.
    candidate_ms: float = 0.0
    #: Requests that it made of late where none could be replayed, because none holds its inputs as they came.
    unkept: int = 0

    @property
    def flips(self) -> float:
        """Share of the rows whose decision turns."""
        return (self.flips_up + self.flips_down) / self.rows if self.rows else 0.0


class Outcome(Record, frozen=True):
    """What a replaying process leaves: figures, or why there are none."""

    consumers: Mapping[str, Figures] = {}
    why: str = ""


class Replayed(Record, frozen=True):
    """The facts of the evidence `replay`."""

    environment: str
    #: Digest and number of the version that was live.
    live: str
    live_number: int
    #: By consumer; one that had no request stands here with zeros.
    consumers: Mapping[str, Figures]


def replayed(facts: Mapping[str, Any] | None, environment: str, live: str) -> Replayed | None:
    """The facts as a record; nothing where there are none, they have another form, or speak of another pair."""
    try:
        found = from_plain(facts, Replayed)
    except msgspec.ValidationError:
        return None
    return found if (found.environment, found.live) == (environment, live) else None
