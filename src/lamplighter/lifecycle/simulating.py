"""A rule book applied to the releases of the past. Nothing is written.

Where a rule book asks a gate with the settings with which it was asked then, the verdict on record counts. Every other gate is
asked anew, with what was known then: the evidence, the words and the levels of that moment. Of projects, people, callers and
sandboxes only the present is kept.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple

import msgspec

from lamplighter.domain import auto_approval
from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.decision import Decision, Judgement, Refused, Verdict, Waived
from lamplighter.domain.environment import Environment
from lamplighter.domain.events.routing import RolledBack, WentLive
from lamplighter.domain.evidence import Dossier, Evidence
from lamplighter.domain.policy import Policy
from lamplighter.domain.project import Project
from lamplighter.domain.retrained import KIND
from lamplighter.domain.rollout import Rollout
from lamplighter.domain.simulation import Release, Ruled, Simulation, waiting
from lamplighter.domain.trouble import is_of_version
from lamplighter.domain.validation import ranked
from lamplighter.domain.version import Version
from lamplighter.domain.waiver import waived
from lamplighter.lifecycle import judging
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.rulebook import gate_of
from lamplighter.store.transaction import Transaction

#: Releases that are looked at, the newest.
MOST = 1000
#: Gates that ask for people's word: it is counted as waiting, never as a block.
_OF_PEOPLE = frozenset({"acceptance", "review"})


class _Past(NamedTuple):
    """One release that was asked for, and what it was decided on."""

    decision: Decision
    rollout: Rollout | None


def simulate(kit: Kit, look: Transaction, before: Policy, after: Policy) -> Simulation:
    """Every release of the past under two rule books."""
    asked = sorted(_asked(look), key=lambda one: one.decision.at, reverse=True)
    words = _words(look)
    incidents = _incidents(look)
    return Simulation(
        before=_called(before),
        after=_called(after),
        releases=tuple(_release(kit, look, one, (before, after), words, incidents) for one in asked[:MOST]),
        left_out=max(0, len(asked) - MOST),
        words={side: (len(taken), median(taken)) for side, taken in sorted(words.items())},
    )


def _called(policy: Policy) -> str:
    return f"{policy.name} {policy.version} ({policy.digest[:12]})"


def _asked(look: Transaction) -> Iterator[_Past]:
    """Each rollout with its last decision, and the last refusal of each version that never had a rollout there."""
    every = look.decisions.all(newest="at")
    by_digest, rollouts = {one.digest: one for one in every}, look.rollouts.all(newest="opened_at")
    yield from (_Past(by_digest[one.decision], one) for one in rollouts if one.decision in by_digest)
    known = {(one.model, one.number, one.environment) for one in rollouts}
    for one in every:
        place = (one.model, one.number, one.environment)
        if place not in known and not one.passed:
            known.add(place)
            yield _Past(one, None)


def _words(look: Transaction) -> Mapping[str, Sequence[float]]:
    """How long each accepted or refused word was waited for, by side, seconds."""
    found: dict[str, list[float]] = defaultdict(list)
    opened = {(one.version, one.environment): one.opened_at for one in look.rollouts.all(newest="opened_at")}
    for word in look.signatures.all():
        since = opened.get((word.version, word.environment))
        if since is not None and word.at >= since:
            found[word.side.value].append((word.at - since) / 1e6)
    return found


def _incidents(look: Transaction) -> Mapping[tuple[str, str, int], tuple[str, ...]]:
    """Incidents by the version that may be at fault, and where."""
    found: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for incident in look.incidents.all():
        for one in incident.findings:
            if is_of_version(one) and one.number:
                found[one.model, one.environment, one.number].append(incident.id)
    return {place: tuple(dict.fromkeys(keys)) for place, keys in found.items()}


def _release(
    kit: Kit,
    look: Transaction,
    past: _Past,
    books: tuple[Policy, Policy],
    words: Mapping[str, Sequence[float]],
    incidents: Mapping[tuple[str, str, int], tuple[str, ...]],
) -> Release:
    made, rollout = past
    held = _as_of(kit, look, made)
    then = look.policies.find(digest=made.policy)
    before, after = (_ruled(held, made, then, book, words) for book in books)
    return Release(
        model=made.model,
        number=made.number,
        environment=made.environment,
        rollout=rollout.id if rollout else "",
        at=made.at,
        passed=made.passed,
        before=before,
        after=after,
        incidents=incidents.get((made.model, made.environment, made.number), ()),
    )


def _as_of(kit: Kit, look: Transaction, made: Decision) -> Dossier:
    """What was known when the decision was made, as far as that is kept."""
    version = look.versions.find(model=made.model, number=made.number)
    place = look.environments.find(name=made.environment)
    assert version is not None
    assert place is not None
    now = judging.dossier(kit, look, version, place)
    past = [entry for entry in look.journal.of(made.model) if entry.at <= made.at]
    went = [entry.event for entry in past if isinstance(entry.event, WentLive | RolledBack)]
    number = next((event.number for event in reversed(went) if event.environment == made.environment), 0)
    live = look.versions.find(model=made.model, number=number) if number else None
    levels = {one.name: one.level.value for one in look.environments.all()}
    lived = {e.environment for e in went if isinstance(e, WentLive) and e.version == made.version}
    evidence = {one.kind: one for one in look.evidence.among("digest", made.evidence.values())}
    return msgspec.structs.replace(
        now,
        evidence=evidence,
        signatures=tuple(one for one in now.signatures if one.at <= made.at),
        consents=tuple(one for one in now.consents if one.at <= made.at),
        waivers=tuple(
            # What was seen to later was in force then.
            msgspec.structs.replace(one, settled_at=0)
            for one in look.waivers.all(version=made.version, environment=made.environment)
            if one.opened_at <= made.at < one.until
        ),
        levels=tuple(sorted({levels[name] for name in lived if name in levels})),
        live=live,
        live_figures=_figures(look, live, made.at) if live else None,
        # Whether the rule was halted for the model then is not asked: the rule itself is tried.
        no_auto_approval="",
        replay=now.replay if now.live is None or now.live.number == number else None,
        unreviewed=(),
        validation_findings=ranked(
            one
            for one in look.validation_findings.all(model=made.model)
            if one.opened_at <= made.at and (one.open or made.at < one.closed_at)
        ),
        validation_words=tuple(one for one in now.validation_words if one.at <= made.at),
        now=made.at,
    )


def _ruled(held: Dossier, made: Decision, then: Policy | None, book: Policy, words: Mapping[str, Sequence[float]]) -> Ruled:
    """What a rule book says of a release, by what is on record where it asks the same."""
    tier = tier_of(book, criticality_of(held.project, book).tier)
    recorded = _recorded(held.project, held.environment, made, then)
    blocked, judgements = {}, []
    for use in book.uses(tier, held.environment.level):
        gate = str(use["use"])
        if gate in _OF_PEOPLE:
            continue
        said = recorded.get(_key(use)) or gate_of(use).judge(held)
        judgement = waived(Judgement(gate=gate, verdict=said), held.waivers, tier.waivers, held.now)
        judgements.append(judgement)
        if not judgement.verdict:
            blocked[gate] = judgement.verdict.why
    asked = judging.sides_of(book, held.project, held.environment)
    by_itself = bool(asked) and not auto_approval.why_not(held, tier, judgements)
    sides = () if by_itself else tuple(str(side) for side in asked)
    return Ruled(
        tier=tier.name,
        blocked=blocked,
        sides=sides,
        waiting=waiting(sides, words),
        auto_approved=by_itself,
        spot_checks=tier.look_alikes.spot_checks if by_itself else 0.0,
    )


def _figures(look: Transaction, live: Version, at: int) -> Evidence | None:
    """Figures of quality of a version as they were known then."""
    found = look.evidence.all(newest="at", version=live.digest, kind=KIND)
    return next((one for one in found if one.at <= at), None)


def _recorded(project: Project, place: Environment, made: Decision, then: Policy | None) -> Mapping[str, Verdict]:
    """What the gates said themselves, by the gate and its settings then; nothing where that rule book is not kept."""
    if then is None:
        return {}
    uses = {str(use["use"]): use for use in judging.uses_of(then, project, place)}
    return {_key(uses[one.gate]): _itself(one.verdict) for one in made.judgements if one.gate in uses}


def _itself(verdict: Verdict) -> Verdict:
    return Refused(why=verdict.found, fix="") if isinstance(verdict, Waived) else verdict


def _key(use: Mapping[str, Any]) -> str:
    return msgspec.json.encode(use, order="sorted").decode()
