"""Predictions that a model made elsewhere, as whoever has them brings them."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from lamplighter.domain.record import Record

#: Predictions in one request at most.
MOST_ROWS = 10_000
#: Longest id of a prediction.
LONGEST_ID = 200
#: A name of whoever asked; no colon, by which jobs and drills of the platform are known.
CONSUMER = re.compile(r"[\w.@+ -]{1,100}")


class Pushed(Record, frozen=True):
    """One prediction that a model made elsewhere."""

    #: The id that its label names later; 1 to 200 characters, of this prediction alone within its model.
    id: str
    #: When it was made, microseconds since the epoch, UTC; decides the window it counts for.
    time: int
    #: What the model answered; nothing if it failed.
    score: float | None = None
    #: Inputs by name: all of the contract, or none.
    inputs: Mapping[str, Any] = {}
    #: Number of the version that answered; 0 is the one that is live.
    number: int = 0
    #: Who asked; empty for whoever pushes.
    consumer: str = ""
    #: Milliseconds that the answer took; nothing if nobody knows.
    latency_ms: float | None = None
    #: Why the model failed; empty if it answered.
    failure: str = ""


class Kept(Record, frozen=True):
    """What became of a request with predictions: all of it is kept, or it was refused."""

    #: Predictions that are new.
    kept: int
    #: Predictions that were there under their ids and stay as they are.
    known: int
    #: Predictions of days that are closed, because rows of them are old enough to go: they are not kept, and change no figure.
    closed: int = 0


class LabelsKept(Record, frozen=True):
    """What became of labels that were sent."""

    #: Labels that came; the others below are among these.
    kept: int
    #: Labels whose prediction is not known: it has not come yet, or is not kept any more. They wait for it, for a time.
    waiting: int = 0
    #: Labels of days that are closed, because rows of them are old enough to go: they change no figure.
    closed: int = 0

    def __add__(self, other: "LabelsKept") -> "LabelsKept":
        return LabelsKept(self.kept + other.kept, self.waiting + other.waiting, self.closed + other.closed)


def own_id(model: str, identity: str) -> str:
    """The id under which a prediction is kept whose id somebody else has chosen: no two models meet in it, and no id of ours.

    A digest of 128 bits (BLAKE2b, RFC 7693) of the model and the id.
    """
    content = f"{model}\0{identity}".encode("utf-8", "surrogatepass")
    return f"@{hashlib.blake2b(content, digest_size=16).hexdigest()}"
