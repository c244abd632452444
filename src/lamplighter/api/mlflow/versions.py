"""Versions of registered models and their aliases, as MLflow calls them."""

from msgspec.structs import replace

from lamplighter.api.guard import Guarded
from lamplighter.api.mlflow.calls import Answer, Asked, Pair, call, paged, pairs, place
from lamplighter.api.mlflow.candidates import live, told_candidate, uri
from lamplighter.api.mlflow.promotion import no_way_down, promote
from lamplighter.api.mlflow.views import limit_of
from lamplighter.domain.errors import Invalid
from lamplighter.domain.identity import Actor, Permission
from lamplighter.domain.tracking.candidate import CHAMPION, PRODUCTION, STAGES, Candidate, RegisteredModel
from lamplighter.domain.tracking.query import Grammar, parse_filter, parse_order
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tracking import candidates, finding

_GRAMMAR = Grammar(
    attributes={
        "name": False,
        "run_id": False,
        "source_path": False,
        "version_number": True,
        "creation_timestamp": True,
        "last_updated_timestamp": True,
    },
    kinds=(),
)


class Create(Asked, frozen=True):
    name: str
    source: str
    run_id: str = ""
    model_id: str = ""
    description: str = ""
    tags: tuple[Pair, ...] = ()


class OfVersion(Asked, frozen=True):
    name: str
    version: int


class Describe(OfVersion, frozen=True):
    description: str = ""


class Tag(OfVersion, frozen=True):
    key: str
    value: str = ""


class Move(OfVersion, frozen=True):
    stage: str
    archive_existing_versions: bool = False


class Alias(Asked, frozen=True):
    name: str
    alias: str


class SetAlias(OfVersion, frozen=True):
    alias: str


class Search(Asked, frozen=True):
    filter: str = ""
    max_results: int = 0
    order_by: tuple[str, ...] = ()
    page_token: str = ""


def version_routes() -> list[Guarded]:
    """Every call on versions and aliases. An alias and a stage may move traffic, so both take the permission to deploy."""
    read, write, deploy = Permission.READ, Permission.REGISTER, Permission.DEPLOY
    return [
        call("POST", "model-versions/create", write, Create, _create),
        call("GET", "model-versions/get", read, OfVersion, _get),
        call("GET", "model-versions/search", read, Search, _search),
        call("GET", "model-versions/get-download-uri", read, OfVersion, _uri),
        call("PATCH", "model-versions/update", write, Describe, _describe),
        call("POST", "model-versions/set-tag", write, Tag, _set_tag),
        call("DELETE", "model-versions/delete-tag", write, Tag, _drop_tag),
        call("DELETE", "model-versions/delete", write, OfVersion, _delete),
        call("POST", "model-versions/transition-stage", deploy, Move, _move),
        call("GET", "registered-models/alias", read, Alias, _of_alias),
        call("POST", "registered-models/alias", deploy, SetAlias, _set_alias),
        call("DELETE", "registered-models/alias", deploy, Alias, _drop_alias),
    ]


def _told(kit: Kit, one: Candidate) -> Answer:
    with kit.store.reading() as look:
        aliases = candidates.model(look, one.name).aliases
        return {"model_version": told_candidate(one, aliases, live(look, [one]))}


def _find(kit: Kit, asked: OfVersion) -> Candidate:
    with kit.store.reading() as look:
        return candidates.candidate(look, asked.name, asked.version)


def _create(kit: Kit, caller: Actor, asked: Create) -> Answer:
    tags = pairs(asked.tags)
    made = candidates.register(kit, caller, asked.name, asked.source, asked.run_id, asked.model_id, asked.description, tags)
    return _told(kit, made)


def _get(kit: Kit, _: Actor, asked: OfVersion) -> Answer:
    return _told(kit, _find(kit, asked))


def _search(kit: Kit, _: Actor, asked: Search) -> Answer:
    start, limit = place(asked.page_token), limit_of(asked.max_results)
    comparisons, orders = parse_filter(asked.filter, _GRAMMAR), parse_order(asked.order_by, _GRAMMAR)
    with kit.store.reading() as look:
        found = look.candidates.search(comparisons, orders, start, limit + 1)
        names = {one.name for one in found}
        aliases = {one.name: one.aliases for one in look.registered_models.among("name", names)}
        lives = live(look, found)
    told = [told_candidate(one, aliases.get(one.name, {}), lives) for one in found]
    return paged("model_versions", told, start, limit)


def _uri(kit: Kit, _: Actor, asked: OfVersion) -> Answer:
    return {"artifact_uri": uri(_find(kit, asked))}


def _describe(kit: Kit, _: Actor, asked: Describe) -> Answer:
    done = candidates.change_candidate(
        kit, asked.name, asked.version, lambda before: replace(before, description=asked.description)
    )
    return _told(kit, done)


def _set_tag(kit: Kit, _: Actor, asked: Tag) -> Answer:
    def tagged(before: Candidate) -> Candidate:
        return replace(before, tags={**before.tags, asked.key: asked.value})

    candidates.change_candidate(kit, asked.name, asked.version, tagged)
    return {}


def _drop_tag(kit: Kit, _: Actor, asked: Tag) -> Answer:
    def without(before: Candidate) -> Candidate:
        return replace(before, tags={key: value for key, value in before.tags.items() if key != asked.key})

    candidates.change_candidate(kit, asked.name, asked.version, without)
    return {}


def _delete(kit: Kit, _: Actor, asked: OfVersion) -> Answer:
    candidates.drop_candidate(kit, asked.name, asked.version)
    return {}


def _move(kit: Kit, caller: Actor, asked: Move) -> Answer:
    stage = next((known for known in STAGES if known.lower() == asked.stage.lower()), None)
    if stage is None:
        raise Invalid("There is no such stage.", why=f"Known: {', '.join(STAGES)}.", fix="Use one of these.", code="E1821")
    one = _find(kit, asked)
    with kit.store.reading() as look:
        is_live = live(look, [one]).has(one)
    if stage == PRODUCTION:
        promote(kit, caller, one)
        return _told(kit, one)
    if is_live:
        raise no_way_down(one)
    return _told(kit, candidates.change_candidate(kit, asked.name, asked.version, lambda before: replace(before, stage=stage)))


def _of_alias(kit: Kit, _: Actor, asked: Alias) -> Answer:
    with kit.store.reading() as look:
        found = candidates.model(look, asked.name)
        versions = look.candidates.all(name=asked.name)
        lives = live(look, versions)
        number = found.aliases.get(asked.alias, 0)
        for one in versions:
            if one.number == number or (asked.alias == CHAMPION and lives.has(one)):
                return {"model_version": told_candidate(one, found.aliases, lives)}
    raise finding.missing("alias")


def _set_alias(kit: Kit, caller: Actor, asked: SetAlias) -> Answer:
    if asked.alias == CHAMPION:
        promote(kit, caller, _find(kit, asked))
        return {}

    def aliased(before: RegisteredModel) -> RegisteredModel:
        return replace(before, aliases={**before.aliases, asked.alias: asked.version})

    _find(kit, asked)
    candidates.change_model(kit, asked.name, aliased)
    return {}


def _drop_alias(kit: Kit, _: Actor, asked: Alias) -> Answer:
    def without(before: RegisteredModel) -> RegisteredModel:
        return replace(before, aliases={alias: one for alias, one in before.aliases.items() if alias != asked.alias})

    with kit.store.reading() as look:
        champions = [one for one in look.candidates.all(name=asked.name) if live(look, [one]).has(one)]
    if asked.alias == CHAMPION and champions:
        raise no_way_down(champions[0])
    candidates.change_model(kit, asked.name, without)
    return {}
