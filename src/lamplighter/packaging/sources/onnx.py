"""ONNX graphs, as bytes, as the path of a file, or as a `ModelProto`."""

from pathlib import Path
from typing import Any

from lamplighter.domain.version import Badge
from lamplighter.packaging.sources.base import Captured, Request, Source, output_of, unsupported
from lamplighter.serving.compiled.trees import session
from lamplighter.serving.worker.graph import answer_of, of_graph

_SUFFIX = ".onnx"


def recognises(model: Any) -> bool:
    """Whether it is bytes, a path that ends in .onnx, or an object of the package onnx."""
    if isinstance(model, (str, Path)):
        return Path(model).suffix == _SUFFIX
    return isinstance(model, (bytes, bytearray)) or type(model).__name__ == "ModelProto"


def capture(model: Any, request: Request) -> Captured:
    """The graph as it is; raises `Invalid` for data outside the file and for an output that is not one number a row."""
    content = _content(model)
    try:
        opened = session(content)
        answer = answer_of(opened)
    except Exception as error:  # the library's errors share no base
        reason = str(error) if isinstance(error, ValueError) else "onnxruntime does not open it"
        raise unsupported(
            "This ONNX graph cannot be a version.",
            f"For a version, {reason}.",
            "Export it without ZipMap, in one file, with one output of floating-point numbers.",
        ) from error
    inputs = opened.get_inputs()
    names = tuple(wanted.name for wanted in inputs)
    width = inputs[0].shape[1] if len(inputs) == 1 and len(inputs[0].shape) == 2 else len(names)
    single = len(names) == 1 and width != 1
    return Captured(
        model=content,
        source=Source(name="model.onnx", format="onnx", badge=Badge.DATA, content=content),
        output=output_of(("0", "1") if answer.width == 2 else (), request),
        inputs=None if single else names,
        width=width if isinstance(width, int) else None,
        truth=lambda contract: of_graph(content, contract),
        roots=frozenset({"onnxruntime"}),
    )


def _content(model: Any) -> bytes:
    if isinstance(model, (str, Path)):
        return Path(model).read_bytes()
    return bytes(model) if isinstance(model, (bytes, bytearray)) else bytes(model.SerializeToString())
