"""Figures of all models for Prometheus, in its text format or as OpenMetrics. Made at most every few seconds, whoever asks."""

import platform
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import exposition
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.openmetrics import exposition as openmetrics
from starlette.requests import Request
from starlette.responses import Response

from lamplighter import __version__
from lamplighter.api.admission import Entrance
from lamplighter.api.problems import NotAcceptable
from lamplighter.domain.heartbeat import LIMITS
from lamplighter.domain.metric import CONTROL, METRICS, Shape
from lamplighter.serving.accepting import chosen
from lamplighter.views.metrics import Sample, samples

#: Seconds for which the same figures are given.
_FRESH = 5.0
_PLAIN, _OPEN = b"text/plain", b"application/openmetrics-text"
_MEDIA = {
    _PLAIN: "text/plain; version=0.0.4; charset=utf-8",
    _OPEN: "application/openmetrics-text; version=1.0.0; charset=utf-8",
}
_FAMILY = {Shape.COUNTER: CounterMetricFamily, Shape.GAUGE: GaugeMetricFamily}
#: How each is written.
_WRITERS: Mapping[bytes, Callable[["Collected"], bytes]] = {
    _PLAIN: exposition.generate_latest,
    _OPEN: openmetrics.generate_latest,
}


class Metrics:
    """The endpoint of one application. What it says may be up to five seconds old."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made_at = float("-inf")
        self._collected = Collected(())
        self._pages: dict[bytes, bytes] = {}

    def __call__(self, request: Request) -> Response:
        """The figures in a form that the caller accepts; raises `NotAcceptable`."""
        form = chosen(request.headers.get("accept", "").encode("latin-1"), (_PLAIN, _OPEN))
        if not form:
            raise NotAcceptable(
                "The figures have no such form.",
                why="The request accepts neither text/plain nor application/openmetrics-text.",
                fix="Accept one of them.",
            )
        return Response(self._page(request, form), headers={"Cache-Control": "no-store"}, media_type=_MEDIA[form])

    def _page(self, request: Request, form: bytes) -> bytes:
        # One at a time, so that many collectors cost the database no more than one.
        with self._lock:
            if time.monotonic() >= self._made_at + _FRESH:
                self._collected, self._pages = Collected(_everything(request)), {}
                self._made_at = time.monotonic()
            if form not in self._pages:
                self._pages[form] = _WRITERS[form](self._collected)
            return self._pages[form]


class Collected:
    """Figures as the library asks for them."""

    def __init__(self, found: Iterable[Sample]) -> None:
        self._families = {one.name: _FAMILY[one.shape](one.name, one.sentence, labels=one.labels) for one in CONTROL}
        for metric, labels, value in found:
            self._families[metric.name].add_metric(labels, value)

    def collect(self) -> Iterable[Metric]:
        """Every family, those without a figure too."""
        return self._families.values()


def _everything(request: Request) -> Iterator[Sample]:
    kit = request.app.state.kit
    with kit.store.reading() as look:
        yield from samples(look, policy=kit.policy, now=kit.clock.now(), allowed=kit.settings.false_alarms)
    looked_at = request.app.state.reconciler.looked_at
    if looked_at:
        yield Sample(METRICS["lamp_reconciler_last_look_timestamp_seconds"], (), looked_at / 1_000_000)
    for beat in request.app.state.reconciler.heartbeats:
        yield Sample(METRICS["lamp_loop_last_beat_timestamp_seconds"], (beat.loop,), beat.at / 1_000_000)
        yield Sample(METRICS["lamp_loop_limit_seconds"], (beat.loop,), LIMITS[beat.loop])
    for entrance in Entrance:
        count = float(request.app.state.admission.throttled(entrance))
        yield Sample(METRICS["lamp_throttled_requests_total"], (entrance.value,), count)
    yield Sample(METRICS["lamp_build_info"], (__version__, platform.python_version()), 1.0)
