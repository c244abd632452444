"""KServe v1: `{"instances": [...]}` in, `{"predictions": [...]}` out."""

from typing import Any

import msgspec

from lamplighter.domain.contract import Contract
from lamplighter.serving.codecs.base import Question, Reply, answer_form, media_refusal, rows_refusal
from lamplighter.serving.message import JSON, Answer, Request
from lamplighter.serving.problems import Refusal, sentence
from lamplighter.serving.strict_json import decode
from lamplighter.serving.tables import from_matrix, from_records

#: Keys under which rows stand as objects by column name.
ROWS: tuple[str, ...] = ("instances",)
_encoder = msgspec.json.Encoder()


def read(request: Request, contract: Contract) -> Question | Refusal:
    """The instances of a prediction request: objects by column name, or lists in the order of the contract."""
    form = answer_form(request, JSON)
    body: Any = form if isinstance(form, Refusal) else media_refusal(request) or decode(request.body)
    if isinstance(body, Refusal):
        return body
    if not isinstance(body, dict) or body.keys() != {"instances"} or not isinstance(body["instances"], list):
        return Refusal("schema-violation", "Send an object with instances, a list of rows, and nothing else.")
    rows = body["instances"]
    named = bool(rows) and isinstance(rows[0], dict)
    columns = from_records(rows) if named else from_matrix(rows, [column.name for column in contract.inputs])
    if isinstance(columns, Refusal):
        return columns
    return rows_refusal(len(rows)) or Question(columns, len(rows))


def write(question: Question, reply: Reply, lines: bytes) -> Answer:  # noqa: ARG001
    """The predictions, one a row."""
    return Answer(200, _encoder.encode({"predictions": reply.scores}), JSON, lines)


def refuse(refusal: Refusal, *, instance: str, request: str, lines: bytes) -> Answer:  # noqa: ARG001
    """The refusal as `{"error": "..."}`."""
    return sentence(refusal, lines=lines)
