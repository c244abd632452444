"""What runs log, as MLflow calls it: metrics with their history, parameters and tags."""

from lamplighter.api.guard import Guarded
from lamplighter.api.mlflow.calls import Answer, Asked, OfRun, Pair, call, paged, pairs, place
from lamplighter.api.mlflow.runs import told_metric
from lamplighter.api.mlflow.views import limit_of
from lamplighter.domain.identity import Actor, Permission
from lamplighter.domain.tracking import limits
from lamplighter.domain.tracking.run import Metric
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tracking import finding, runs

#: Runs, and values of each, of one look at many.
_RUNS, _VALUES = 100, 2_500


class Value(Asked, frozen=True):
    key: str
    value: float = 0.0
    timestamp: int = 0
    step: int = 0


class LogMetric(OfRun, frozen=True, kw_only=True):
    key: str
    value: float = 0.0
    timestamp: int = 0
    step: int = 0


class LogPair(OfRun, frozen=True, kw_only=True):
    key: str
    value: str = ""


class Batch(OfRun, frozen=True):
    metrics: tuple[Value, ...] = ()
    params: tuple[Pair, ...] = ()
    tags: tuple[Pair, ...] = ()


class History(OfRun, frozen=True, kw_only=True):
    metric_key: str
    max_results: int = 0
    page_token: str = ""


class Histories(Asked, frozen=True, kw_only=True):
    run_ids: tuple[str, ...]
    metric_key: str
    start_step: int | None = None
    end_step: int | None = None
    max_results: int = 0


def logging_routes() -> list[Guarded]:
    """Every call that logs, or asks for what was logged."""
    read, write = Permission.READ, Permission.REGISTER
    return [
        call("POST", "runs/log-metric", write, LogMetric, _log_metric),
        call("POST", "runs/log-parameter", write, LogPair, _log_param),
        call("POST", "runs/set-tag", write, LogPair, _set_tag),
        call("POST", "runs/delete-tag", write, LogPair, _drop_tag),
        call("POST", "runs/log-batch", write, Batch, _batch),
        call("GET", "metrics/get-history", read, History, _history),
        call("GET", "metrics/get-history-bulk-interval", read, Histories, _histories),
    ]


def _metric(asked: Value | LogMetric) -> Metric:
    return Metric(key=asked.key, value=asked.value, at=asked.timestamp, step=asked.step)


def _log_metric(kit: Kit, _: Actor, asked: LogMetric) -> Answer:
    runs.log(kit, asked.run, metrics=[_metric(asked)])
    return {}


def _log_param(kit: Kit, _: Actor, asked: LogPair) -> Answer:
    runs.log(kit, asked.run, params={asked.key: asked.value})
    return {}


def _set_tag(kit: Kit, _: Actor, asked: LogPair) -> Answer:
    runs.log(kit, asked.run, tags={asked.key: asked.value})
    return {}


def _drop_tag(kit: Kit, _: Actor, asked: LogPair) -> Answer:
    runs.drop_tag(kit, asked.run, asked.key)
    return {}


def _batch(kit: Kit, _: Actor, asked: Batch) -> Answer:
    runs.log(kit, asked.run, [_metric(one) for one in asked.metrics], pairs(asked.params), pairs(asked.tags))
    return {}


def _history(kit: Kit, _: Actor, asked: History) -> Answer:
    start, limit = place(asked.page_token), limit_of(asked.max_results or limits.PAGE)
    with kit.store.reading() as look:
        finding.run(look, asked.run)
        found = look.runs.history(asked.run, asked.metric_key, start, limit + 1)
    return paged("metrics", [told_metric(one) for one in found], start, limit)


def _histories(kit: Kit, _: Actor, asked: Histories) -> Answer:
    if len(asked.run_ids) > _RUNS:
        raise limits.over("The number of runs", _RUNS)
    limit = max(2, min(limit_of(asked.max_results), _VALUES))
    with kit.store.reading() as look:
        found = [
            {**told_metric(one), "run_id": run}
            for run in asked.run_ids
            for one in look.runs.between(run, asked.metric_key, asked.start_step, asked.end_step, limit)
        ]
    return {"metrics": found}
