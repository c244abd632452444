"""The Open Inference Protocol v2 over gRPC: one tensor a column, typed or raw."""

from collections.abc import Mapping
from typing import Any

from lamplighter.domain.contract import Contract
from lamplighter.serving.codecs.base import Question, Reply, rows_refusal
from lamplighter.serving.codecs.columns import Tensor, misfit, out_of_range
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.problems import Refusal, sentence
from lamplighter.serving.tensors import pack, unpack

ROWS: tuple[str, ...] = ()
MEDIA = b"application/grpc"
#: Where the values of a datatype are.
_CONTENTS: Mapping[str, str] = {
    "BOOL": "bool_contents",
    "INT8": "int_contents",
    "INT16": "int_contents",
    "INT32": "int_contents",
    "INT64": "int64_contents",
    "UINT8": "uint_contents",
    "UINT16": "uint_contents",
    "UINT32": "uint_contents",
    "UINT64": "uint64_contents",
    "FP32": "fp32_contents",
    "FP64": "fp64_contents",
    "BYTES": "bytes_contents",
}
_UNREADABLE = Refusal("schema-violation", "The contents of a tensor do not fit its datatype.")
_RAW = Refusal("schema-violation", "Send the contents of every tensor, or raw_input_contents with one part for each, not both.")


def read(request: Request, contract: Contract) -> Question | Refusal:
    """The rows of a `ModelInferRequest`."""
    asked: Any = request.opened
    if any(one.name != contract.output.name for one in asked.outputs):
        return Refusal("schema-violation", "The model has one output; its metadata names it.")
    raw = asked.raw_input_contents
    if raw and (len(raw) != len(asked.inputs) or any(tensor.contents.ListFields() for tensor in asked.inputs)):
        return _RAW
    tensors = [_tensor(tensor, raw[place] if raw else None) for place, tensor in enumerate(asked.inputs)]
    if any(tensor.data is None for tensor in tensors):
        return _UNREADABLE
    refusal = misfit(tensors, contract) or (None if raw else out_of_range(tensors, contract))
    if refusal is not None:
        return refusal
    columns = {tensor.name: tensor.data or [] for tensor in tensors}
    rows = len(next(iter(columns.values()), ()))
    return rows_refusal(rows) or Question(columns, rows, asked.id, binary=bool(raw))


def _tensor(tensor: Any, raw: bytes | None) -> Tensor:
    data = _values(tensor) if raw is None else unpack(tensor.datatype, raw)
    return Tensor(tensor.name, list(tensor.shape), tensor.datatype, data=data)


def _values(tensor: Any) -> list[Any] | None:
    """The typed values, NaN as null; nothing if they cannot be read."""
    field = _CONTENTS.get(tensor.datatype)
    # Values in another place would be passed over.
    if field is None or any(found.name != field for found, _ in tensor.contents.ListFields()):
        return None
    values = list(getattr(tensor.contents, field))
    if tensor.datatype == "BYTES":
        try:
            return [value.decode() for value in values]
        except UnicodeDecodeError:
            return None
    return [None if value != value else value for value in values]


def write(question: Question, reply: Reply, lines: bytes) -> Answer:
    """A `ModelInferResponse`, typed or raw as the request was."""
    # Only a process with a gRPC port has the library.
    from lamplighter.serving.rpc.messages import MESSAGES

    answer = MESSAGES["ModelInferResponse"](model_name=reply.model, model_version=str(reply.number), id=reply.request)
    output = answer.outputs.add(name=reply.output, datatype="FP64", shape=[len(reply.scores)])
    if question.binary:
        answer.raw_output_contents.append(pack(reply.scores))
    else:
        output.contents.fp64_contents.extend(reply.scores)
    return Answer(200, answer.SerializeToString(), MEDIA, lines)


def refuse(refusal: Refusal, *, instance: str, request: str, lines: bytes) -> Answer:  # noqa: ARG001
    """The refusal as `{"error": "..."}`; the front sends the sentence."""
    return sentence(refusal, lines=lines)
