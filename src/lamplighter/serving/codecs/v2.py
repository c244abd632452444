"""Open Inference Protocol v2 over REST: one tensor a column, shape [n] or [n, 1], as JSON or as binary tensors."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lamplighter.domain.contract import Contract
from lamplighter.domain.decoding import from_plain, json_decoder
from lamplighter.domain.record import Record
from lamplighter.serving.codecs.base import Question, Reply, answer_form, media_refusal, rows_refusal
from lamplighter.serving.codecs.columns import Tensor, misfit, out_of_range
from lamplighter.serving.message import JSON, Answer, Request
from lamplighter.serving.problems import Refusal, sentence
from lamplighter.serving.strict_json import decode_as
from lamplighter.serving.tensors import pack, unpack

#: The media type of binary tensors.
OCTETS = b"application/octet-stream"
_FRAME = {"content_type": "pd"}
_NO_PARAMETERS: dict[str, Any] = {}


class _Wanted(msgspec.Struct):
    name: str
    parameters: dict[str, Any] | None = None


class _Body(msgspec.Struct):
    inputs: list[Tensor]
    id: str | None = None
    parameters: dict[str, Any] | None = None
    outputs: list[_Wanted] | None = None


class _Output(Record, frozen=True):
    name: str
    shape: tuple[int]
    datatype: str
    data: list[float]


class _Answer(Record, frozen=True):
    model_name: str
    model_version: str
    id: str
    outputs: tuple[_Output]


class _FrameAnswer(_Answer, frozen=True):
    parameters: Mapping[str, str]


_decoder = json_decoder(_Body)
#: Rows never stand as objects here.
ROWS: tuple[str, ...] = ()
_encoder = msgspec.json.Encoder()


def read(request: Request, contract: Contract) -> Question | Refusal:
    """The rows of an inference request."""
    form = answer_form(request, JSON, OCTETS)
    if isinstance(form, Refusal):
        return form
    parts = _parts(request)
    if isinstance(parts, Refusal):
        return parts
    body = decode_as(parts[0], _decoder, _shaped, _keys, "an inference request of the Open Inference Protocol")
    if isinstance(body, Refusal):
        return body
    wanted = body.outputs or []
    if any(one.name != contract.output.name for one in wanted):
        return Refusal("schema-violation", "The model has one output; its metadata names it.")
    written = [tensor for tensor in body.inputs if tensor.data is not None]
    filled = _fill(body.inputs, memoryview(parts[1]))
    refusal = filled or misfit(body.inputs, contract) or out_of_range(written, contract)
    if refusal is not None:
        return refusal
    return _question(body, wanted, form)


def _parts(request: Request) -> tuple[bytes, bytes] | Refusal:
    """The JSON and the raw tensors behind it."""
    length = request.headers.get(b"inference-header-content-length")
    if length is None:
        # Clients of this protocol name no type for what is all JSON.
        refusal = media_refusal(request) if b"content-type" in request.headers else None
        return refusal or (request.body, b"")
    if request.headers.get(b"content-encoding", b"identity").lower() != b"identity":
        return Refusal("unsupported-media-type", "Send the body without a Content-Encoding.")
    if not length.isdigit() or len(length) > 9 or int(length) > len(request.body):
        return Refusal("malformed-header", "Inference-Header-Content-Length is the length of the JSON in front of the tensors.")
    return request.body[: int(length)], request.body[int(length) :]


def _fill(inputs: list[Tensor], raw: memoryview) -> Refusal | None:
    """Cut the raw tensors apart and put each into its input."""
    place = 0
    for tensor in inputs:
        if tensor.data is not None:
            continue
        size = (tensor.parameters or _NO_PARAMETERS).get("binary_data_size")
        if type(size) is not int or size < 0 or place + size > len(raw):
            return Refusal(
                "schema-violation", "Each input has data, or a binary_data_size that fits the bytes behind the JSON."
            )
        tensor.data = unpack(tensor.datatype, bytes(raw[place : place + size]))
        if tensor.data is None:
            return Refusal("schema-violation", "The bytes of a binary tensor do not fit its datatype.")
        place += size
    return (
        None if place == len(raw) else Refusal("schema-violation", "There are more bytes behind the JSON than the inputs name.")
    )


def _question(body: _Body, wanted: list[_Wanted], form: bytes) -> Question | Refusal:
    columns = {tensor.name: tensor.data or [] for tensor in body.inputs}
    rows = len(next(iter(columns.values()), ()))
    parameters = body.parameters or _NO_PARAMETERS
    binary = form == OCTETS or parameters.get("binary_data_output") is True
    if wanted and wanted[0].parameters is not None:
        binary = wanted[0].parameters.get("binary_data", binary) is True
    frame = parameters.get("content_type") == "pd"
    return rows_refusal(rows) or Question(columns, rows, body.id or "", binary, frame=frame)


def _shaped(value: Any) -> _Body:
    """A tensor at a time."""
    body = from_plain({**value, "inputs": []}, _Body)
    body.inputs = [from_plain(tensor, Tensor) for tensor in value["inputs"]]
    return body


def _keys(body: _Body) -> int:
    """Keys of the body as far as it was kept."""
    count = 1 + (body.id is not None)
    for tensor in body.inputs:
        count += 3 + (tensor.data is not None)
        if tensor.parameters is not None:
            count += 1 + len(tensor.parameters)
    for wanted in body.outputs or ():
        count += 1 + (0 if wanted.parameters is None else 1 + len(wanted.parameters))
    return count + (body.outputs is not None) + (0 if body.parameters is None else 1 + len(body.parameters))


def write(question: Question, reply: Reply, lines: bytes) -> Answer:
    """The inference answer."""
    if question.binary:
        return _write_binary(reply, lines)
    output = _Output(reply.output, (len(reply.scores),), "FP64", reply.scores)
    said = (reply.model, str(reply.number), reply.request, (output,))
    answer = _FrameAnswer(*said, parameters=_FRAME) if question.frame else _Answer(*said)
    return Answer(200, _encoder.encode(answer), JSON, lines)


def _write_binary(reply: Reply, lines: bytes) -> Answer:
    raw = pack(reply.scores)
    parameters = {"binary_data_size": len(raw)}
    output = {"name": reply.output, "shape": (len(reply.scores),), "datatype": "FP64", "parameters": parameters}
    head = _encoder.encode(
        {"model_name": reply.model, "model_version": str(reply.number), "id": reply.request, "outputs": (output,)}
    )
    lines += b"Inference-Header-Content-Length: %d\r\n" % len(head)
    return Answer(200, head + raw, OCTETS, lines)


def refuse(refusal: Refusal, *, instance: str, request: str, lines: bytes) -> Answer:  # noqa: ARG001
    """The refusal as `{"error": "..."}`."""
    return sentence(refusal, lines=lines)
