"""gRPC calls in and answers out: each becomes a request of the application that answers HTTP, and meets the same rules."""

import os
import re
import resource
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

# Processes of the platform start others. The library would hold its threads still for each start and has nothing to gain there.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")


import grpc  # type: ignore[import-untyped]
import msgspec
from google.protobuf.json_format import ParseDict  # type: ignore[import-untyped]
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from lamplighter.serving.application import Application
from lamplighter.serving.asking import TRACEPARENT
from lamplighter.serving.doors import Call, Door, Verb, Who
from lamplighter.serving.framing import Limits
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.rpc.codes import SERVICE, code_of
from lamplighter.serving.rpc.messages import MESSAGES

_TRACEPARENT = TRACEPARENT.decode()
#: Header lines without our prefix that callers of gRPC get as well.
_ALSO = frozenset((_TRACEPARENT, "Deprecation", "Sunset", "Link"))
#: Metadata that is read as a header of the same name.
_READ = frozenset(("authorization", "lamp-request-id", "lamp-event-time", "lamp-key", "lamp-drill", _TRACEPARENT))
_NAME = re.compile(r"[-a-z0-9]{1,63}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_INFER = {"POST": Door("POST", "/v2/models/{model}/infer", Verb.PREDICT, Who.CALLER_OF_MODEL, "rpc")}

#: One of so many descriptors of the process may be a connection here, and so many at most.
_PART, _MOST = 4, 4096

Context = Any
Headers = dict[bytes, bytes]
#: A message, its metadata and its bytes to the answer and the bytes of that.
_Call = Callable[[Any, Headers, bytes], Awaitable[tuple[Answer, bytes]]]


class RpcFront:
    """The gRPC port of one process. Processes of a group share the port; the kernel spreads the connections over them."""

    def __init__(self, application: Application, limits: Limits) -> None:
        self._application = application
        most = limits.body_bytes
        self._server = grpc.aio.server(
            options=(
                ("grpc.so_reuseport", 1),
                ("grpc.max_receive_message_length", most),
                ("grpc.max_send_message_length", most),
                ("grpc.max_metadata_size", limits.header_bytes),
                ("grpc.max_concurrent_streams", limits.in_flight),
                # Whoever says nothing leaves the descriptors to others, as at the port of HTTP.
                ("grpc.server_handshake_timeout_ms", round(limits.header_seconds * 1000)),
                ("grpc.max_connection_idle_ms", round(limits.idle_seconds * 1000)),
                ("grpc.max_allowed_incoming_connections", _most()),
            )
        )
        calls: Mapping[str, _Call] = {
            "ServerLive": self._asking("ServerLive", lambda _: "/v2/health/live"),
            "ServerReady": self._asking("ServerReady", lambda _: "/v2/health/ready"),
            "ServerMetadata": self._asking("ServerMetadata", lambda _: "/v2"),
            "ModelReady": self._asking("ModelReady", lambda asked: f"{_path(asked)}/ready"),
            "ModelMetadata": self._asking("ModelMetadata", _path),
            "ModelInfer": self._infer,
        }
        handlers = {name: grpc.unary_unary_rpc_method_handler(self._handler(name, call)) for name, call in calls.items()}
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))

    async def open(self, host: str, port: int) -> None:
        """Take calls at this address; raises `RuntimeError` if it cannot be used."""
        self._server.add_insecure_port(f"[{host.strip('[]')}]:{port}" if ":" in host else f"{host}:{port}")
        await self._server.start()

    async def drain(self, seconds: float) -> None:
        """Take no more calls, answer those in work, and return when the last is gone or the time is over."""
        await self._server.stop(seconds)

    def _handler(self, name: str, call: _Call) -> Callable[[bytes, Context], Awaitable[bytes]]:
        message = MESSAGES[f"{name}Request"]

        async def handle(content: bytes, context: Context) -> bytes:
            try:
                asked = message.FromString(content)
                headers = _headers(context)
            except (DecodeError, ValueError):
                self._application.refused(400)
                await context.abort(
                    grpc.StatusCode.INVALID_ARGUMENT, f"Send a {name}Request, and each key of the metadata once."
                )
            answer, body = await call(asked, headers, content)
            metadata = _metadata(answer)
            if answer.status != 200:
                self._application.refused(answer.status)
                await context.abort(grpc.StatusCode[code_of(answer.status)], _sentence(answer), metadata)
            await context.send_initial_metadata(metadata)
            return body

        return handle

    def _asking(self, name: str, path: Callable[[Any], str]) -> _Call:
        """A question that HTTP answers in JSON with the same fields."""
        response = MESSAGES[f"{name}Response"]

        async def ask(asked: Any, headers: Headers, _: bytes) -> tuple[Answer, bytes]:
            answer = await self._application.answer(Request(b"GET", path(asked), headers))
            if answer.status != 200:
                return answer, b""
            told = ParseDict(msgspec.json.decode(answer.body), response(), ignore_unknown_fields=True)
            return answer, told.SerializeToString()

        return ask

    async def _infer(self, asked: Any, headers: Headers, content: bytes) -> tuple[Answer, bytes]:
        version = asked.model_version
        number = int(version) if _NUMBER.fullmatch(version) else -1 if version else 0
        request = Request(b"POST", "", headers, content, received=time.monotonic(), opened=asked)
        answer = await self._application.called(request, Call(doors=_INFER, model=asked.model_name, number=number))
        return answer, answer.body


def _most() -> int:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(files // _PART, _MOST) if files != resource.RLIM_INFINITY else _MOST


def _headers(context: Context) -> Headers:
    """The metadata that is read; raises `ValueError` if a key is repeated."""
    pairs = [(key, value) for key, value in context.invocation_metadata() if key in _READ]
    headers = {key.encode(): value.encode() if isinstance(value, str) else value for key, value in pairs}
    if len(headers) != len(pairs):
        raise ValueError
    return headers


def _metadata(answer: Answer) -> tuple[tuple[str, str], ...]:
    """Our own header lines, and the trace of the caller."""
    lines = (line.partition(": ") for line in answer.lines.decode().split("\r\n"))
    return tuple((name.lower(), value) for name, _, value in lines if name.startswith("Lamp-") or name in _ALSO)


def _path(asked: Any) -> str:
    """The path of HTTP that tells of the model. A name that cannot be one leads nowhere."""
    if not _NAME.fullmatch(asked.name):
        return "/v2/models/"
    return f"/v2/models/{asked.name}" + (f"/versions/{asked.version}" if _NUMBER.fullmatch(asked.version) else "")


def _sentence(answer: Answer) -> str:
    told = msgspec.json.decode(answer.body)
    return str(told.get("error") or told.get("detail"))
