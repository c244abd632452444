"""Counters in the text format of Prometheus, or as OpenMetrics where that is asked for.

Labels name models, versions, arms and accounts of applications, never anything a caller sent.
"""

import platform
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from lamplighter import __version__
from lamplighter.domain.caller_meter import CallerMeter, of_any_version, summed
from lamplighter.domain.metric import METRICS
from lamplighter.domain.paired import DIFFERENCE_BOUNDS, Paired
from lamplighter.domain.route import LATENCY_BOUNDS, ArmMeter, WorkerReport
from lamplighter.domain.telemetry import Exported
from lamplighter.serving.accepting import chosen
from lamplighter.serving.message import Answer
from lamplighter.serving.problems import Refusal

_MEDIA = b"text/plain; version=0.0.4; charset=utf-8"
_OPEN_MEDIA = b"application/openmetrics-text; version=1.0.0; charset=utf-8"
_OFFERS = (b"text/plain", b"application/openmetrics-text")
_NOT_TAKEN = Refusal("not-acceptable", "Accept text/plain or application/openmetrics-text.")
#: The head of a counter; OpenMetrics names the family without its suffix.
_COUNTER = re.compile(rb"^# (HELP|TYPE) (\w+)_total ", re.MULTILINE)
_SIZES = (*(f"{bound:g}" for bound in DIFFERENCE_BOUNDS), "+Inf")
_BOUNDS = (*(f"{bound:g}" for bound in LATENCY_BOUNDS), "+Inf")
#: Status of an answer that a version failed to give.
_FAILED = "502"


def page(
    accept: bytes,
    environment: str,
    totals: Iterable[ArmMeter],
    reports: Iterable[WorkerReport],
    pairs: Iterable[Paired],
    callers: Iterable[CallerMeter],
    spans: Exported | None = None,
) -> Answer | Refusal:
    """The page in the form that the caller accepts; text/plain if it takes both alike."""
    form = chosen(accept, _OFFERS)
    if not form:
        return _NOT_TAKEN
    content = exposition(environment, totals, reports, pairs, callers, spans)
    if form == _OFFERS[0]:
        return Answer(200, content, _MEDIA)
    return Answer(200, _COUNTER.sub(rb"# \1 \2 ", content) + b"# EOF\n", _OPEN_MEDIA)


def exposition(
    environment: str,
    totals: Iterable[ArmMeter],
    reports: Iterable[WorkerReport],
    pairs: Iterable[Paired],
    callers: Iterable[CallerMeter],
    spans: Exported | None = None,
) -> bytes:
    """The page of a whole process group."""
    totals = sorted(totals, key=lambda meter: (meter.model, meter.number, meter.digest, meter.arm))
    lines = [*_requests(environment, totals), *_durations(environment, totals), *_dropped(environment, totals)]
    callers = tuple(callers)
    lines += _called(environment, _sorted(summed(map(of_any_version, callers))))
    lines += _called_of_version(environment, _sorted(meter for meter in callers if meter.arm))
    lines += _compared(environment, sorted(pairs, key=lambda pair: (pair.model, pair.run, pair.number, pair.against)))
    reports = tuple(reports)
    lines += _answers(environment, reports)
    lines += _processes(environment, reports)
    lines += _sandboxes(environment, reports)
    lines += _spans(environment, spans)
    lines += _head("lamp_build_info")
    lines.append(f'lamp_build_info{{version="{__version__}",python="{platform.python_version()}"}} 1')
    return ("\n".join(lines) + "\n").encode()


def _head(name: str) -> list[str]:
    metric = METRICS[name]
    return [f"# HELP {name} {metric.sentence}", f"# TYPE {name} {metric.shape}"]


def _labels(environment: str, meter: ArmMeter) -> str:
    return f'model="{meter.model}",version="{meter.number}",env="{environment}",arm="{meter.arm}"'


def _requests(environment: str, meters: list[ArmMeter]) -> Iterator[str]:
    yield from _head("lamp_requests_total")
    for meter in meters:
        labels = _labels(environment, meter)
        yield f'lamp_requests_total{{{labels},code="200"}} {meter.requests - meter.failures}'
        yield f'lamp_requests_total{{{labels},code="502"}} {meter.failures}'


def _durations(environment: str, meters: list[ArmMeter]) -> Iterator[str]:
    name = "lamp_request_duration_seconds"
    yield from _head(name)
    for meter in meters:
        yield from _buckets(name, _labels(environment, meter), meter.latencies, meter.seconds)


def _buckets(name: str, labels: str, latencies: Sequence[int], seconds: float) -> Iterator[str]:
    count = 0
    for bound, count in zip(_BOUNDS, accumulate(latencies), strict=True):
        yield f'{name}_bucket{{{labels},le="{bound}"}} {count}'
    yield f"{name}_sum{{{labels}}} {seconds:.6f}"
    yield f"{name}_count{{{labels}}} {count}"


def _sorted(meters: Iterable[CallerMeter]) -> list[CallerMeter]:
    return sorted(meters, key=lambda meter: (meter.model, meter.number, meter.digest, meter.arm, meter.consumer))


def _called(environment: str, meters: list[CallerMeter]) -> Iterator[str]:
    labels = [f'model="{meter.model}",env="{environment}",consumer="{meter.consumer}"' for meter in meters]
    yield from _told("lamp_caller_requests_total", labels, [meter.answers for meter in meters])
    yield from _waited("lamp_caller_request_duration_seconds", labels, meters)


def _called_of_version(environment: str, meters: list[CallerMeter]) -> Iterator[str]:
    """A request that a version failed counts for it, also where another one has answered."""
    labels = [
        f'model="{meter.model}",version="{meter.number}",env="{environment}",arm="{meter.arm}",consumer="{meter.consumer}"'
        for meter in meters
    ]
    answers = [{**meter.answers, _FAILED: meter.answers.get(_FAILED, 0) + meter.replaced} for meter in meters]
    yield from _told("lamp_caller_version_requests_total", labels, answers)
    yield from _waited("lamp_caller_version_request_duration_seconds", labels, meters)


def _told(name: str, labels: list[str], answers: Sequence[Mapping[str, int]]) -> Iterator[str]:
    yield from _head(name)
    for label, statuses in zip(labels, answers, strict=True):
        for status, count in sorted(statuses.items()):
            yield f'{name}{{{label},code="{status}"}} {count}'


def _waited(name: str, labels: list[str], meters: list[CallerMeter]) -> Iterator[str]:
    yield from _head(name)
    for label, meter in zip(labels, meters, strict=True):
        yield from _buckets(name, label, meter.latencies, meter.seconds)


def _dropped(environment: str, meters: list[ArmMeter]) -> Iterator[str]:
    yield from _head("lamp_shadow_dropped_total")
    for meter in meters:
        if meter.arm == "shadow":
            yield f"lamp_shadow_dropped_total{{{_labels(environment, meter)}}} {meter.dropped}"


def _compared(environment: str, pairs: list[Paired]) -> Iterator[str]:
    rows, flips, sizes = "lamp_shadow_rows_total", "lamp_shadow_flips_total", "lamp_shadow_difference"
    labels = [
        f'model="{pair.model}",version="{pair.number}",against="{pair.against}",run="{pair.run}",env="{environment}"'
        for pair in pairs
    ]
    yield from _head(rows)
    for label, pair in zip(labels, pairs, strict=True):
        yield f"{rows}{{{label}}} {pair.rows}"
    yield from _head(flips)
    for label, pair in zip(labels, pairs, strict=True):
        yield f'{flips}{{{label},to="yes"}} {pair.up}'
        yield f'{flips}{{{label},to="no"}} {pair.down}'
    yield from _head(sizes)
    for label, pair in zip(labels, pairs, strict=True):
        for bound, count in zip(_SIZES, accumulate(pair.bins), strict=True):
            yield f'{sizes}_bucket{{{label},le="{bound}"}} {count}'
        yield f"{sizes}_sum{{{label}}} {pair.sizes:.6f}"
        yield f"{sizes}_count{{{label}}} {pair.rows}"


def _answers(environment: str, reports: tuple[WorkerReport, ...]) -> list[str]:
    """Of the processes that run now, by slot: these counters begin again with a process."""
    lines = _head("lamp_refused_requests_total")
    lines += [f'lamp_refused_requests_total{{env="{environment}",slot="{one.slot}"}} {one.refused_requests}' for one in reports]
    lines += _head("lamp_failed_requests_total")
    lines += [f'lamp_failed_requests_total{{env="{environment}",slot="{one.slot}"}} {one.failed_requests}' for one in reports]
    lines += _head("lamp_turned_away_requests_total")
    for one in reports:
        labels = f'env="{environment}",slot="{one.slot}"'
        lines += [
            f'lamp_turned_away_requests_total{{{labels},model="{model}"}} {count}' for model, count in one.turned_away.items()
        ]
    lines += _head("lamp_route_revision")
    lines += [f'lamp_route_revision{{env="{environment}",slot="{one.slot}"}} {one.revision}' for one in reports]
    return lines


def _processes(environment: str, reports: tuple[WorkerReport, ...]) -> list[str]:
    """Of the versions that have processes of their own, by the digest of the version."""
    seen = [(report.slot, condition) for report in reports for condition in report.conditions]
    lines = _head("lamp_model_process_deaths_total")
    for slot, one in seen:
        labels = f'env="{environment}",slot="{slot}",digest="{one.digest[:12]}"'
        lines += [f'lamp_model_process_deaths_total{{{labels},cause="{cause}"}} {count}' for cause, count in one.deaths.items()]
    lines += _head("lamp_model_quarantined")
    lines += [
        f'lamp_model_quarantined{{env="{environment}",slot="{slot}",digest="{one.digest[:12]}"}} {int(bool(one.quarantine))}'
        for slot, one in seen
    ]
    lines += _head("lamp_model_sandbox")
    lines += [
        f'lamp_model_sandbox{{env="{environment}",slot="{slot}",digest="{one.digest[:12]}",level="{one.sandbox}"}} 1'
        for slot, one in seen
    ]
    return lines


def _sandboxes(environment: str, reports: tuple[WorkerReport, ...]) -> list[str]:
    """What the self-test has found on the machine of each process."""
    seen = [(report.slot, report.sandbox) for report in reports if report.sandbox is not None]
    lines = _head("lamp_sandbox_level")
    lines += [f'lamp_sandbox_level{{env="{environment}",slot="{slot}",level="{one.level}"}} 1' for slot, one in seen]
    lines += _head("lamp_sandbox_open_probes")
    lines += [f'lamp_sandbox_open_probes{{env="{environment}",slot="{slot}"}} {len(one.open)}' for slot, one in seen]
    return lines


def _spans(environment: str, spans: Exported | None) -> list[str]:
    """Of the process that exports; nothing where none does."""
    lines = _head("lamp_spans_total")
    if spans is not None:
        counts = {"exported": spans.exported, "refused": spans.refused, "dropped": spans.dropped}
        lines += [f'lamp_spans_total{{env="{environment}",outcome="{outcome}"}} {count}' for outcome, count in counts.items()]
    return lines
