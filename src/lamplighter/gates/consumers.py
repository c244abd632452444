"""Would an application that calls the live version be broken, or decide otherwise, and did its owner agree?"""

from enum import StrEnum

from lamplighter.domain.consent import Consent, basis
from lamplighter.domain.consumer import Caller
from lamplighter.domain.decision import Passed, Refused, Undecided, Verdict
from lamplighter.domain.effect import effects
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.record import Settings
from lamplighter.domain.replay import KIND, Figures, Replayed, State, replayed
from lamplighter.domain.version import Version
from lamplighter.gates.base import elsewhere


class Otherwise(StrEnum):
    """What to do where something cannot be settled by figures."""

    #: Hold the version back.
    HOLD = "hold"
    #: Name the consumer and go on.
    NAME = "name"


class Gate(Settings, frozen=True):
    """The evidence `replay` and the contract: no consumer notices more than it accepts, or its owner has consented.

    A consumer that made no request is named and holds nothing up.
    """

    #: Share of a consumer's replayed rows whose decision may turn, for one that declares no flips of its own.
    most_flips: float = 0.02
    #: Mean absolute change of the score, for a consumer that declares no tolerance of its own.
    most_shift: float = 0.05
    #: Requests of a consumer without which its replay says nothing.
    least_requests: int = 20
    #: For a consumer that made some requests, of which fewer than that or none could be replayed.
    too_few: Otherwise = Otherwise.HOLD
    #: For an application that calls, that nobody has declared, and that would be hit.
    unknown: Otherwise = Otherwise.HOLD

    def judge(self, dossier: Dossier) -> Verdict:
        """Undecided and waiting, naming who is affected and who must consent; refused where an owner said no."""
        if dossier.live is None:
            return Passed(why="Nothing is live there, so nobody can be affected.")
        found = _replay_of(dossier, dossier.live)
        if found is None:
            return _not_yet(dossier)
        callers = [caller for caller in dossier.callers if caller.concerned(dossier.environment.name)]
        known = [caller for caller in callers if caller.owner or self.unknown is Otherwise.HOLD]
        hit = {caller.name: self.troubles(caller, dossier.live, dossier.version, found) for caller in known}
        open_ones = [caller for caller in known if hit[caller.name]]
        for caller in list(open_ones):
            word = consent_of(dossier, caller, found.consumers.get(caller.name))
            if word is not None and not word.accepted:
                return Refused(why=f"{word.person} refused it for {caller.name}.", fix="Answer the reason with a new version.")
            if word is not None:
                open_ones.remove(caller)
        if open_ones:
            return _held(dossier, open_ones, hit)
        away = elsewhere(dossier, "no request can be replayed here; by their contracts no consumer is broken")
        return away or Passed(why=_seen(callers, found))

    def troubles(self, caller: Caller, live: Version, candidate: Version, found: Replayed) -> list[str]:
        """What the owner of a consumer must agree to, as sentences."""
        changes = effects(caller.declared, live.manifest, candidate.manifest)
        seen = found.consumers.get(caller.name, Figures())
        return [f"{effect.name} {effect.what}" for effect in changes if effect.breaking] + self._replayed(caller, seen)

    def _replayed(self, caller: Caller, seen: Figures) -> list[str]:
        accepted = self.most_shift if caller.declared.tolerance is None else caller.declared.tolerance
        most_flips = self.most_flips if caller.declared.flips is None else caller.declared.flips
        told = []
        if seen.refused or seen.failed:
            told.append(f"{seen.refused} of {seen.requests} requests no longer fit and {seen.failed} fail")
        if seen.rows and not seen.flips <= most_flips:
            told.append(f"{seen.flips_up} decisions of {seen.rows} turn up and {seen.flips_down} down")
        if seen.rows and not seen.shift_absolute <= accepted:
            told.append(f"scores move by {seen.shift_absolute:.3f}, accepted are {accepted:g}")
        if 0 < seen.requests < self.least_requests and self.too_few is Otherwise.HOLD:
            told.append(f"only {seen.requests} requests could be replayed, {self.least_requests} are needed")
        if seen.unkept and self.too_few is Otherwise.HOLD:
            told.append(f"none of its {seen.unkept} requests could be replayed, for their inputs are not kept as they came")
        return told


def _replay_of(dossier: Dossier, live: Version) -> Replayed | None:
    """What the replay has shown; of a version that runs elsewhere nothing can be replayed, and the contract alone speaks."""
    environment = dossier.environment.name
    if dossier.version.elsewhere:
        return Replayed(environment=environment, live=live.digest, live_number=live.number, consumers={})
    evidence = dossier.evidence.get(KIND)
    return replayed(evidence.facts if evidence else None, environment, live.digest)


def consent_of(dossier: Dossier, caller: Caller, figures: Figures | None) -> Consent | None:
    """The newest word for a consumer that was given on what is known now."""
    if dossier.live is None:
        return None
    wanted = basis(dossier.version.digest, dossier.live.digest, caller, figures)
    words = [consent for consent in dossier.consents if consent.consumer == caller.name and consent.binding == wanted]
    return max(words, key=lambda consent: consent.at, default=None)


def _not_yet(dossier: Dossier) -> Verdict:
    replay = dossier.replay
    if replay is not None and replay.state is State.FAILED:
        return Undecided(why=f"The requests of its consumers could not be replayed: {replay.why}", fix="Deploy it once more.")
    return Undecided(
        why="The requests of its consumers are not replayed yet.",
        fix="It is done once the deployment is asked for; look again in a moment.",
        waiting=replay is not None and replay.state is State.ASKED,
    )


def _held(dossier: Dossier, open_ones: list[Caller], hit: dict[str, list[str]]) -> Verdict:
    told = "; ".join(f"{caller.name}: {', '.join(hit[caller.name])}" for caller in open_ones)
    why = f"It affects {told}."
    nobody = [caller.name for caller in open_ones if not caller.owner]
    if nobody:
        return Refused(why=why, fix=f"Declare {nobody[0]} with its owner under [[consumer]] in lamp.toml.")
    first = open_ones[0]
    command = f"lamp consumers consent {dossier.version.name} {first.name} --env {dossier.environment.name}"
    return Undecided(why=why, fix=f"Ask {first.owner}: {command}", waiting=True)


def _seen(callers: list[Caller], found: Replayed) -> str:
    told = [_one(caller.name, found.consumers.get(caller.name, Figures())) for caller in callers]
    return " ".join(told) or "Nobody is declared, and nobody has called."


def _one(name: str, seen: Figures) -> str:
    if not seen.requests:
        return f"{name} made {seen.unkept} requests that are not kept." if seen.unkept else f"{name} made no request."
    turned = seen.flips_up + seen.flips_down
    return f"{name}: {turned} of {seen.rows} decisions turn, scores move by {seen.shift_absolute:.3f}."
