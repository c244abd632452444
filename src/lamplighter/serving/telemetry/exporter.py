"""The process of a group that exports what the others hand over. Only it has the libraries of OpenTelemetry, and their threads.

Whatever becomes of the receiver, it costs the others nothing: they write into a socket that drops what it has no room for, and
this process gives way to them where both want a processor.
"""

import logging
import os
import select
import socket
import threading
import time

import msgspec
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics.export import MetricExportResult
from opentelemetry.sdk.resources import OTELResourceDetector, Resource

from lamplighter import __version__
from lamplighter.domain.telemetry import Exported
from lamplighter.serving.files import TELEMETRY, replace
from lamplighter.serving.options import Options
from lamplighter.serving.telemetry.conventions import SCHEMA
from lamplighter.serving.telemetry.histograms import Histograms
from lamplighter.serving.telemetry.receiver import Receiver
from lamplighter.serving.telemetry.spans import Spans, number
from lamplighter.serving.telemetry.switch import signals
from lamplighter.serving.telemetry.wire import decode

log = logging.getLogger(__name__)

#: Milliseconds between two exports of durations, unless `OTEL_METRIC_EXPORT_INTERVAL` says another number.
_INTERVAL = 60_000
#: Seconds between two looks at what is to be told, and for what is queued once the end has come.
_LOOK, _LAST = 0.5, 0.8
_LARGEST = 1 << 20
#: How much this process steps back behind others.
_NICE = 10


def export(options: Options, receiving: socket.socket, leash: int) -> None:
    """Export until the message of the end, or until the other end of the leash is closed because the parent died."""
    os.nice(_NICE)
    # The libraries log headers that they cannot read, and addresses: both may hold a password.
    for name in ("opentelemetry", "urllib3", "requests"):
        logging.getLogger(name).propagate = False
        logging.getLogger(name).addHandler(logging.NullHandler())
    try:
        exporter = Exporter(options)
    except Exception as error:  # whatever the libraries raise for variables that they cannot use
        log.error("nothing is exported, %s: correct the variables OTEL_...", type(error).__name__)
        select.select([leash], [], [])
        return
    log.info("the exporter of OpenTelemetry runs, pid %d", os.getpid())
    while True:
        ready, _, _ = select.select([receiving.fileno(), leash], [], [], _LOOK)
        content = receiving.recv(_LARGEST) if receiving.fileno() in ready else b""
        if content:
            exporter.take(content)
        elif ready:
            # The message of the end is empty.
            break
        exporter.look()
    exporter.close(_LAST)


class Exporter:
    """Sorts what comes and tells what became of it."""

    def __init__(self, options: Options) -> None:
        wanted = signals()
        self._file = options.directory / TELEMETRY
        self._resource = resource(options.environment)
        self._of_spans, self._of_durations = Receiver("spans"), Receiver("durations")
        self._spans = Spans(self._resource, self._of_spans) if "TRACES" in wanted else None
        self._histograms = Histograms()
        self._metrics = OTLPMetricExporter(session=self._of_durations.session()) if "METRICS" in wanted else None
        self._ending = threading.Event()
        self._left_out = 0
        self._told: Exported | None = None
        self._told_at = 0.0
        if self._metrics is not None:
            threading.Thread(target=self._export_durations, name="durations", daemon=True).start()

    def take(self, content: bytes) -> None:
        """A message of another process."""
        message = decode(content)
        self._left_out += message.dropped
        for durations in message.durations:
            self._histograms.add(durations)
        if self._spans is not None:
            for span in message.spans:
                self._spans.take(span)

    def look(self) -> None:
        """Tell, if it is time."""
        if time.monotonic() - self._told_at >= _LOOK:
            self._tell()

    def _tell(self) -> None:
        """Put down what became of the spans, where it has changed."""
        self._told_at = time.monotonic()
        dropped = self._left_out + (self._spans.dropped if self._spans is not None else 0)
        found = Exported(exported=self._of_spans.exported, refused=self._of_spans.refused, dropped=dropped)
        if found == self._told:
            return
        try:
            replace(self._file, msgspec.json.encode(found))
        except OSError as error:
            log.error("what became of spans cannot be told, errno %s", error.errno)
        self._told = found

    def close(self, seconds: float) -> None:
        """Send what is queued, for at most that long."""
        last = threading.Thread(target=self._close, name="last", daemon=True)
        last.start()
        last.join(seconds)
        self._tell()

    def _close(self) -> None:
        self._ending.set()
        if self._spans is not None:
            self._spans.close()
        self._send_durations()

    def _export_durations(self) -> None:
        seconds = number("OTEL_METRIC_EXPORT_INTERVAL", _INTERVAL) / 1000
        while not self._ending.wait(seconds):
            self._send_durations()

    def _send_durations(self) -> None:
        data = self._histograms.data(self._resource)
        if data is not None and self._metrics is not None:
            self._of_durations.told(1, taken=self._metrics.export(data) is MetricExportResult.SUCCESS)


def resource(environment: str) -> Resource:
    """Who speaks. The service may have any name; its release and its environment are what they are."""
    own = {"service.version": __version__, "deployment.environment.name": environment}
    if not OTELResourceDetector().detect().attributes.get("service.name"):
        own["service.name"] = "lamplighter"
    return Resource.create(own, SCHEMA)
