"""The promise of a codec: bytes to columns, scores to bytes, refusals in the words of the protocol."""

from typing import Any, Protocol

import msgspec

from lamplighter.domain.contract import Contract
from lamplighter.serving.accepting import JSON, chosen
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
    #: Media type of the answer.
    form: bytes = JSON
    #: Whether the rows came as a table of the `pd` content type and the answer is to be read as one.
    frame: bool = False


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
    #: The classes, negative first, where a score is a probability.
    classes: tuple[str, ...] = ()
    #: The positive class is decided from this score on.
    threshold: float = 0.5


class Codec(Protocol):
    """What the module of a codec offers."""

    #: Keys under which rows may stand as objects by column name, alone in the body.
    ROWS: tuple[str, ...]

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


def answer_form(request: Request, *offers: bytes) -> bytes | Refusal:
    """The media type in which the caller takes the answer."""
    form = chosen(request.headers.get(b"accept", b""), offers)
    return form or Refusal("not-acceptable", f"Accept {' or '.join(offer.decode() for offer in offers)}.")


def media_refusal(request: Request, *further: bytes) -> Refusal | None:
    """Why the body is of a kind that is not taken: JSON in UTF-8 is, and what else the protocol takes."""
    if request.headers.get(b"content-encoding", b"identity").lower() != b"identity":
        return Refusal("unsupported-media-type", "Send the body as it is, or with Content-Encoding gzip or deflate.")
    if media_of(request) not in (JSON, *further):
        kinds = " or ".join(kind.decode() for kind in (JSON, *further))
        return Refusal("unsupported-media-type", f"Send Content-Type: {kinds}; the only charset is utf-8.")
    return None


def media_of(request: Request) -> bytes:
    """The media type of the body, empty if there is none or it has a parameter that is not `charset=utf-8`."""
    media = request.headers.get(b"content-type", b"")
    if media == JSON:
        return media
    kind, *parameters = media.lower().replace(b" ", b"").split(b";")
    return kind if all(one in {b"charset=utf-8", b'charset="utf-8"', b""} for one in parameters) else b""
