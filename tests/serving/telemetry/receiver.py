"""An OTLP receiver over HTTP that reads what it is sent with the protocol's own classes, and misbehaves if it is told to."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

SERVER, INTERNAL, CLIENT = Span.SPAN_KIND_SERVER, Span.SPAN_KIND_INTERNAL, Span.SPAN_KIND_CLIENT
ERROR, UNSET = Status.STATUS_CODE_ERROR, Status.STATUS_CODE_UNSET


class Seen(NamedTuple):
    """A span as it came."""

    span: Any
    attributes: Mapping[str, Any]
    #: Of who sent it.
    resource: Mapping[str, Any]
    schema: str


class Point(NamedTuple):
    """A histogram as it came, the newest of its attributes."""

    attributes: Mapping[str, Any]
    point: Any
    unit: str
    resource: Mapping[str, Any]


class Receiver:
    """What has come."""

    def __init__(self) -> None:
        self.spans: list[Seen] = []
        #: By name of the metric and attributes.
        self.points: dict[tuple[str, tuple[tuple[str, Any], ...]], Point] = {}
        self.headers: list[Mapping[str, str]] = []
        #: Requests, whatever was answered.
        self.requests = 0
        #: Says how to answer; nothing for an ordinary answer.
        self.misbehave: Callable[[BaseHTTPRequestHandler], None] | None = None

    def named(self, trace: str) -> list[Seen]:
        """The spans of a trace in the order of their start, callers before what they call."""
        found = [seen for seen in list(self.spans) if seen.span.trace_id.hex() == trace]
        return sorted(found, key=lambda seen: (seen.span.kind != CLIENT, seen.span.start_time_unix_nano))

    def take(self, path: str, body: bytes) -> None:
        """Read a request."""
        if path == "/v1/traces":
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                about = plain(resource.resource.attributes)
                for scope in resource.scope_spans:
                    self.spans += [Seen(span, plain(span.attributes), about, scope.schema_url) for span in scope.spans]
        if path == "/v1/metrics":
            for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                about = plain(resource.resource.attributes)
                for metric in (metric for scope in resource.scope_metrics for metric in scope.metrics):
                    for point in metric.histogram.data_points:
                        attributes = plain(point.attributes)
                        key = metric.name, tuple(sorted(attributes.items()))
                        self.points[key] = Point(attributes, point, metric.unit, about)


def plain(attributes: Any) -> dict[str, Any]:
    """Attributes as Python has them."""
    return {one.key: value(one.value) for one in attributes}


def value(found: Any) -> Any:
    kind = found.WhichOneof("value")
    return [value(one) for one in found.array_value.values] if kind == "array_value" else getattr(found, kind)


@contextmanager
def receiving(port: int = 0) -> Iterator[tuple[Receiver, str]]:
    """A receiver that listens, and its address."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests += 1
            if receiver.misbehave is not None:
                receiver.misbehave(self)
                return
            receiver.headers.append({name.lower(): text for name, text in self.headers.items()})
            receiver.take(self.path, body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def fails(handler: BaseHTTPRequestHandler) -> None:
    """An error at once."""
    handler.send_response(500, "hunter2")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def hangs(handler: BaseHTTPRequestHandler) -> None:
    """No answer for longer than anybody waits."""
    time.sleep(120)


def trickles(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, so that no time limit of one read is ever reached."""
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100_000:
        handler.wfile.write(bytes((byte,)))
        handler.wfile.flush()
        time.sleep(0.2)


def talks_without_end(handler: BaseHTTPRequestHandler) -> None:
    """Success, and a body that never ends."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 65536)
