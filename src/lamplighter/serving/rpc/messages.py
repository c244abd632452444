"""The messages of `inference.GRPCInferenceService` as far as they are understood here, declared without generated code.

Fields of the public protocol that are not declared, such as parameters, are skipped on reading, as protobuf has it.
"""

from collections.abc import Mapping
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # type: ignore[import-untyped]

PACKAGE = "inference"
_FIELD = descriptor_pb2.FieldDescriptorProto
_TYPES = {
    "double": _FIELD.TYPE_DOUBLE,
    "float": _FIELD.TYPE_FLOAT,
    "int64": _FIELD.TYPE_INT64,
    "uint64": _FIELD.TYPE_UINT64,
    "int32": _FIELD.TYPE_INT32,
    "uint32": _FIELD.TYPE_UINT32,
    "bool": _FIELD.TYPE_BOOL,
    "string": _FIELD.TYPE_STRING,
    "bytes": _FIELD.TYPE_BYTES,
}
_TENSOR = ("1 string name", "2 string datatype", "3 int64* shape")

#: Each message with its fields: number, type (a star for a list), name.
_MESSAGES: Mapping[str, tuple[str, ...]] = {
    "ServerLiveRequest": (),
    "ServerLiveResponse": ("1 bool live",),
    "ServerReadyRequest": (),
    "ServerReadyResponse": ("1 bool ready",),
    "ModelReadyRequest": ("1 string name", "2 string version"),
    "ModelReadyResponse": ("1 bool ready",),
    "ServerMetadataRequest": (),
    "ServerMetadataResponse": ("1 string name", "2 string version", "3 string* extensions"),
    "ModelMetadataRequest": ("1 string name", "2 string version"),
    "TensorMetadata": _TENSOR,
    "ModelMetadataResponse": (
        "1 string name",
        "2 string* versions",
        "3 string platform",
        "4 TensorMetadata* inputs",
        "5 TensorMetadata* outputs",
    ),
    "InferTensorContents": (
        "1 bool* bool_contents",
        "2 int32* int_contents",
        "3 int64* int64_contents",
        "4 uint32* uint_contents",
        "5 uint64* uint64_contents",
        "6 float* fp32_contents",
        "7 double* fp64_contents",
        "8 bytes* bytes_contents",
    ),
    "InferInputTensor": (*_TENSOR, "5 InferTensorContents contents"),
    "InferRequestedOutputTensor": ("1 string name",),
    "ModelInferRequest": (
        "1 string model_name",
        "2 string model_version",
        "3 string id",
        "5 InferInputTensor* inputs",
        "6 InferRequestedOutputTensor* outputs",
        "7 bytes* raw_input_contents",
    ),
    "InferOutputTensor": (*_TENSOR, "5 InferTensorContents contents"),
    "ModelInferResponse": (
        "1 string model_name",
        "2 string model_version",
        "3 string id",
        "5 InferOutputTensor* outputs",
        "6 bytes* raw_output_contents",
    ),
}


def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="open_inference_protocol.proto", package=PACKAGE, syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for line in fields:
            number, kind, field_name = line.split()
            field = message.field.add(name=field_name, number=int(number))
            field.label = _FIELD.LABEL_REPEATED if kind.endswith("*") else _FIELD.LABEL_OPTIONAL
            kind = kind.rstrip("*")
            field.type = _TYPES.get(kind, _FIELD.TYPE_MESSAGE)
            if field.type == _FIELD.TYPE_MESSAGE:
                field.type_name = f".{PACKAGE}.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{name}")) for name in _MESSAGES}


#: The class of each message, by name.
MESSAGES = _classes()
