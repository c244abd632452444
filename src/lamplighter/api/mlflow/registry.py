"""Registered models and their versions, as MLflow calls them. A version there is a candidate here."""

from msgspec.structs import replace

from lamplighter.api.guard import Guarded
from lamplighter.api.mlflow.calls import Answer, Asked, Pair, call, paged, pairs, place
from lamplighter.api.mlflow.candidates import Lives, live, told_candidate, told_model
from lamplighter.api.mlflow.views import limit_of
from lamplighter.domain.identity import Actor, Permission
from lamplighter.domain.tracking.candidate import RegisteredModel
from lamplighter.domain.tracking.query import Grammar, parse_filter, parse_order
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tracking import candidates

_GRAMMAR = Grammar(
    attributes={"name": False, "creation_timestamp": True, "last_updated_timestamp": True, "timestamp": True}, kinds=()
)


class Create(Asked, frozen=True):
    name: str
    description: str = ""
    tags: tuple[Pair, ...] = ()


class Named(Asked, frozen=True):
    name: str


class Rename(Named, frozen=True):
    new_name: str


class Describe(Named, frozen=True):
    description: str = ""


class Tag(Named, frozen=True):
    key: str
    value: str = ""


class Latest(Named, frozen=True):
    stages: tuple[str, ...] = ()


class Search(Asked, frozen=True):
    filter: str = ""
    max_results: int = 0
    order_by: tuple[str, ...] = ()
    page_token: str = ""


def registry_routes() -> list[Guarded]:
    """Every call on registered models but those on aliases."""
    read, write = Permission.READ, Permission.REGISTER
    return [
        call("POST", "registered-models/create", write, Create, _create),
        call("GET", "registered-models/get", read, Named, _get),
        call("GET", "registered-models/search", read, Search, _search),
        call("POST", "registered-models/rename", write, Rename, _rename),
        call("PATCH", "registered-models/update", write, Describe, _describe),
        call("POST", "registered-models/set-tag", write, Tag, _set_tag),
        call("DELETE", "registered-models/delete-tag", write, Tag, _drop_tag),
        call("DELETE", "registered-models/delete", write, Named, _delete),
        call("GET", "registered-models/get-latest-versions", read, Latest, _latest),
        call("POST", "registered-models/get-latest-versions", read, Latest, _latest),
    ]


def _create(kit: Kit, caller: Actor, asked: Create) -> Answer:
    made = candidates.name_model(kit, caller, asked.name, asked.description, pairs(asked.tags))
    return {"registered_model": told_model(made, [], Lives())}


def _whole(kit: Kit, found: RegisteredModel) -> Answer:
    with kit.store.reading() as look:
        versions = look.candidates.all(name=found.name)
        return told_model(found, versions, live(look, versions))


def _get(kit: Kit, _: Actor, asked: Named) -> Answer:
    with kit.store.reading() as look:
        found = candidates.model(look, asked.name)
    return {"registered_model": _whole(kit, found)}


def _search(kit: Kit, _: Actor, asked: Search) -> Answer:
    start, limit = place(asked.page_token), min(limit_of(asked.max_results or 100), 1_000)
    comparisons, orders = parse_filter(asked.filter, _GRAMMAR), parse_order(asked.order_by, _GRAMMAR)
    with kit.store.reading() as look:
        found = look.registered_models.search(comparisons, orders, start, limit + 1)
    return paged("registered_models", [_whole(kit, one) for one in found], start, limit)


def _rename(kit: Kit, _: Actor, asked: Rename) -> Answer:
    return {"registered_model": _whole(kit, candidates.rename(kit, asked.name, asked.new_name))}


def _describe(kit: Kit, _: Actor, asked: Describe) -> Answer:
    after = candidates.change_model(kit, asked.name, lambda before: replace(before, description=asked.description))
    return {"registered_model": _whole(kit, after)}


def _set_tag(kit: Kit, _: Actor, asked: Tag) -> Answer:
    candidates.change_model(kit, asked.name, lambda before: replace(before, tags={**before.tags, asked.key: asked.value}))
    return {}


def _drop_tag(kit: Kit, _: Actor, asked: Tag) -> Answer:
    def without(before: RegisteredModel) -> RegisteredModel:
        return replace(before, tags={key: value for key, value in before.tags.items() if key != asked.key})

    candidates.change_model(kit, asked.name, without)
    return {}


def _delete(kit: Kit, _: Actor, asked: Named) -> Answer:
    candidates.drop_model(kit, asked.name)
    return {}


def _latest(kit: Kit, _: Actor, asked: Latest) -> Answer:
    with kit.store.reading() as look:
        candidates.model(look, asked.name)
        versions = look.candidates.all(name=asked.name)
        lives = live(look, versions)
        newest = {lives.stage(one): one for one in versions}
        wanted = [one for stage, one in newest.items() if not asked.stages or stage in asked.stages]
        return {"model_versions": [told_candidate(one, {}, lives) for one in wanted]}
