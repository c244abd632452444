"""From a trial to a signed selection: what it is decided by, the guardrails, the choice, and the signature of the platform."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec
import numpy as np

from lamplighter import keys
from lamplighter.domain.challenge import Challenge
from lamplighter.domain.consumer import Caller, Standing
from lamplighter.domain.contract import Meaning
from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.environment import Environment
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.identity import Actor
from lamplighter.domain.project import Project
from lamplighter.domain.record import canonical, digest_of
from lamplighter.domain.selection import FORMAT, Guard, Guardrail, Primary, Sealed, Selection, chosen, look_alpha
from lamplighter.domain.selection_rule import SelectionRule, stricter
from lamplighter.domain.treatment import KIND as FAIRNESS
from lamplighter.domain.treatment import measured_as, treatment_in
from lamplighter.domain.version import Version
from lamplighter.domain.window import DAY
from lamplighter.lifecycle.abreast import Abreast, deciding, numbered, read
from lamplighter.lifecycle.kit import Kit
from lamplighter.monitoring import guardrails
from lamplighter.monitoring.guardrails import Chance
from lamplighter.store.transaction import Transaction

#: Whoever calls and is not declared, together.
OTHERS = "everybody else"
#: How the figure that decides is primary.
_TEST = "paired, two-sided interval of Student's t, days as groups"


class Rows(NamedTuple):
    """Labelled rows that both versions scored, in the order of their ids."""

    ids: list[str]
    event_at: list[int]
    labels: list[float]
    champion: list[float]
    challenger: list[float]

    @property
    def days(self) -> list[int]:
        """The day of each; rows of one day are alike."""
        return [at // DAY for at in self.event_at]


class Asked(NamedTuple):
    """What a trial is decided by, as of now."""

    champion: Version
    challenger: Version
    environment: Environment
    project: Project
    callers: tuple[Caller, ...]
    fairness: Evidence | None
    rule: SelectionRule
    #: Which look at the pair it is.
    look: int

    @property
    def alpha(self) -> float:
        """What this look may spend."""
        return look_alpha(self.rule.alpha, self.look)

    @property
    def decides(self) -> bool:
        """Whether the answers are decisions."""
        return self.challenger.manifest.contract.output.meaning is Meaning.PROBABILITY


class Guarded(NamedTuple):
    """Every guardrail, and what is not asked for, and why."""

    guardrails: tuple[Guardrail, ...]
    unguarded: Mapping[str, str]
    #: Digest of the part of the log that they were made of, and the share of it that was read.
    digest: str
    looked_through: float

    @property
    def lacks(self) -> list[str]:
        """What more rows would bring, whatever they say."""
        return [one.why for one in self.guardrails if one.guard is not Guard.FAIRNESS and one.n < one.least]


def asked(kit: Kit, look: Transaction, trial: Challenge) -> Asked:
    """What the trial is decided by."""
    project = look.project(trial.model)
    champion = look.versions.find(model=trial.model, number=trial.champion)
    challenger = look.versions.find(model=trial.model, number=trial.challenger)
    assert champion is not None
    assert challenger is not None
    before = look.challenges.all(model=trial.model)
    rule = stricter(tier_of(kit.policy, criticality_of(project, kit.policy).tier).selection, project.selection)
    return Asked(
        champion=champion,
        challenger=challenger,
        environment=look.environment(trial.environment),
        project=project,
        callers=look.callers(project),
        fairness=look.evidence.newest(challenger.digest).get(FAIRNESS),
        rule=msgspec.structs.replace(rule, least_rows=max(rule.least_rows, trial.least_rows)),
        look=1 + sum(1 for one in before if one.look and _pair(one) == _pair(trial)),
    )


def _pair(trial: Challenge) -> tuple[int, int]:
    return trial.champion, trial.challenger


def guarded(kit: Kit, by: Asked, rows: Rows, start: int, end: int) -> Guarded:
    """Measure every guardrail on the window. It reads the log, which takes time: no transaction may be open."""
    declared = {one.name: one for one in by.callers if one.standing in (Standing.DECLARED, Standing.REGISTERED)}
    own = {name: one.declared.threshold for name, one in declared.items() if one.declared.threshold is not None}
    seen = read(kit, by.environment, (by.champion, by.challenger), deciding(by.champion, by.challenger, own), start, end)
    unguarded: dict[str, str] = {}
    parties = list(_parties(by, declared, seen, unguarded))
    costs, criteria = by.project.selection.costs, by.project.fairness.criterion
    spent = guardrails.chance(by.alpha, 1 + bool(costs) + len(criteria) + len(parties))
    found = [guardrails.latency(seen.champion_ms, seen.challenger_ms, by.rule, spent)]
    found += _cost(by, rows, spent, unguarded)
    found += [guardrails.fairness(one, measured_as(treatment_in(by.fairness), one)) for one in criteria]
    if not criteria:
        none = by.project.fairness.none.strip()
        unguarded[Guard.FAIRNESS] = (
            f"No group is concerned, says lamp.toml: {none}" if none else "lamp.toml names no criterion."
        )
    found += [guardrails.flips(one.name, *seen.of(one.among), one.bound, spent) for one in parties]
    return Guarded(tuple(found), unguarded, seen.digest, seen.looked_through)


class _Party(NamedTuple):
    """For whom flips are counted: who it is, whose rows, and the share that may turn."""

    name: str
    among: tuple[str, ...]
    bound: float


def _parties(by: Asked, declared: Mapping[str, Caller], seen: Abreast, unguarded: dict[str, str]) -> Iterator[_Party]:
    others = tuple(name for name in seen.consumers if name not in declared)
    for name, one in declared.items():
        bound = by.rule.flips if one.declared.flips is None else one.declared.flips
        if not by.decides and one.declared.threshold is None:
            unguarded[f"{Guard.FLIPS} of {name}"] = "It is answered with a number, and declares no threshold to decide by."
        elif name in seen.consumers:
            yield _Party(name, (name,), bound)
        else:
            unguarded[f"{Guard.FLIPS} of {name}"] = "No request of its was scored by both in the window."
    if not by.decides:
        unguarded[Guard.FLIPS] = "It answers with a number, which decides nothing by itself."
    elif others or not any(name in seen.consumers for name in declared):
        yield _Party(OTHERS if declared else "", others, by.rule.flips)


def _cost(by: Asked, rows: Rows, spent: Chance, unguarded: dict[str, str]) -> Iterator[Guardrail]:
    costs = by.project.selection.costs
    if costs is None:
        unguarded[Guard.COST] = "lamp.toml declares no costs under [selection]."
    elif not by.decides:
        unguarded[Guard.COST] = "It answers with a number, and costs are declared for decisions."
    else:
        was = np.asarray(rows.champion) >= by.champion.manifest.decision.threshold
        now = np.asarray(rows.challenger) >= by.challenger.manifest.decision.threshold
        positive, days = np.asarray(rows.labels) == 1.0, numbered(np.asarray(rows.days, dtype=np.int64))
        yield guardrails.cost(positive, (was, now), days, costs, by.rule, spent)


def sealed(kit: Kit, actor: Actor, trial: Challenge, by: Asked, rows: Rows, groups: int, found: Guarded) -> Sealed:
    """The selection that a decided trial ends with, signed."""
    primary = Primary(
        metric=trial.metric,
        test=_TEST,
        champion=trial.champion_value,
        challenger=trial.challenger_value,
        difference=trial.difference,
        low=trial.low,
        high=trial.high,
        n=trial.rows,
        groups=groups,
        verdict=trial.verdict,
        why=trial.why,
    )
    choice, brought, why = chosen(primary, found.guardrails)
    selection = Selection(
        trial=trial.id,
        model=trial.model,
        environment=trial.environment,
        champion=trial.champion,
        champion_version=by.champion.digest,
        challenger=trial.challenger,
        challenger_version=by.challenger.digest,
        start=trial.start,
        end=trial.end,
        data=digest_of(canonical([digest_of(canonical(rows)), found.digest])),
        evidence={FAIRNESS: by.fairness.digest} if by.fairness else {},
        rule=by.rule,
        policy=kit.policy.digest,
        project=by.project.digest,
        look=by.look,
        alpha=by.alpha,
        primary=primary,
        guardrails=found.guardrails,
        unguarded=found.unguarded,
        choice=choice,
        by=brought,
        why=why,
        asked_by=actor.email,
        at=trial.decided_at,
        looked_through=found.looked_through,
    )
    content = canonical(selection)
    key, signature = keys.seal(FORMAT + b"\n" + content + b"\n", kit.settings.signing_key)
    return Sealed(content=content.decode(), key=key, signature=signature)
