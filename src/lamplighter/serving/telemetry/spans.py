"""Spans on their way out: made by the library from what was handed over, queued, sent by a thread of its own."""

import os
from collections.abc import Sequence

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from lamplighter import __version__
from lamplighter.serving.telemetry.conventions import SCHEMA, about, failure, name_of
from lamplighter.serving.telemetry.receiver import Receiver
from lamplighter.serving.telemetry.wire import Kind, Span

#: Spans that wait at most, unless `OTEL_BSP_MAX_QUEUE_SIZE` says another number, and those of one request.
_WAITING, _TOGETHER = 2048, 512


class _Counted(SpanExporter):
    """The exporter of the library, and what became of each span."""

    def __init__(self, receiver: Receiver) -> None:
        self._exporter = OTLPSpanExporter(session=receiver.session())
        self._receiver = receiver
        #: Spans that have left the queue.
        self.left = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.left += len(spans)
        done = self._exporter.export(spans)
        self._receiver.told(len(spans), taken=done is SpanExportResult.SUCCESS)
        return done

    def shutdown(self) -> None:
        self._exporter.shutdown()  # type: ignore[no-untyped-call]


class _Given(RandomIdGenerator):
    """Ids of spans that were given before, where children name their parent by it; the trace is that of the parent."""

    span = 0

    def generate_span_id(self) -> int:
        return self.span


class Spans:
    """Takes spans one after another."""

    def __init__(self, resource: Resource, receiver: Receiver) -> None:
        """Raises whatever the library raises for variables it cannot use."""
        self._most = number("OTEL_BSP_MAX_QUEUE_SIZE", _WAITING)
        together = min(number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", _TOGETHER), self._most)
        self._exporter, self._ids = _Counted(receiver), _Given()
        self._queue = BatchSpanProcessor(self._exporter, max_queue_size=self._most, max_export_batch_size=together)
        provider = TracerProvider(resource=resource, shutdown_on_exit=False, id_generator=self._ids)
        provider.add_span_processor(self._queue)
        self._tracer = provider.get_tracer("lamplighter.serving", __version__, schema_url=SCHEMA)
        self._entered = 0
        #: Spans for which there was no room.
        self.dropped = 0

    def take(self, span: Span) -> None:
        """Queue it, or count that there is no room."""
        if self._entered - self._exporter.left >= self._most:
            self.dropped += 1
            return
        self._ids.span = span.id
        kind = SpanKind.INTERNAL if span.kind is Kind.SHADOW else SpanKind.SERVER
        made = self._tracer.start_span(name_of(span), _parent(span.parent), kind, about(span), start_time=span.start)
        self._entered += made.is_recording()
        if failure(span.kind, span.status):
            made.set_status(StatusCode.ERROR)
        made.end(span.end)

    def close(self) -> None:
        """Send what is queued; takes as long as the receiver does."""
        self._queue.shutdown()  # type: ignore[no-untyped-call]


def number(variable: str, usual: int) -> int:
    """A whole number of 1 or more that a variable holds; the usual one if it holds none."""
    try:
        return max(int(os.environ.get(variable, usual)), 1)
    except ValueError:
        return usual


def _parent(traceparent: bytes) -> Context:
    _, trace, span, flags = traceparent.decode().split("-")
    context = SpanContext(int(trace, 16), int(span, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
    return set_span_in_context(NonRecordingSpan(context))
