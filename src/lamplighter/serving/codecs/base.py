"""The promise of a codec: bytes to columns, scores to bytes, refusals in the words of the protocol."""

from typing import Any, Protocol

import msgspec

from lamplighter.domain.contract import Contract
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.problems import Refusal

#: A request has at most this many rows.
MOST_ROWS = 10_000


class Question(msgspec.Struct):
    """Rows to score, by column."""

    columns: dict[str, list[Any]]
    rows: int
    #: The id the body gives the request, empty if it gives none.
    id: str = ""
    #: Whether the caller wants raw tensors back.
    binary: bool = False


class Reply(msgspec.Struct):
    """Scores to write down."""

    model: str
    #: Number of the version that answered.
    number: int
    #: Name of the output in its contract.
    output: str
    #: Id of the request.
    request: str
    scores: list[float]


class Codec(Protocol):
    """What the module of a codec offers."""

    def read(self, request: Request, contract: Contract) -> Question | Refusal:
        """The rows of the request; whether they fit the contract is not its matter."""
        ...

    def write(self, question: Question, reply: Reply, lines: bytes) -> Answer:
        """The answer with these header lines."""
        ...

    def refuse(self, refusal: Refusal, *, instance: str, request: str, lines: bytes) -> Answer:
        """The refusal as this protocol writes it."""
        ...


def rows_refusal(rows: int) -> Refusal | None:
    """Why a batch of that many rows is not taken."""
    if rows == 0:
        return Refusal("batch-size", "Send at least one row.")
    if rows > MOST_ROWS:
        return Refusal("batch-size", f"Send at most {MOST_ROWS} rows in a request.", other_status=413)
    return None


def media_refusal(request: Request) -> Refusal | None:
    """Why the body is of a kind that is not taken: JSON in UTF-8, not compressed, is."""
    if request.headers.get(b"content-encoding", b"identity").lower() != b"identity":
        return Refusal("unsupported-media-type", "Send the body without a Content-Encoding.")
    if not _is_json(request.headers.get(b"content-type", b"")):
        return Refusal("unsupported-media-type", "Send Content-Type: application/json; the only charset is utf-8.")
    return None


def _is_json(media: bytes) -> bool:
    if media == b"application/json":
        return True
    kind, *parameters = media.lower().replace(b" ", b"").split(b";")
    return kind == b"application/json" and all(one in {b"charset=utf-8", b'charset="utf-8"', b""} for one in parameters)
