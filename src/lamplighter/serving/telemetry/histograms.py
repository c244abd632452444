"""Durations of answers as histograms that only grow, counted from when this process began."""

import threading
import time

import msgspec
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    ResourceMetrics,
    ScopeMetrics,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from lamplighter import __version__
from lamplighter.serving.telemetry.conventions import SCHEMA, about_durations
from lamplighter.serving.telemetry.wire import BOUNDS, Durations, Kind

_NAMES = {
    Kind.HTTP: ("http.server.request.duration", "Duration of HTTP server requests."),
    Kind.RPC: ("rpc.server.call.duration", "Measures the duration of an incoming Remote Procedure Call (RPC)."),
}


class Histograms:
    """Sums of all processes; one thread adds while another reads."""

    def __init__(self) -> None:
        self._start = time.time_ns()
        self._sums: dict[tuple[object, ...], Durations] = {}
        self._lock = threading.Lock()

    def add(self, durations: Durations) -> None:
        """Further answers."""
        key = (durations.kind, durations.route, durations.status, durations.model, durations.arm)
        with self._lock:
            known = self._sums.get(key)
            self._sums[key] = durations if known is None else _plus(known, durations)

    def data(self, resource: Resource) -> MetricsData | None:
        """Everything so far; nothing before the first answer."""
        with self._lock:
            sums = list(self._sums.values())
        if not sums:
            return None
        now = time.time_ns()
        metrics = [self._metric(kind, [one for one in sums if one.kind is kind], now) for kind in _NAMES]
        scope = ScopeMetrics(
            InstrumentationScope("lamplighter.serving", __version__, SCHEMA),
            [metric for metric in metrics if metric.data.data_points],
            SCHEMA,
        )
        return MetricsData([ResourceMetrics(resource, [scope], SCHEMA)])

    def _metric(self, kind: Kind, sums: list[Durations], now: int) -> Metric:
        name, sentence = _NAMES[kind]
        points = [
            HistogramDataPoint(
                attributes=about_durations(one),
                start_time_unix_nano=self._start,
                time_unix_nano=now,
                count=sum(one.counts),
                sum=one.seconds,
                bucket_counts=one.counts,
                explicit_bounds=BOUNDS,
                # Both may be left out of the protocol, and are not counted.
                min=None,  # type: ignore[arg-type]
                max=None,  # type: ignore[arg-type]
            )
            for one in sums
        ]
        return Metric(name, sentence, "s", Histogram(points, AggregationTemporality.CUMULATIVE))


def _plus(one: Durations, other: Durations) -> Durations:
    counts = [mine + theirs for mine, theirs in zip(one.counts, other.counts, strict=True)]
    return msgspec.structs.replace(one, counts=counts, seconds=one.seconds + other.seconds)
