"""gRPC on a port of its own: typed and raw tensors, hostile messages, and processes that share the port."""

import hashlib
import os
import signal
import socket
import struct
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from tests.ports import free_port
from tests.serving.groundwork import MODEL, TOKEN, Ground, until

from lamplighter.domain.route import ModelRoute
from lamplighter.serving.rpc.messages import MESSAGES

SERVICE = "/inference.GRPCInferenceService/"
TOKENED = (("authorization", f"Bearer {TOKEN}"),)
COLUMNS = {
    "dep_delay": ("FP64", "fp64_contents"),
    "distance": ("INT64", "int64_contents"),
    "carrier": ("BYTES", "bytes_contents"),
}
ROWS: dict[str, list[Any]] = {"dep_delay": [5.0, float("nan")], "distance": [1000, 0], "carrier": [b"UA", b"ZZ"]}
RAW = [struct.pack("<2d", 5.0, float("nan")), struct.pack("<2q", 1000, 0), b"\x02\x00\x00\x00UA\x02\x00\x00\x00ZZ"]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    ground = Ground(tmp_path_factory.mktemp("rpc"))
    ground.grpc_port = free_port()
    revision = ground.route(ModelRoute(model=MODEL, champion=ground.version(7)))
    with ground.serving(2):
        until(lambda: ground.adopted(revision, 2))
        yield ground


Ask = Callable[..., Any]


@pytest.fixture
def ask(ground: Ground) -> Iterator[Ask]:
    """Send bytes to a method; its answer, or the status that came instead."""
    with grpc.insecure_channel(f"127.0.0.1:{ground.grpc_port}") as channel:

        def ask(method: str, content: bytes, metadata: Any = TOKENED, **options: Any) -> Any:
            call = channel.unary_unary(SERVICE + method)
            try:
                answer, seen = call.with_call(content, metadata=metadata, timeout=20, wait_for_ready=True, **options)
            except grpc.RpcError as error:
                return error.code().name
            return MESSAGES[f"{method}Response"].FromString(answer), dict(seen.initial_metadata())

        yield ask


def request(**changes: Any) -> Any:
    """Two rows that score 16 and 0, as typed tensors."""
    message = MESSAGES["ModelInferRequest"](model_name=MODEL, id="call-1")
    for name, (datatype, field) in COLUMNS.items():
        tensor = message.inputs.add(name=name, datatype=datatype, shape=[2])
        getattr(tensor.contents, field).extend(ROWS[name])
    return message


def raw(*parts: bytes) -> Any:
    message = request()
    for tensor in message.inputs:
        tensor.ClearField("contents")
    message.raw_input_contents.extend(parts)
    return message


def test_typed_tensors_are_answered_typed(ask: Ask) -> None:
    answer, metadata = ask("ModelInfer", request().SerializeToString())
    assert (answer.model_name, answer.model_version, answer.id) == (MODEL, "7", "call-1")
    (output,) = answer.outputs
    assert (output.name, output.datatype, list(output.shape)) == ("late", "FP64", [2])
    assert list(output.contents.fp64_contents) == [16.0, 0.0]
    assert metadata["lamp-version"] == f"{MODEL}@7"
    assert metadata["lamp-durability"] == "durable"


def test_raw_tensors_are_answered_raw(ask: Ask) -> None:
    answer, _ = ask("ModelInfer", raw(*RAW).SerializeToString())
    assert list(answer.raw_output_contents) == [struct.pack("<2d", 16.0, 0.0)]
    assert not answer.outputs[0].HasField("contents")


def changed(place: int, **values: Any) -> Any:
    message = request()
    for name, value in values.items():
        if name == "shape":
            message.inputs[place].ClearField("shape")
            message.inputs[place].shape.extend(value)
        else:
            setattr(message.inputs[place], name, value)
    return message


def with_bytes(value: bytes) -> Any:
    message = request()
    message.inputs[2].contents.bytes_contents[0] = value
    return message


def twice(*parts: bytes, **contents: Any) -> Any:
    """Values in two places, of which only one would be read."""
    message = request()
    message.raw_input_contents.extend(parts)
    for name, values in contents.items():
        getattr(message.inputs[0].contents, name).extend(values)
    return message


WRONG = [
    twice(*RAW),
    twice(int64_contents=[7, 8]),
    changed(0, shape=[3]),
    changed(0, shape=[]),
    changed(0, name="distance"),
    changed(0, datatype="FP16"),
    changed(0, datatype="FP32"),
    changed(1, datatype="BYTES"),
    with_bytes(b"\xff"),
    with_bytes(b"a\x00"),
    raw(*RAW[:2]),
    raw(b"1234567", *RAW[1:]),
    raw(*RAW[:2], b"\xff\xff\xff\x7fUA"),
    MESSAGES["ModelInferRequest"](model_name=MODEL),
]


@pytest.mark.parametrize(
    ("datatype", "field", "value", "taken"),
    [
        ("INT8", "int_contents", 1000, "-128 to 127"),
        ("INT16", "int_contents", -32769, "-32768 to 32767"),
        ("UINT8", "uint_contents", 256, "0 to 255"),
        ("UINT16", "uint_contents", 65536, "0 to 65535"),
    ],
)
def test_a_value_beyond_its_datatype_is_an_invalid_argument(
    ground: Ground, datatype: str, field: str, value: int, taken: str
) -> None:
    message = request()
    message.inputs[1].datatype = datatype
    message.inputs[1].ClearField("contents")
    getattr(message.inputs[1].contents, field).extend([7, value])
    with grpc.insecure_channel(f"127.0.0.1:{ground.grpc_port}") as channel:
        call = channel.unary_unary(SERVICE + "ModelInfer")
        with pytest.raises(grpc.RpcError) as refused:
            call(message.SerializeToString(), metadata=TOKENED, timeout=20, wait_for_ready=True)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert f"{datatype} takes whole numbers from {taken}. " in refused.value.details()


@pytest.mark.parametrize("message", WRONG, ids=map(str, range(len(WRONG))))
def test_other_tensors_are_invalid_arguments(ask: Ask, message: Any) -> None:
    assert ask("ModelInfer", message.SerializeToString()) == "INVALID_ARGUMENT"
    assert ask("ModelInfer", request().SerializeToString())[0].id == "call-1"


def test_hostile_calls_are_refused_by_their_status(ground: Ground, ask: Ask) -> None:
    before = [report.pid for report in ground.reports()]
    large = raw(RAW[0], RAW[1], b"\x00" * 17_000_000).SerializeToString()
    assert ask("ModelInfer", b"\xff\xff\xff") == "INVALID_ARGUMENT"
    assert ask("ModelInfer", large) == "RESOURCE_EXHAUSTED"
    assert ask("ModelInfer", large, compression=grpc.Compression.Gzip) == "RESOURCE_EXHAUSTED"
    assert ask("ModelInfer", request().SerializeToString(), TOKENED * 2) == "INVALID_ARGUMENT"
    assert ask("ModelInfer", request().SerializeToString(), (("authorization", "Bearer other"),)) == "UNAUTHENTICATED"
    assert ask("ModelInfer", request().SerializeToString(), ()) == "UNAUTHENTICATED"
    assert ask("ModelStreamInfer", b"") == "UNIMPLEMENTED"
    assert [report.pid for report in ground.reports()] == before


TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("given", "trace"),
    [
        (PARENT, TRACE),
        (f"00-{TRACE}-00f067aa0ba902b7-00", TRACE),
        (PARENT.upper(), ""),
        ("no trace", ""),
        ("", ""),
    ],
)
def test_the_trace_of_a_caller_is_kept_and_given_back(ground: Ground, ask: Ask, given: str, trace: str) -> None:
    name = f"traced-{hashlib.sha256(given.encode()).hexdigest()[:8]}"
    named = (*TOKENED, ("lamp-request-id", name), *((("traceparent", given),) if given else ()))
    _, metadata = ask("ModelInfer", request().SerializeToString(), named)
    (record,) = [one for one in ground.scored() if one.request == name]
    assert (record.trace, metadata.get("traceparent", "")) == (trace, given if trace else "")


def test_a_refusal_has_the_trace_of_its_caller_too(ground: Ground) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{ground.grpc_port}") as channel:
        call = channel.unary_unary(SERVICE + "ModelInfer")
        with pytest.raises(grpc.RpcError) as refused:
            call(WRONG[0].SerializeToString(), metadata=(*TOKENED, ("traceparent", PARENT)), timeout=20, wait_for_ready=True)
    assert dict(refused.value.trailing_metadata())["traceparent"] == PARENT


def test_the_port_is_shared_and_outlives_a_process(ground: Ground, ask: Ask) -> None:
    gone = ground.reports()[0].pid
    os.kill(gone, signal.SIGKILL)
    until(lambda: gone not in [report.pid for report in ground.reports()])
    for _ in range(5):
        with grpc.insecure_channel(f"127.0.0.1:{ground.grpc_port}") as channel:
            call = channel.unary_unary(SERVICE + "ModelInfer")
            call(request().SerializeToString(), metadata=TOKENED, timeout=20, wait_for_ready=True)


def test_a_group_does_not_share_its_port_with_strangers(ground: Ground) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        other = Ground(ground.directory.parent / "other")
        other.grpc_port = taken.getsockname()[1]
        process: subprocess.Popen[bytes] = other.start()
        assert process.wait(timeout=20) == 2
    assert b"cannot listen" in (other.directory / "serving.log").read_bytes()
