"""Every figure that monitoring systems read from us: its name, its labels and what it means. Names never change.

Labels name models, versions, environments and people of the organisation, never anything that a caller sent.
"""

from collections.abc import Mapping
from enum import StrEnum

from lamplighter.domain.record import Record
from lamplighter.domain.stage import Status


class Shape(StrEnum):
    """How a figure behaves over time."""

    #: Only grows.
    COUNTER = "counter"
    #: As it is now.
    GAUGE = "gauge"
    #: Counts by bucket, which only grow.
    HISTOGRAM = "histogram"


class Metric(Record, frozen=True):
    """One figure."""

    name: str
    shape: Shape
    #: Names of its labels, in order.
    labels: tuple[str, ...]
    sentence: str


#: Numbers of a status.
STATUS: Mapping[Status, int] = {Status.UNKNOWN: -1, Status.HEALTHY: 0, Status.WATCH: 1, Status.FAILING: 2}

_PLACE = ("model", "env")
_QUALITY = (*_PLACE, "metric", "kind")
_ARM = ("model", "version", "env", "arm")
_PAIR = ("model", "version", "against", "run", "env")
_SLOT = ("env", "slot")
_PROCESSES = (*_SLOT, "digest")


def _counter(name: str, labels: tuple[str, ...], sentence: str) -> Metric:
    return Metric(name=name, shape=Shape.COUNTER, labels=labels, sentence=sentence)


def _gauge(name: str, labels: tuple[str, ...], sentence: str) -> Metric:
    return Metric(name=name, shape=Shape.GAUGE, labels=labels, sentence=sentence)


def _histogram(name: str, labels: tuple[str, ...], sentence: str) -> Metric:
    return Metric(name=name, shape=Shape.HISTOGRAM, labels=labels, sentence=sentence)


_BUILD = _gauge("lamp_build_info", ("version", "python"), "Release of lamplighter and of Python.")

#: What the control plane says.
CONTROL: tuple[Metric, ...] = (
    _gauge(
        "lamp_model_status",
        (*_PLACE, "aspect"),
        "How a live model is by aspect: -1 unknown, 0 healthy, 1 watch, 2 failing.",
    ),
    _gauge(
        "lamp_input_drift",
        (*_PLACE, "feature"),
        "How far an input has moved from the reference in the newest window, by the measure of the project.",
    ),
    _gauge(
        "lamp_prediction_drift",
        _PLACE,
        "How far the predictions have moved from the reference in the newest window, by the same measure.",
    ),
    _gauge("lamp_quality", _QUALITY, "Quality in the newest window: measured on labels, or estimated before they are there."),
    _gauge("lamp_quality_low", _QUALITY, "Lower end of its 95 % interval."),
    _gauge("lamp_quality_high", _QUALITY, "Upper end of its 95 % interval."),
    _gauge(
        "lamp_false_alarms_expected",
        ("tier",),
        "False alarms a month that are expected at most of the live models of a tier; summed over tiers, of all models.",
    ),
    _gauge("lamp_false_alarms_allowed", (), "False alarms a month that all models together may give."),
    _gauge(
        "lamp_label_lag_seconds",
        _PLACE,
        "Event time from the newest row with a label, or the first row if none has one, to the newest scored row.",
    ),
    _gauge("lamp_rollout_weight", (*_PLACE, "version"), "Share of the requests that a version answers, from 0 to 1."),
    _gauge(
        "lamp_owner_info",
        ("model", "stage", "owner"),
        "1 with the person or team that is accountable for a stage; an empty owner is a gap.",
    ),
    _gauge(
        "lamp_incidents_open",
        (*_PLACE, "kind", "severity"),
        "Incidents whose harm is not over: open or acknowledged, neither mitigated nor resolved.",
    ),
    _counter(
        "lamp_consumer_requests_total",
        (*_PLACE, "consumer"),
        "Requests in the prediction log by declared consumer; everybody else is other.",
    ),
    _gauge(
        "lamp_reconciler_last_look_timestamp_seconds",
        (),
        "When the control plane last looked at everything that is open and due.",
    ),
    _gauge(
        "lamp_loop_last_beat_timestamp_seconds",
        ("loop",),
        "When a loop of the control plane last beat: it begins, or ends a round in which every part came to its end.",
    ),
    _gauge("lamp_loop_limit_seconds", ("loop",), "Age of that beat beyond which the loop counts as dead."),
    _counter(
        "lamp_throttled_requests_total",
        ("entrance",),
        "Requests with a secret that was not looked at, since too many wrong ones came before; by where they came in.",
    ),
    _BUILD,
)

#: What each serving process says.
SERVING: tuple[Metric, ...] = (
    _counter("lamp_requests_total", (*_ARM, "code"), "Requests that a version scored (200) or failed (502)."),
    _histogram(
        "lamp_request_duration_seconds", _ARM, "From the whole request to its answer; for a shadow, the time it took to score."
    ),
    _counter(
        "lamp_caller_requests_total",
        (*_PLACE, "consumer", "code"),
        "Answers to an application by their status, whatever version gave them; people, and applications beyond 64, are other.",
    ),
    _histogram(
        "lamp_caller_request_duration_seconds",
        (*_PLACE, "consumer"),
        "From the whole request of an application to its answer, refusals included.",
    ),
    _counter(
        "lamp_caller_version_requests_total",
        (*_ARM, "consumer", "code"),
        "Answers of a version to an application by their status; also 502 where it failed and another version answered.",
    ),
    _histogram(
        "lamp_caller_version_request_duration_seconds",
        (*_ARM, "consumer"),
        "From the whole request of an application to the answer of this version.",
    ),
    _counter("lamp_shadow_dropped_total", _ARM, "Requests that a shadow left out because too many were waiting."),
    _counter("lamp_shadow_rows_total", _PAIR, "Rows that a shadow and the version that answered have both scored."),
    _counter(
        "lamp_shadow_flips_total",
        (*_PAIR, "to"),
        "Of these, rows on which the two decide differently, each by its own threshold.",
    ),
    _histogram("lamp_shadow_difference", _PAIR, "Sizes of the differences between their scores."),
    _counter("lamp_refused_requests_total", _SLOT, "Answers with a 4xx status since the process of the slot started."),
    _counter("lamp_failed_requests_total", _SLOT, "Answers with a 5xx status since the process of the slot started."),
    _counter(
        "lamp_turned_away_requests_total",
        (*_SLOT, "model"),
        "Requests that a process at its limit refused, since the slot's start.",
    ),
    _gauge("lamp_route_revision", _SLOT, "Revision of the route that the process of the slot answers by."),
    _counter(
        "lamp_model_process_deaths_total",
        (*_PROCESSES, "cause"),
        "Processes of a version that ended, by cause, since the slot's start.",
    ),
    _gauge("lamp_model_quarantined", _PROCESSES, "Whether a version is not started any more after it ended its processes."),
    _gauge("lamp_model_sandbox", (*_PROCESSES, "level"), "1 at the level to which the processes of a version are closed."),
    _gauge("lamp_sandbox_level", (*_SLOT, "level"), "1 at the level that the self-test of the sandbox has found."),
    _gauge("lamp_sandbox_open_probes", _SLOT, "Ways out of the sandbox that the self-test has found open."),
    _counter(
        "lamp_spans_total",
        ("env", "outcome"),
        "Spans that the receiver of OpenTelemetry took (exported) or not (refused), or that never reached it (dropped).",
    ),
    _BUILD,
)

#: Every figure by name.
METRICS: Mapping[str, Metric] = {metric.name: metric for metric in (*CONTROL, *SERVING)}
