"""Who calls a model, and what a version changes for each of them."""

from typing import TYPE_CHECKING

from lamplighter.domain.consent import Consent, basis
from lamplighter.domain.consumer import Caller, Standing
from lamplighter.domain.effect import Effect, effects
from lamplighter.domain.record import Record
from lamplighter.domain.replay import KIND, Figures, replayed
from lamplighter.domain.version import Version
from lamplighter.views.calling import Felt, felt

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


class Consumed(Record, frozen=True):
    """One consumer of a model."""

    name: str
    #: Person or team that speaks for it; empty if nobody does.
    owner: str
    standing: Standing
    #: Whether it was never seen, or not for 30 days.
    silent: bool
    #: Requests in all environments.
    requests: int
    #: Time of the last one, microseconds since the epoch; 0 for none.
    last_at: int
    #: Environments in which it was seen.
    environments: tuple[str, ...]
    #: Score from which on it takes the positive decision, if it says so.
    threshold: float | None = None
    #: Mean absolute change of its scores that it accepts, if it says so.
    tolerance: float | None = None
    #: What it felt in the last day.
    felt: Felt = Felt()


class Affected(Record, frozen=True):
    """What a version changes for one consumer, against the live version of an environment."""

    name: str
    owner: str
    standing: Standing
    effects: tuple[Effect, ...]
    #: What the replay of its last requests showed; nothing before it was made.
    figures: Figures | None
    #: The newest word of its owner on exactly this; nothing if there is none.
    consent: Consent | None

    @property
    def breaking(self) -> bool:
        """Whether it can fail or read its answer wrongly."""
        seen = self.figures or Figures()
        return any(effect.breaking for effect in self.effects) or seen.refused + seen.failed > 0


def consumers(look: "Transaction", model: str, now: int) -> tuple[Consumed, ...]:
    """Everybody who calls a model or is declared to; raises `NotFound` for a model that is not there."""
    seen, callers = felt(look, model, now), look.callers(look.project(model))
    answers = any(routing.champion for routing in look.routings.all(equals={"model": model}))
    return tuple(_consumed(caller, now, seen.get(caller.name) or Felt(), answers=answers) for caller in callers)


def _consumed(caller: Caller, now: int, seen: Felt, *, answers: bool) -> Consumed:
    return Consumed(
        name=caller.name,
        owner=caller.owner,
        standing=caller.standing,
        # Where nothing answers nobody can call.
        silent=answers and caller.silent(now),
        requests=sum(calls.requests for calls in caller.calls),
        last_at=max((calls.last_at for calls in caller.calls), default=0),
        environments=tuple(calls.environment for calls in caller.calls),
        threshold=caller.declared.threshold,
        tolerance=caller.declared.tolerance,
        felt=seen,
    )


def affected(look: "Transaction", version: Version, environment: str) -> tuple[Affected, ...]:
    """What a version changes for each consumer there; empty where nothing else is live."""
    champion = look.routings.of(version.model, environment).champion
    live = look.versions.find(model=version.model, number=champion.number) if champion else None
    if live is None or live.digest == version.digest:
        return ()
    evidence = look.evidence.newest(version.digest).get(KIND)
    found = replayed(evidence.facts if evidence else None, environment, live.digest)
    words = look.consents.all(version=version.digest, environment=environment)
    callers = [caller for caller in look.callers(look.project(version.model)) if caller.concerned(environment)]
    figures = found.consumers if found is not None else {}
    return tuple(_affected(caller, live, version, figures.get(caller.name), words) for caller in callers)


def _affected(caller: Caller, live: Version, version: Version, figures: Figures | None, words: list[Consent]) -> Affected:
    wanted = basis(version.digest, live.digest, caller, figures)
    given = [word for word in words if word.consumer == caller.name and word.binding == wanted]
    return Affected(
        name=caller.name,
        owner=caller.owner,
        standing=caller.standing,
        effects=effects(caller.declared, live.manifest, version.manifest),
        figures=figures,
        consent=max(given, key=lambda word: word.at, default=None),
    )
