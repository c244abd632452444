"""For people: `{"rows": [{...}]}` in, and for each row an id that a label can name, the score and the decision."""

from typing import Any

import msgspec

from lamplighter.domain.contract import Contract
from lamplighter.domain.prediction import prediction_id
from lamplighter.serving.accepting import ARROW
from lamplighter.serving.codecs.base import Question, Reply
from lamplighter.serving.codecs.forms import forms, opened, write_arrow
from lamplighter.serving.message import JSON, Answer, Request
from lamplighter.serving.problems import Refusal, problem
from lamplighter.serving.strict_json import decode
from lamplighter.serving.tables import Columns, from_records

#: Keys under which rows stand as objects by column name.
ROWS: tuple[str, ...] = ("rows",)
_encoder = msgspec.json.Encoder()
_NOT_ROWS = Refusal("schema-violation", "Send an object with rows, a list of objects by column name, and nothing else.")


def read(request: Request, contract: Contract) -> Question | Refusal:
    """The rows, as objects or as a table in one of its file forms."""
    form = forms(request)
    if isinstance(form, Refusal):
        return form
    columns = opened(request, contract)
    return form.question(_rows(request) if columns is None else columns)


def _rows(request: Request) -> Columns | Refusal:
    body: Any = decode(request.body)
    if isinstance(body, Refusal):
        return body
    return from_records(body["rows"]) if isinstance(body, dict) and body.keys() == {"rows"} else _NOT_ROWS


def write(question: Question, reply: Reply, lines: bytes) -> Answer:
    """One object a row, in the order of the rows."""
    if question.form == ARROW:
        return write_arrow(reply, lines)
    rows = [_row(reply, row, score) for row, score in enumerate(reply.scores)]
    document = {"model": reply.model, "version": reply.number, "request_id": reply.request, "rows": rows}
    return Answer(200, _encoder.encode(document), JSON, lines)


def _row(reply: Reply, row: int, score: float) -> dict[str, Any]:
    found = {"id": prediction_id(reply.request, row), "score": score}
    return found | {"decision": reply.classes[score >= reply.threshold]} if reply.classes else found


def refuse(refusal: Refusal, *, instance: str, request: str, lines: bytes) -> Answer:
    """The refusal as a problem document."""
    return problem(refusal, instance=instance, request=request, lines=lines)
