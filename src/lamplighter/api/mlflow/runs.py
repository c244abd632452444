"""Runs, as MLflow calls them."""

import msgspec

from lamplighter.api.guard import Guarded
from lamplighter.api.mlflow.calls import Answer, Asked, OfRun, Pair, call, listed, paged, pairs, place
from lamplighter.api.mlflow.views import View, limit_of, stages_of
from lamplighter.domain.identity import Actor, Permission
from lamplighter.domain.tracking import limits
from lamplighter.domain.tracking.query import Grammar, Of, parse_filter, parse_order
from lamplighter.domain.tracking.run import DataSet, Metric, Output, Run, RunStatus, Tracked
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tracking import finding, runs

#: Experiments of one search.
_EXPERIMENTS = 1_000
_GRAMMAR = Grammar(
    attributes={
        "run_id": False,
        "run_name": False,
        "Run name": False,
        "run name": False,
        "status": False,
        "user_id": False,
        "start_time": True,
        "created": True,
        "Created": True,
        "end_time": True,
    },
    kinds=(Of.METRIC, Of.PARAM, Of.TAG),
)


class Create(Asked, frozen=True):
    experiment_id: str = "0"
    run_name: str = ""
    start_time: int = 0
    tags: tuple[Pair, ...] = ()


class Update(OfRun, frozen=True):
    status: RunStatus | None = None
    end_time: int | None = None
    run_name: str = ""


class Search(Asked, frozen=True):
    experiment_ids: tuple[str, ...] = ()
    filter: str = ""
    run_view_type: View = View.ACTIVE_ONLY
    max_results: int = 0
    order_by: tuple[str, ...] = ()
    page_token: str = ""


class OneData(Asked, frozen=True):
    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""


class DataInput(Asked, frozen=True):
    dataset: OneData
    tags: tuple[Pair, ...] = ()


class OneModel(Asked, frozen=True):
    model_id: str
    step: int = 0


class Inputs(OfRun, frozen=True):
    datasets: tuple[DataInput, ...] = ()
    models: tuple[OneModel, ...] = ()


class Outputs(OfRun, frozen=True):
    models: tuple[OneModel, ...] = ()


def run_routes() -> list[Guarded]:
    """Every call on runs themselves."""
    read, write = Permission.READ, Permission.REGISTER
    return [
        call("POST", "runs/create", write, Create, _create),
        call("POST", "runs/update", write, Update, _update),
        call("GET", "runs/get", read, OfRun, _get),
        call("POST", "runs/search", read, Search, _search),
        call("POST", "runs/delete", write, OfRun, _delete),
        call("POST", "runs/restore", write, OfRun, _restore),
        call("POST", "runs/log-inputs", write, Inputs, _inputs),
        call("POST", "runs/outputs", write, Outputs, _outputs),
    ]


def artifact_uri(run: Run) -> str:
    """Where the files of a run lie, as clients are told."""
    return f"mlflow-artifacts:/{run.experiment}/{run.id}/artifacts"


def told_metric(metric: Metric) -> Answer:
    """A value of a metric; what is no number is a word."""
    value: float | str = metric.value
    if metric.value != metric.value:
        value = "NaN"
    elif metric.value in (float("inf"), float("-inf")):
        value = "Infinity" if metric.value > 0 else "-Infinity"
    return {"key": metric.key, "value": value, "timestamp": metric.at, "step": metric.step}


def _info(run: Run) -> Answer:
    ended = {"end_time": run.ended_at} if run.ended_at else {}
    return {
        "run_id": run.id,
        "run_uuid": run.id,
        "run_name": run.name,
        "experiment_id": run.experiment,
        "user_id": run.user,
        "status": run.status,
        "start_time": run.started_at,
        "artifact_uri": artifact_uri(run),
        "lifecycle_stage": run.stage,
        **ended,
    }


def _told(found: Tracked) -> Answer:
    run = found.run
    data = {
        "metrics": [told_metric(one) for one in found.metrics],
        "params": listed(found.params),
        "tags": listed(found.tags),
    }
    read = [{"dataset": _data(one), "tags": listed(one.tags)} for one in run.data]
    inputs = {"dataset_inputs": read, "model_inputs": [{"model_id": one} for one in run.inputs]}
    outputs = {"model_outputs": [{"model_id": one.model, "step": one.step} for one in run.outputs]}
    return {"info": _info(run), "data": data, "inputs": inputs, "outputs": outputs}


def _data(one: DataSet) -> Answer:
    found = msgspec.to_builtins(one)
    return {name: value for name, value in found.items() if value and name != "tags"}


def _create(kit: Kit, caller: Actor, asked: Create) -> Answer:
    made = runs.create(kit, caller, asked.experiment_id or "0", asked.run_name, asked.start_time, pairs(asked.tags))
    return {"run": _told(made)}


def _update(kit: Kit, _: Actor, asked: Update) -> Answer:
    return {"run_info": _info(runs.update(kit, asked.run, asked.status, asked.end_time, asked.run_name))}


def _get(kit: Kit, _: Actor, asked: OfRun) -> Answer:
    with kit.store.reading() as look:
        (found,) = look.runs.tracked([finding.run(look, asked.run)])
    return {"run": _told(found)}


def _search(kit: Kit, _: Actor, asked: Search) -> Answer:
    if len(asked.experiment_ids) > _EXPERIMENTS:
        raise limits.over("The number of experiments", _EXPERIMENTS)
    start, limit = place(asked.page_token), limit_of(asked.max_results)
    comparisons, orders = parse_filter(asked.filter, _GRAMMAR), parse_order(asked.order_by, _GRAMMAR)
    stages = stages_of(asked.run_view_type)
    with kit.store.reading() as look:
        found = look.runs.search(asked.experiment_ids, stages, comparisons, orders, start, limit + 1)
    return paged("runs", [_told(one) for one in found], start, limit)


def _delete(kit: Kit, _: Actor, asked: OfRun) -> Answer:
    runs.delete(kit, asked.run)
    return {}


def _restore(kit: Kit, _: Actor, asked: OfRun) -> Answer:
    runs.restore(kit, asked.run)
    return {}


def _inputs(kit: Kit, _: Actor, asked: Inputs) -> Answer:
    data = [
        DataSet(
            name=one.dataset.name,
            digest=one.dataset.digest,
            source_type=one.dataset.source_type,
            source=one.dataset.source,
            schema=one.dataset.schema,
            profile=one.dataset.profile,
            tags=pairs(one.tags),
        )
        for one in asked.datasets
    ]
    runs.relate(kit, asked.run, data=data, inputs=[one.model_id for one in asked.models])
    return {}


def _outputs(kit: Kit, _: Actor, asked: Outputs) -> Answer:
    runs.relate(kit, asked.run, outputs=[Output(model=one.model_id, step=one.step) for one in asked.models])
    return {}
