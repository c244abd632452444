"""What is written down of a prediction."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lamplighter.domain.prediction import Scored, frame, frame_in_pieces
from lamplighter.domain.route import Arm
from lamplighter.serving.lane import MANY
from lamplighter.serving.versions import Attempt

_NO_COLUMNS: Mapping[str, Sequence[Any]] = {}


class Noted(msgspec.Struct):
    """What every attempt at a request has in common."""

    request: str
    consumer: str
    #: As they are written down.
    columns: Mapping[str, Sequence[Any]]
    rows: int
    #: Microseconds since the epoch; 0 if the caller does not say.
    event_at: int = 0
    #: Columns that are not written down as they came.
    redacted: tuple[str, ...] = ()
    #: Id of the caller's trace; empty for none.
    trace: str = ""


def framed(noted: Noted, outcome: Attempt, *, with_rows: bool) -> bytes:
    """The frame of one attempt; without its rows it shares those of the answer by the id."""
    now = time.time_ns() // 1000
    version, failed = outcome.version, outcome.failed
    has_rows = with_rows and outcome.arm is not Arm.SHADOW
    made = frame if noted.rows <= MANY else frame_in_pieces
    return made(
        Scored(
            request=noted.request,
            model=version.manifest.model,
            number=version.served.number,
            digest=version.served.digest,
            arm=outcome.arm,
            consumer=noted.consumer,
            at=now,
            event_at=noted.event_at or now,
            duration=outcome.duration,
            columns=noted.columns if has_rows else _NO_COLUMNS,
            scores=outcome.scores,
            failure=f"{failed.code}: {failed.why}" if failed is not None else "",
            rows=noted.rows,
            redacted=noted.redacted if has_rows else (),
            trace=noted.trace,
        )
    )
