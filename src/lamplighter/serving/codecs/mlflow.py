"""The scoring server of MLflow: one of four JSON forms, CSV, Parquet or Arrow in, `{"predictions": [...]}` out."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from lamplighter.domain.contract import Contract
from lamplighter.serving.accepting import ARROW
from lamplighter.serving.codecs.base import Question, Reply
from lamplighter.serving.codecs.forms import forms, opened, write_arrow
from lamplighter.serving.message import JSON, Answer, Request
from lamplighter.serving.problems import Refusal, problem
from lamplighter.serving.strict_json import decode
from lamplighter.serving.tables import Columns, from_columns, from_matrix, from_records

#: Keys under which rows stand as objects by column name.
ROWS: tuple[str, ...] = ("dataframe_records", "instances")
_encoder = msgspec.json.Encoder()
_NOT_ONE = Refusal("schema-violation", "Send exactly one of dataframe_split, dataframe_records, instances and inputs.")


def _split(table: Any, contract: Contract) -> Columns | Refusal:  # noqa: ARG001
    if not isinstance(table, dict) or not {"columns", "data"} <= table.keys() <= {"columns", "data", "index"}:
        return Refusal("schema-violation", "A dataframe_split has columns, data and, if you like, index.")
    names = table["columns"]
    if not isinstance(names, list) or not all(type(name) is str for name in names) or len(set(names)) != len(names):
        return Refusal("schema-violation", "The columns of a dataframe_split are different names.")
    return from_matrix(table["data"], names)


def _instances(table: Any, contract: Contract) -> Columns | Refusal:
    if isinstance(table, list) and table and isinstance(table[0], dict):
        return from_records(table)
    return from_matrix(table, [column.name for column in contract.inputs])


def _records(table: Any, contract: Contract) -> Columns | Refusal:  # noqa: ARG001
    return from_records(table)


def _inputs(table: Any, contract: Contract) -> Columns | Refusal:
    return from_columns(table) if isinstance(table, dict) else _instances(table, contract)


_FORMS: Mapping[str, Callable[[Any, Contract], Columns | Refusal]] = {
    "dataframe_split": _split,
    "dataframe_records": _records,
    "instances": _instances,
    "inputs": _inputs,
}


def read(request: Request, contract: Contract) -> Question | Refusal:
    """The rows of an invocation."""
    form = forms(request)
    if isinstance(form, Refusal):
        return form
    columns = opened(request, contract)
    return form.question(_columns(request, contract) if columns is None else columns)


def _columns(request: Request, contract: Contract) -> Columns | Refusal:
    body = decode(request.body)
    if isinstance(body, Refusal):
        return body
    if not isinstance(body, dict):
        return _NOT_ONE
    if body.pop("params", None):
        return Refusal("schema-violation", "The model takes no params. Leave them out.")
    form = next(iter(body), "")
    if len(body) != 1 or form not in _FORMS:
        return _NOT_ONE
    return _FORMS[form](body[form], contract)


def write(question: Question, reply: Reply, lines: bytes) -> Answer:
    """The predictions, one a row."""
    if question.form == ARROW:
        return write_arrow(reply, lines)
    return Answer(200, _encoder.encode({"predictions": reply.scores}), JSON, lines)


def refuse(refusal: Refusal, *, instance: str, request: str, lines: bytes) -> Answer:
    """The refusal as a problem document."""
    return problem(refusal, instance=instance, request=request, lines=lines)
