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

#: What the control plane says.
CONTROL: tuple[Metric, ...] = (
    Metric(
        name="lamp_model_status",
        shape=Shape.GAUGE,
        labels=(*_PLACE, "aspect"),
        sentence="How a live model is by aspect: -1 unknown, 0 healthy, 1 watch, 2 failing.",
    ),
    Metric(
        name="lamp_input_drift",
        shape=Shape.GAUGE,
        labels=(*_PLACE, "feature"),
        sentence="How far an input has moved from the reference in the newest window, by the measure of the project.",
    ),
    Metric(
        name="lamp_prediction_drift",
        shape=Shape.GAUGE,
        labels=_PLACE,
        sentence="How far the predictions have moved from the reference in the newest window, by the same measure.",
    ),
    Metric(
        name="lamp_quality",
        shape=Shape.GAUGE,
        labels=_QUALITY,
        sentence="Quality in the newest window: measured on labels, or estimated before they are there.",
    ),
    Metric(name="lamp_quality_low", shape=Shape.GAUGE, labels=_QUALITY, sentence="Lower end of its 95 % interval."),
    Metric(name="lamp_quality_high", shape=Shape.GAUGE, labels=_QUALITY, sentence="Upper end of its 95 % interval."),
    Metric(
        name="lamp_label_lag_seconds",
        shape=Shape.GAUGE,
        labels=_PLACE,
        sentence="Event time from the newest row with a label, or the first row if none has one, to the newest scored row.",
    ),
    Metric(
        name="lamp_rollout_weight",
        shape=Shape.GAUGE,
        labels=(*_PLACE, "version"),
        sentence="Share of the requests that a version answers, from 0 to 1.",
    ),
    Metric(
        name="lamp_owner_info",
        shape=Shape.GAUGE,
        labels=("model", "stage", "owner"),
        sentence="1 with the person or team that is accountable for a stage; an empty owner is a gap.",
    ),
    Metric(
        name="lamp_incidents_open",
        shape=Shape.GAUGE,
        labels=(*_PLACE, "kind", "severity"),
        sentence="Incidents that are not resolved.",
    ),
    Metric(
        name="lamp_reconciler_last_look_timestamp_seconds",
        shape=Shape.GAUGE,
        labels=(),
        sentence="When the control plane last looked at everything that is open and due.",
    ),
    Metric(
        name="lamp_build_info",
        shape=Shape.GAUGE,
        labels=("version", "python"),
        sentence="Release of lamplighter and of Python.",
    ),
)

#: Every figure by name.
METRICS: Mapping[str, Metric] = {metric.name: metric for metric in CONTROL}
