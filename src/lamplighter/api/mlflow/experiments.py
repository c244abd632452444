"""Experiments, as MLflow calls them."""

from lamplighter.api.guard import Guarded
from lamplighter.api.mlflow.calls import Answer, Asked, Pair, call, listed, paged, pairs, place
from lamplighter.api.mlflow.views import View, limit_of, stages_of
from lamplighter.domain.identity import Actor, Permission
from lamplighter.domain.tracking.experiment import Experiment
from lamplighter.domain.tracking.query import Grammar, Of, parse_filter, parse_order
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tracking import experiments, finding

_GRAMMAR = Grammar(
    attributes={"name": False, "experiment_id": False, "creation_time": True, "last_update_time": True}, kinds=(Of.TAG,)
)


class Create(Asked, frozen=True):
    name: str
    tags: tuple[Pair, ...] = ()


class OfExperiment(Asked, frozen=True):
    experiment_id: str


class Named(Asked, frozen=True):
    experiment_name: str


class Update(OfExperiment, frozen=True):
    new_name: str = ""


class Tag(OfExperiment, frozen=True):
    key: str
    value: str = ""


class Search(Asked, frozen=True):
    max_results: int = 0
    page_token: str = ""
    filter: str = ""
    order_by: tuple[str, ...] = ()
    view_type: View = View.ACTIVE_ONLY


def experiment_routes() -> list[Guarded]:
    """Every call on experiments."""
    read, write = Permission.READ, Permission.REGISTER
    return [
        call("POST", "experiments/create", write, Create, _create),
        call("GET", "experiments/get", read, OfExperiment, _get),
        call("GET", "experiments/get-by-name", read, Named, _get_by_name),
        call("POST", "experiments/search", read, Search, _search),
        call("GET", "experiments/search", read, Search, _search),
        call("POST", "experiments/update", write, Update, _update),
        call("POST", "experiments/delete", write, OfExperiment, _delete),
        call("POST", "experiments/restore", write, OfExperiment, _restore),
        call("POST", "experiments/set-experiment-tag", write, Tag, _set_tag),
        call("POST", "experiments/delete-experiment-tag", write, Tag, _drop_tag),
    ]


def _told(found: Experiment) -> Answer:
    return {
        "experiment_id": found.id,
        "name": found.name,
        "artifact_location": f"mlflow-artifacts:/{found.id}",
        "lifecycle_stage": found.stage,
        "creation_time": found.created_at,
        "last_update_time": found.updated_at,
        "tags": listed(found.tags),
    }


def _create(kit: Kit, caller: Actor, asked: Create) -> Answer:
    return {"experiment_id": experiments.create(kit, caller, asked.name, pairs(asked.tags)).id}


def _get(kit: Kit, _: Actor, asked: OfExperiment) -> Answer:
    with kit.store.reading() as look:
        return {"experiment": _told(finding.experiment(look, asked.experiment_id))}


def _get_by_name(kit: Kit, _: Actor, asked: Named) -> Answer:
    with kit.store.reading() as look:
        found = look.experiments.find(name=asked.experiment_name)
    if found is None:
        raise finding.missing("experiment")
    return {"experiment": _told(found)}


def _search(kit: Kit, _: Actor, asked: Search) -> Answer:
    start, limit = place(asked.page_token), limit_of(asked.max_results)
    comparisons, orders = parse_filter(asked.filter, _GRAMMAR), parse_order(asked.order_by, _GRAMMAR)
    with kit.store.reading() as look:
        found = look.experiments.search(stages_of(asked.view_type), comparisons, orders, start, limit + 1)
    return paged("experiments", [_told(one) for one in found], start, limit)


def _update(kit: Kit, _: Actor, asked: Update) -> Answer:
    if asked.new_name:
        experiments.rename(kit, asked.experiment_id, asked.new_name)
    return {}


def _delete(kit: Kit, _: Actor, asked: OfExperiment) -> Answer:
    experiments.delete(kit, asked.experiment_id)
    return {}


def _restore(kit: Kit, _: Actor, asked: OfExperiment) -> Answer:
    experiments.restore(kit, asked.experiment_id)
    return {}


def _set_tag(kit: Kit, _: Actor, asked: Tag) -> Answer:
    experiments.set_tag(kit, asked.experiment_id, asked.key, asked.value)
    return {}


def _drop_tag(kit: Kit, _: Actor, asked: Tag) -> Answer:
    experiments.drop_tag(kit, asked.experiment_id, asked.key)
    return {}
