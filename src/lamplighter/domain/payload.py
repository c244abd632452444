"""What the inference logger of KServe sends: CloudEvents of a request and of its response, with bodies of protocol v1 or v2."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from lamplighter.domain.contract import Contract, Kind
from lamplighter.domain.decoding import from_json
from lamplighter.domain.record import Record
from lamplighter.domain.version import Elsewhere

_TYPE = "org.kubeflow.serving.inference."
#: Media type of an event that is a JSON object as a whole (structured mode); any other body is the data itself (binary mode).
STRUCTURED = "application/cloudevents+json"


class Half(StrEnum):
    """Which half of a call an event holds."""

    REQUEST = "request"
    RESPONSE = "response"

    @property
    def other(self) -> "Half":
        """The half that belongs to it."""
        return Half.RESPONSE if self is Half.REQUEST else Half.REQUEST


class Unreadable(ValueError):
    """An event or a body that is none; says what is wrong without any value."""


class Delivered(Record, frozen=True):
    """One event."""

    #: The same in both halves.
    id: str
    half: Half
    #: When it happened, microseconds since the epoch; 0 where the event does not say.
    at: int
    #: JSON of the request or the response.
    body: bytes


class _Structured(msgspec.Struct):
    specversion: str
    id: str
    type: str
    time: str = ""
    data: msgspec.Raw = msgspec.Raw(b"")
    data_base64: str = ""


def delivered(headers: Mapping[str, str], content: bytes) -> Delivered:
    """The event of an HTTP request, in binary or in structured mode (CloudEvents 1.0); raises `Unreadable`."""
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media == STRUCTURED:
        return _structured(content)
    if media != "application/json":
        raise Unreadable("its data is not JSON; only JSON bodies are read")
    return _delivered(
        headers.get("ce-specversion", ""),
        headers.get("ce-id", ""),
        headers.get("ce-type", ""),
        headers.get("ce-time", ""),
        content,
    )


def _structured(content: bytes) -> Delivered:
    try:
        event = from_json(content, _Structured)
        body = base64.b64decode(event.data_base64, validate=True) if event.data_base64 else bytes(event.data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Unreadable("it is no CloudEvent in JSON") from None
    return _delivered(event.specversion, event.id, event.type, event.time, body)


def _delivered(version: str, identity: str, kind: str, time: str, body: bytes) -> Delivered:
    if version != "1.0":
        raise Unreadable("it has not the specversion 1.0")
    if not (0 < len(identity) <= 190 and identity.isprintable()):
        raise Unreadable("its id has not 1 to 190 characters")
    half = kind.removeprefix(_TYPE)
    if not kind.startswith(_TYPE) or half not in set(Half):
        raise Unreadable(f"its type is neither {_TYPE}request nor {_TYPE}response")
    try:
        at = round(datetime.fromisoformat(time).timestamp() * 1_000_000) if time else 0
    except (ValueError, OverflowError):
        raise Unreadable("its time is none") from None
    return Delivered(id=identity, half=Half(half), at=at, body=body)


def inputs_of(body: bytes, contract: Contract) -> dict[str, list[Any]]:
    """The inputs of a request by column; raises `Unreadable`."""
    found = _decoded(body)
    if "instances" in found:
        return _of_instances(found["instances"], contract)
    if "inputs" in found:
        return _of_tensors(found["inputs"], contract)
    raise Unreadable("the request has neither instances (v1) nor inputs (v2)")


def scores_of(body: bytes, elsewhere: Elsewhere) -> list[float]:
    """The score of each row of a response, as the version declares where it stands; raises `Unreadable`."""
    found = _decoded(body)
    if "predictions" in found:
        rows = _list(found["predictions"], "predictions")
        named = [row.get(elsewhere.output) if isinstance(row, dict) else row for row in rows]
        return [_score(row, elsewhere.place) for row in named]
    if "outputs" in found:
        tensors = {tensor["name"]: tensor for tensor in map(_tensor, _list(found["outputs"], "outputs"))}
        chosen = elsewhere.output or (next(iter(tensors)) if len(tensors) == 1 else "")
        if chosen not in tensors:
            raise Unreadable("the response has several outputs, or not the one that the version names")
        return [_score(row, elsewhere.place) for row in _rows(tensors[chosen])]
    raise Unreadable("the response has neither predictions (v1) nor outputs (v2)")


def _decoded(body: bytes) -> dict[str, Any]:
    try:
        return from_json(body, dict[str, Any])
    except (msgspec.MsgspecError, RecursionError):
        raise Unreadable("the body is not a JSON object") from None


def _list(found: Any, what: str) -> list[Any]:
    if not isinstance(found, list) or not found:
        raise Unreadable(f"{what} is not a list with at least one row")
    return found


def _of_instances(found: Any, contract: Contract) -> dict[str, list[Any]]:
    rows, names = _list(found, "instances"), [column.name for column in contract.inputs]
    if all(isinstance(row, dict) and row.keys() == set(names) for row in rows):
        return _kinds(contract, {name: [row[name] for row in rows] for name in names})
    return _of_matrix(rows, contract)


def _of_matrix(rows: Sequence[Any], contract: Contract) -> dict[str, list[Any]]:
    names = [column.name for column in contract.inputs]
    if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        raise Unreadable("a row holds neither every input of the contract by name, nor their values in order")
    return _kinds(contract, {name: [row[place] for row in rows] for place, name in enumerate(names)})


def _of_tensors(found: Any, contract: Contract) -> dict[str, list[Any]]:
    tensors = [_tensor(tensor) for tensor in _list(found, "inputs")]
    names = {column.name for column in contract.inputs}
    if {tensor["name"] for tensor in tensors} == names and len(tensors) == len(names):
        columns = {tensor["name"]: [_single(row) for row in _rows(tensor)] for tensor in tensors}
        if len({len(values) for values in columns.values()}) != 1:
            raise Unreadable("the inputs have different numbers of rows")
        return _kinds(contract, {column.name: columns[column.name] for column in contract.inputs})
    if len(tensors) == 1:
        return _of_matrix(_rows(tensors[0]), contract)
    raise Unreadable("the inputs are neither a tensor for each column nor one for all")


def _tensor(tensor: Any) -> dict[str, Any]:
    is_one = isinstance(tensor, dict) and isinstance(tensor.get("name"), str) and isinstance(tensor.get("data"), list)
    shape = tensor.get("shape") if is_one else None
    if not isinstance(shape, list) or not shape or not all(type(size) is int and size > 0 for size in shape):
        raise Unreadable("a tensor has no name, shape or data that can be read")
    return dict(tensor)


def _rows(tensor: Mapping[str, Any]) -> list[Any]:
    """The rows of a tensor: numbers where it has one dimension, lists otherwise. Data may be flat or nested."""
    count, flat = tensor["shape"][0], _flat(tensor["data"])
    if len(flat) % count or (width := len(flat) // count) == 0:
        raise Unreadable("the data of a tensor does not fill its shape")
    if len(tensor["shape"]) == 1 and width == 1:
        return flat
    return [flat[start : start + width] for start in range(0, len(flat), width)]


def _flat(values: list[Any]) -> list[Any]:
    while values and all(isinstance(value, list) for value in values):
        values = [inner for value in values for inner in value]
    return values


def _single(row: Any) -> Any:
    if isinstance(row, list):
        if len(row) != 1:
            raise Unreadable("the tensor of a column has several values a row")
        return row[0]
    return row


def _score(row: Any, place: int) -> float:
    if isinstance(row, list):
        if not -len(row) <= place < len(row):
            raise Unreadable("the answer to a row has no number at the place that the version names")
        row = row[place]
    if type(row) not in (int, float):
        raise Unreadable("the answer to a row is no number where the version says that its score stands")
    return float(row)


def _kinds(contract: Contract, columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Whole numbers that came in a tensor of fractions are whole numbers again."""
    for column in contract.inputs:
        if column.kind is Kind.INTEGER:
            columns[column.name] = [
                int(value) if type(value) is float and value.is_integer() else value for value in columns[column.name]
            ]
    return columns
