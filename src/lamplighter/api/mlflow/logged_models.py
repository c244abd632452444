"""Logged models, as MLflow calls them."""

import msgspec

from lamplighter.api.guard import Guarded
from lamplighter.api.mlflow.artifacts import told_files
from lamplighter.api.mlflow.calls import Answer, Asked, OfRun, Pair, call, listed, paged, pairs, place
from lamplighter.api.mlflow.views import limit_of
from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Invalid
from lamplighter.domain.identity import Actor, Permission
from lamplighter.domain.tracking import limits
from lamplighter.domain.tracking.logged_model import LoggedModel, ModelStatus
from lamplighter.domain.tracking.query import Grammar, parse_filter, parse_order
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tracking import finding, logged_models, runs

#: The tag in which clients before 3.0 keep which models a run logged.
_HISTORY = "mlflow.log-model.history"
#: Characters of that tag.
_LONGEST = 200_000
_GRAMMAR = Grammar(
    attributes={
        "name": False,
        "model_id": False,
        "source_run_id": False,
        "status": False,
        "model_type": False,
        "creation_timestamp": True,
        "creation_time": True,
        "last_updated_timestamp": True,
    },
    kinds=(),
)


class Create(Asked, frozen=True):
    experiment_id: str
    name: str = ""
    model_type: str = ""
    source_run_id: str = ""
    params: tuple[Pair, ...] = ()
    tags: tuple[Pair, ...] = ()


class OfModel(Asked, frozen=True):
    model_id: str


class Finish(OfModel, frozen=True):
    status: ModelStatus


class Tags(OfModel, frozen=True):
    tags: tuple[Pair, ...] = ()


class Tag(OfModel, frozen=True):
    key: str


class Params(OfModel, frozen=True):
    params: tuple[Pair, ...] = ()


class Folder(OfModel, frozen=True):
    artifact_directory_path: str = ""


class Order(Asked, frozen=True):
    field_name: str
    ascending: bool = True


class Search(Asked, frozen=True):
    experiment_ids: tuple[str, ...] = ()
    filter: str = ""
    datasets: tuple[msgspec.Raw, ...] = ()
    max_results: int = 0
    order_by: tuple[Order, ...] = ()
    page_token: str = ""


class LogModel(OfRun, frozen=True):
    model_json: str = ""


def logged_model_routes() -> list[Guarded]:
    """Every call on logged models."""
    read, write = Permission.READ, Permission.REGISTER
    return [
        call("POST", "logged-models", write, Create, _create),
        call("POST", "logged-models/search", read, Search, _search),
        call("GET", "logged-models/{model_id}", read, OfModel, _get),
        call("PATCH", "logged-models/{model_id}", write, Finish, _finish),
        call("DELETE", "logged-models/{model_id}", write, OfModel, _delete),
        call("PATCH", "logged-models/{model_id}/tags", write, Tags, _tag),
        call("DELETE", "logged-models/{model_id}/tags/{key}", write, Tag, _drop_tag),
        call("POST", "logged-models/{model_id}/params", write, Params, _params),
        call("GET", "logged-models/{model_id}/artifacts/directories", read, Folder, _files),
        call("POST", "runs/log-model", write, LogModel, _log_model),
    ]


def _uri(model: LoggedModel) -> str:
    return f"mlflow-artifacts:/{model.experiment}/models/{model.id}/artifacts"


def _told(model: LoggedModel) -> Answer:
    info = {
        "model_id": model.id,
        "experiment_id": model.experiment,
        "name": model.name,
        "creation_timestamp_ms": model.created_at,
        "last_updated_timestamp_ms": model.updated_at,
        "artifact_uri": _uri(model),
        "status": model.status,
        "model_type": model.kind,
        "source_run_id": model.run,
        "tags": listed(model.tags),
    }
    return {"model": {"info": info, "data": {"params": listed(model.params)}}}


def _create(kit: Kit, caller: Actor, asked: Create) -> Answer:
    params, tags = pairs(asked.params), pairs(asked.tags)
    run, name, kind = asked.source_run_id, asked.name, asked.model_type
    return _told(logged_models.create(kit, caller, asked.experiment_id, run, name, kind, params, tags))


def _get(kit: Kit, _: Actor, asked: OfModel) -> Answer:
    with kit.store.reading() as look:
        return _told(logged_models.model(look, asked.model_id))


def _search(kit: Kit, _: Actor, asked: Search) -> Answer:
    if asked.datasets:
        raise Invalid(
            "Models are not searched by data sets.",
            why="Metrics of models by data set are not kept.",
            fix="Search the runs: mlflow.search_runs.",
            code="E1820",
        )
    start, limit = place(asked.page_token), limit_of(asked.max_results)
    orders = parse_order([f"{one.field_name} {'ASC' if one.ascending else 'DESC'}" for one in asked.order_by], _GRAMMAR)
    comparisons = parse_filter(asked.filter, _GRAMMAR)
    with kit.store.reading() as look:
        found = look.logged_models.search(asked.experiment_ids[:1_000], comparisons, orders, start, limit + 1)
    return paged("models", [_told(one)["model"] for one in found], start, limit)


def _finish(kit: Kit, _: Actor, asked: Finish) -> Answer:
    return _told(logged_models.finish(kit, asked.model_id, asked.status))


def _delete(kit: Kit, _: Actor, asked: OfModel) -> Answer:
    logged_models.delete(kit, asked.model_id)
    return {}


def _tag(kit: Kit, _: Actor, asked: Tags) -> Answer:
    return _told(logged_models.tag(kit, asked.model_id, pairs(asked.tags)))


def _drop_tag(kit: Kit, _: Actor, asked: Tag) -> Answer:
    return _told(logged_models.drop_tag(kit, asked.model_id, asked.key))


def _params(kit: Kit, _: Actor, asked: Params) -> Answer:
    return _told(logged_models.set_params(kit, asked.model_id, pairs(asked.params)))


def _files(kit: Kit, _: Actor, asked: Folder) -> Answer:
    with kit.store.reading() as look:
        found = logged_models.model(look, asked.model_id)
    return {"root_uri": _uri(found), "files": told_files(kit, found.id, asked.artifact_directory_path)}


def _log_model(kit: Kit, _: Actor, asked: LogModel) -> Answer:
    try:
        one = from_json(asked.model_json, dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        raise Invalid("The model cannot be read.", why="It is not a JSON object.", fix="Use log_model.", code="E1811") from None
    with kit.store.reading() as look:
        (found,) = look.runs.tracked([finding.run(look, asked.run)])
    before = from_json(found.tags.get(_HISTORY, "[]"), list[object])
    history = msgspec.json.encode([*before, one]).decode()
    limits.check_text("The list of models of a run", history, _LONGEST)
    runs.note(kit, asked.run, _HISTORY, history)
    return {}
