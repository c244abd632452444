"""Applications that call models: their accounts, and the word of their owners on what a version changes for them."""

from collections.abc import Sequence

import msgspec

from lamplighter.domain.consent import Consent, basis
from lamplighter.domain.consumer import Account, Caller
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict, NotAllowed
from lamplighter.domain.events.consumer import ConsentGiven, ConsumerSaved
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.identity import Actor, Purpose
from lamplighter.domain.names import model_name, party_name, unknown
from lamplighter.domain.replay import KIND, replayed
from lamplighter.domain.version import Version
from lamplighter.lifecycle import judging
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def save(kit: Kit, actor: Actor, name: str, owner: str, models: Sequence[str], active: bool) -> Account:
    """Open the account of an application, change it, or close it, which makes every token of it worthless.

    Raises `Invalid` for a name that cannot be, and `NotFound` for a model, or an owner, that nobody knows.
    """
    model_name(name)
    party_name(owner)
    with kit.store.transaction() as change:
        for model in models:
            change.project(model)
        parties = {**change.people.by_email(), **change.teams.by_name()}
        if owner not in parties:
            raise unknown("person or team", owner, parties)
        before = change.consumers.find(name=name)
        created = before.created_at if before else kit.clock.now()
        account = Account(name=name, owner=owner, models=tuple(models), active=active, created_at=created)
        change.consumers.put(account)
        if not active:
            for credential in change.credentials.all(email=name, purpose=Purpose.PREDICT):
                change.credentials.put(msgspec.structs.replace(credential, revoked=True))
        kit.record(change, ConsumerSaved(consumer=name, owner=owner, models=account.models, active=active), actor)
    return account


def consent(
    kit: Kit, actor: Actor, version: Version, environment: Environment, name: str, *, accepted: bool, reason: str
) -> Consent:
    """The word of a consumer's owner on what a version changes for it there, as far as it is known now.

    Raises `NotFound` for a consumer nobody knows, `NotAllowed` for anybody but its owner, and `Conflict` where nothing is
    live that could change, or while the replay is under way.
    """
    with kit.store.transaction() as change:
        held = judging.dossier(kit, change, version, environment)
        caller = _caller(held, name)
        check_owner(change, actor, caller.name, caller.owner)
        _check_known(held)
        assert held.live is not None
        evidence = held.evidence.get(KIND)
        found = replayed(evidence.facts if evidence else None, environment.name, held.live.digest)
        figures = found.consumers.get(name) if found is not None else None
        word = Consent(
            model=version.model,
            version=version.digest,
            environment=environment.name,
            consumer=name,
            person=actor.email,
            accepted=accepted,
            reason=reason[:2000],
            binding=basis(version.digest, held.live.digest, caller, figures),
            at=kit.clock.now(),
        )
        change.consents.add(word)
        kit.record(change, _event(word, version), actor)
    return word


def _caller(held: Dossier, name: str) -> Caller:
    callers = {caller.name: caller for caller in held.callers}
    if name not in callers:
        raise unknown("consumer", name, callers)
    return callers[name]


def check_owner(change: Transaction, actor: Actor, name: str, owner: str) -> None:
    """Raise `NotAllowed` for whoever does not speak for a consumer."""
    team = change.teams.by_name().get(owner)
    if actor.email == owner or (team is not None and actor.email in team.members):
        return
    raise NotAllowed(
        f"You do not speak for {name}.",
        why=f"It belongs to {owner}." if owner else "Nobody is declared as its owner.",
        fix=f"Ask {owner}." if owner else "Declare it with its owner under [[consumer]] in lamp.toml.",
        code="E1323",
    )


def _check_known(held: Dossier) -> None:
    if held.live is None:
        raise Conflict(
            f"Nothing of {held.version.model} is live in {held.environment.name}.",
            why="Where nothing is live, a version changes nothing for anybody.",
            fix="There is nothing to do.",
            code="E1561",
        )
    judging.check_complete(held)


def _event(word: Consent, version: Version) -> ConsentGiven:
    return ConsentGiven(
        model=word.model,
        number=version.number,
        version=word.version,
        environment=word.environment,
        consumer=word.consumer,
        person=word.person,
        accepted=word.accepted,
        reason=word.reason,
        binding=word.binding,
    )
