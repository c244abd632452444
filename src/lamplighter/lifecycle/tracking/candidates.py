"""The registry of MLflow: models are named, and candidates are made, described, packed and dropped."""

import secrets
from collections.abc import Callable, Mapping

import msgspec
from msgspec.structs import replace

from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.identity import Actor
from lamplighter.domain.tracking import limits
from lamplighter.domain.tracking.artifact_path import SCHEME, Place, lawful, place_of
from lamplighter.domain.tracking.candidate import Candidate, Packed, RegisteredModel, digest_of_files
from lamplighter.domain.version import Version
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tracking import finding
from lamplighter.store.tracking.files import Kept
from lamplighter.store.transaction import Transaction


def name_model(kit: Kit, actor: Actor, name: str, description: str, tags: Mapping[str, str]) -> RegisteredModel:
    """A new name for candidates; raises `Taken`."""
    _check_name(name)
    now = kit.clock.now() // 1000
    made = RegisteredModel(name, now, now, actor.email, description, tags)
    _check(made)
    with kit.store.transaction() as change:
        if change.registered_models.held(name) is not None:
            raise finding.taken("A registered model")
        change.registered_models.add(made)
    return made


def model(look: Transaction, name: str) -> RegisteredModel:
    """A registered model; raises `NotFound`."""
    found = look.registered_models.find(name=name)
    if found is None:
        raise finding.missing("registered model")
    return found


def change_model(kit: Kit, name: str, change_of: Callable[[RegisteredModel], RegisteredModel]) -> RegisteredModel:
    """Change what is told of a model, or an alias of it; raises `NotFound` for a candidate that it does not have."""
    with kit.store.transaction() as change:
        found = change.registered_models.held(name)
        if found is None:
            raise finding.missing("registered model")
        after = replace(change_of(found), updated_at=kit.clock.now() // 1000)
        _check(after)
        for number in set(after.aliases.values()) - set(found.aliases.values()):
            candidate(change, name, number)
        change.registered_models.put(after)
        return after


def rename(kit: Kit, name: str, after: str) -> RegisteredModel:
    """Give a model and its candidates another name; raises `Taken`."""
    _check_name(after)
    with kit.store.transaction() as change:
        found = change.registered_models.held(name)
        if found is None:
            raise finding.missing("registered model")
        if change.registered_models.find(name=after) is not None:
            raise finding.taken("A registered model")
        renamed = replace(found, name=after, updated_at=kit.clock.now() // 1000)
        versions = change.candidates.all(name=name)
        change.candidates.drop(name)
        change.registered_models.drop(name)
        change.registered_models.add(renamed)
        for one in versions:
            change.candidates.add(replace(one, name=after))
        return renamed


def drop_model(kit: Kit, name: str) -> None:
    """Drop a name with its candidates, but for one of which something was packed."""
    with kit.store.transaction() as change:
        if change.registered_models.held(name) is None:
            raise finding.missing("registered model")
        for one in change.candidates.all(name=name):
            _drop(change, one)
        change.registered_models.drop(name)


def register(
    kit: Kit, actor: Actor, name: str, source: str, run: str, logged_model: str, description: str, tags: Mapping[str, str]
) -> Candidate:
    """A new candidate, with a copy of the files of its source; raises `Invalid` for a source that does not lie here."""
    limits.check_text("A description", description, limits.DESCRIPTION)
    limits.check_pairs("tags", tags, limits.TAG)
    with kit.store.transaction() as change:
        found = change.registered_models.held(name)
        if found is None:
            raise finding.missing("registered model")
        place = _source(change, source)
        files = _below(change, place)
        if not files:
            raise Invalid(
                "The source of the version holds no file.",
                why="A version keeps the files that are there when it is registered.",
                fix="Log the model first, then register it.",
                code="E1815",
            )
        number, now = found.highest + 1, kit.clock.now() // 1000
        made = Candidate(
            name=name,
            number=number,
            root=f"v-{secrets.token_hex(16)}",
            digest=digest_of_files({path: one.digest for path, one in files.items()}),
            created_at=now,
            updated_at=now,
            author=actor.email,
            source=source,
            run=run,
            logged_model=logged_model or (place.root if place.root.startswith("m-") else ""),
            description=description,
            tags=tags,
        )
        change.tracked_files.copy(made.root, files)
        change.candidates.add(made)
        change.registered_models.put(replace(found, highest=number, updated_at=now))
        return made


def candidate(look: Transaction, name: str, number: int) -> Candidate:
    """A candidate; raises `NotFound`."""
    found = look.candidates.find(name=name, number=number)
    if found is None:
        raise finding.missing("version of a registered model")
    return found


def change_candidate(kit: Kit, name: str, number: int, change_of: Callable[[Candidate], Candidate]) -> Candidate:
    """Change what is told of a candidate."""
    with kit.store.transaction() as change:
        model(change, name)
        after = replace(change_of(candidate(change, name, number)), updated_at=kit.clock.now() // 1000)
        limits.check_text("A description", after.description, limits.DESCRIPTION)
        limits.check_pairs("tags", after.tags, limits.TAG)
        change.candidates.put(after)
        return after


def drop_candidate(kit: Kit, name: str, number: int) -> None:
    """Drop a candidate with its files and aliases, unless something was packed of it."""
    with kit.store.transaction() as change:
        _drop(change, candidate(change, name, number))
        found = change.registered_models.held(name)
        if found is not None:
            aliases = {alias: one for alias, one in found.aliases.items() if one != number}
            change.registered_models.put(replace(found, aliases=aliases))


def pack(kit: Kit, change: Transaction, version: Version) -> None:
    """Note at the candidate that a version was made of it; raises `Invalid` if its files are others than the version names."""
    named = version.manifest.provenance.candidate
    if named is msgspec.UNSET:
        return
    found = change.candidates.find(name=named.name, number=named.number)
    if found is None or found.digest != named.digest:
        raise Invalid(
            "The version was not made of this candidate.",
            why="The registry holds no candidate of that name and number with these files.",
            fix="Pack it again with lamp deploy, from what the registry holds.",
            code="E1816",
        )
    packed = Packed(model=version.model, number=version.number, digest=version.digest)
    change.candidates.put(replace(found, packed=packed, updated_at=kit.clock.now() // 1000))


def _check_name(name: str) -> None:
    limits.check_name("The name of a model", name)
    if "/" in name or ":" in name:
        raise Invalid("That is no name of a model.", why="It holds / or :.", fix="Leave them out.", code="E1814")


def _drop(change: Transaction, one: Candidate) -> None:
    if one.packed is not msgspec.UNSET:
        raise Conflict(
            "The version stays.",
            why="It was packed, and what may go live one day keeps what it was made of.",
            fix="Leave it; retire the model with lamp where it is live.",
            code="E1819",
        )
    change.tracked_files.drop(Place(root=one.root))
    change.candidates.drop(one.name, one.number)


def _below(change: Transaction, place: Place) -> dict[str, Kept]:
    """Files by path below a place; a single file stands under its own name."""
    begin = len(place.path) + 1 if place.path else 0
    return {one.path[begin:] or one.path.rpartition("/")[2]: one for one in change.tracked_files.below(place)}


def _source(look: Transaction, source: str) -> Place:
    """Where files lie that a client names; nothing is ever read from anywhere else."""
    limits.check_text("A source", source, 1_000)
    scheme, _, rest = source.partition(":/")
    if source.startswith(SCHEME):
        return place_of(source.removeprefix(SCHEME))
    if scheme == "runs":
        run, _, path = rest.strip("/").partition("/")
        return Place(root=finding.run(look, run).id, path=lawful(path))
    if scheme == "models" and rest.strip("/").startswith("m-"):
        found = look.logged_models.find(id=rest.strip("/"))
        if found is not None:
            return Place(root=found.id)
        raise finding.missing("logged model")
    if scheme == "models":
        name, _, number = rest.strip("/").partition("/")
        if number.isascii() and number.isdecimal() and len(number) < 10:
            return Place(root=candidate(look, name, int(number)).root)
    raise Invalid(
        "The source of the version does not lie here.",
        why="A version is registered from a run, a logged model or another version here, and from nowhere else.",
        fix="Log the model here first, then register runs:/ID/model or models:/ID.",
        code="E1817",
    )


def _check(found: RegisteredModel) -> None:
    limits.check_text("A description", found.description, limits.DESCRIPTION)
    limits.check_pairs("tags", found.tags, limits.TAG)
    limits.check_pairs("aliases", dict.fromkeys(found.aliases, ""), 0)
    if max(len(found.tags), len(found.aliases)) > limits.RELATED:
        raise limits.over("What a model has", limits.RELATED)
