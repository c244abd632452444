"""Trials of champion and challenger on the same rows."""

import math

import msgspec

from lamplighter import keys
from lamplighter.domain.challenge import Challenge, Verdict
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict
from lamplighter.domain.events.challenge import ChallengeDecided, ChallengeOpened
from lamplighter.domain.events.version import EvidenceAdded
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.identity import Actor
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.names import unknown
from lamplighter.domain.selection import KIND, Sealed, sealed_in
from lamplighter.domain.version import Version
from lamplighter.domain.window import DAY
from lamplighter.lifecycle import elsewhere, gone, retirement, selecting
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.measurable import check_metric
from lamplighter.lifecycle.selecting import Rows
from lamplighter.monitoring.comparison import Comparison, compare
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.pairing import Metric
from lamplighter.store.transaction import Transaction

#: The figures by which a trial can be decided.
METRICS = tuple(metric.value for metric in Metric)
_ONE_DAY = "All rows are of one day. Days are compared, since rows of one day are alike, and it takes two of them."


def challenge(kit: Kit, actor: Actor, version: Version, environment: Environment, metric: str, least_rows: int) -> Challenge:
    """Open a trial of a version against the live one; it has to score along, which is the deployment's matter.

    Raises `Conflict` where nothing is live, or where the version is the live one, and `NotFound` for an unknown metric.
    """
    if metric not in METRICS:
        raise unknown("metric", metric, METRICS)
    check_metric("metric", metric, version.manifest.contract.output.meaning)
    with kit.store.transaction() as change:
        elsewhere.check_served(change, version.model)
        retirement.check_goes_on(change, version.model)
        champion = change.routings.of(version.model, environment.name).champion
        if champion is None or champion.digest == version.digest:
            raise Conflict(
                f"There is nothing to compare {version.name} with in {environment.name}.",
                why="No other version is live there.",
                fix="Deploy one, or choose another environment.",
                code="E1532",
            )
        trial = Challenge(
            id=change.counters.id("C"),
            model=version.model,
            environment=environment.name,
            champion=champion.number,
            challenger=version.number,
            metric=metric,
            least_rows=least_rows,
            opened_at=kit.clock.now(),
        )
        change.challenges.add(trial)
        event = ChallengeOpened(
            model=trial.model,
            challenge=trial.id,
            environment=trial.environment,
            champion=trial.champion,
            challenger=trial.challenger,
        )
        kit.record(change, event, actor)
    return trial


def decide(kit: Kit, actor: Actor, key: str, start: int, end: int, *, conclude: bool) -> Challenge:
    """Decide a trial on what both versions scored in a window of event time; the signed selection is evidence.

    A start of 0 is when the trial was opened, an end of 0 now. Rows of one day are one group, since flights of one storm are
    not independent. With too few rows or days it goes on and nothing is kept, unless somebody wants to `conclude` it. Once
    there are enough it ends whatever comes out: whoever looks until chance favours the challenger finds a winner where there
    is none. A decided trial gives what was decided if it is asked about the same window. Raises `NotFound` and `Conflict`.
    """
    with kit.store.reading() as look:
        trial = look.challenges.find(id=key)
        if trial is None:
            raise unknown("challenge", key, (found.id for found in look.challenges.all()))
        if trial.verdict is not Verdict.RUNNING:
            return _again(trial, start, end)
        start, end = start or trial.opened_at, end or kit.clock.now()
        by, rows = selecting.asked(kit, look, trial), _rows(look, trial, start, end)
    compared = compare(
        trial.metric,
        rows.labels,
        rows.champion,
        rows.challenger,
        alpha=2.0 * by.alpha,
        margin=by.rule.margin,
        least=by.rule.least_rows,
        groups=rows.days,
    )
    found = selecting.guarded(kit, by, rows, start, end)
    enough = isinstance(compared, Comparison) and compared.enough
    if not conclude and not (enough and not found.lacks):
        return _going_on(trial, by.rule.least_rows, compared, found.lacks if enough else [], start, end)
    after = _decided(trial, compared, start, end, kit.clock.now())
    groups = 0 if isinstance(compared, Missing) else compared.groups
    sealed = selecting.sealed(kit, actor, after, by, rows, groups, found)
    return _write_down(kit, actor, after, sealed, look=by.look if enough else 0)


def _again(trial: Challenge, start: int, end: int) -> Challenge:
    """The trial as it was decided; raises `Conflict` where another window is asked for."""
    if start in (0, trial.start) and end in (0, trial.end):
        return trial
    raise Conflict(
        f"{trial.id} is decided.",
        why=f"It ended with {trial.choice or trial.verdict} on another window.",
        fix="Open another one.",
        code="E1533",
    )


def selection(look: Transaction, key: str) -> Sealed:
    """The signed selection that a trial ended with; raises `NotFound`, and `Conflict` where there is none or it was changed."""
    trial = look.challenges.find(id=key)
    if trial is None:
        raise unknown("challenge", key, (found.id for found in look.challenges.all()))
    evidence = look.evidence.find(digest=trial.selection) if trial.selection else None
    found = sealed_in(evidence.facts) if evidence else None
    if found is None:
        raise Conflict(
            f"{key} has no selection.",
            why="It runs, or was decided before selections were signed.",
            fix=f"Decide it: lamp challenge decide {key}",
            code="E1539",
        )
    if not keys.holds(found):
        raise Conflict(
            f"The selection of {key} is not what was signed.",
            why="Its bytes do not fit its signature: somebody has changed it in the database.",
            fix=f"Hold another trial: lamp challenge start {trial.model}@{trial.challenger}",
            code="E1566",
        )
    return found


def _rows(look: Transaction, trial: Challenge, start: int, end: int) -> Rows:
    for number in (trial.champion, trial.challenger):
        closed = look.closed_days.between(trial.model, trial.environment, number, start // DAY * DAY, end)
        if closed:
            raise gone.refusal(closed, f"Decide on a window from {rfc3339(closed[-1].day + DAY)} on.")
    one = look.predictions.joined(trial.model, trial.environment, trial.champion, start, end)
    other = look.predictions.joined(trial.model, trial.environment, trial.challenger, start, end)
    challenger = dict(zip(other.ids, other.scores, strict=True))
    both = [row for row in zip(one.ids, one.event_at, one.labels, one.scores, strict=True) if row[0] in challenger]
    ids, event_at, labels, champion = (list(column) for column in zip(*both, strict=True)) if both else ([], [], [], [])
    return Rows(ids, event_at, labels, champion, [challenger[row] for row in ids])


def _going_on(
    trial: Challenge, least: int, compared: Comparison | Missing, lacks: list[str], start: int, end: int
) -> Challenge:
    """The trial as it stands, with what it lacks."""
    rows, groups = (0, 0) if isinstance(compared, Missing) else (compared.n, compared.groups)
    if not lacks:
        lacks = [compared.why] if isinstance(compared, Missing) else []
        lacks += [_ONE_DAY] if groups == 1 else []
        lacks += [f"For auc it takes {least:,} of each class."] if trial.metric == Metric.AUC and rows else []
    why = " ".join([f"Not enough evidence yet: {rows:,} of {least:,} labelled rows.", *lacks, "It goes on."])
    return msgspec.structs.replace(trial, start=start, end=end, rows=rows, why=why)


def _decided(trial: Challenge, compared: Comparison | Missing, start: int, end: int, now: int) -> Challenge:
    window = {"start": start, "end": end, "decided_at": now, "revision": trial.revision + 1}
    if isinstance(compared, Missing):
        return msgspec.structs.replace(trial, **window, verdict=Verdict.NOT_ENOUGH_EVIDENCE, why=compared.why)
    if not math.isfinite(compared.high - compared.low):
        # Rows of one day are one group, which has no interval; and what is infinite cannot be kept as JSON.
        why = _ONE_DAY if compared.groups == 1 else compared.why
        return msgspec.structs.replace(trial, **window, verdict=Verdict.NOT_ENOUGH_EVIDENCE, rows=compared.n, why=why)
    return msgspec.structs.replace(
        trial,
        **window,
        verdict=Verdict(compared.verdict),
        champion_value=compared.champion,
        challenger_value=compared.challenger,
        difference=compared.difference,
        low=compared.low,
        high=compared.high,
        rows=compared.n,
        why=compared.why,
    )


def _write_down(kit: Kit, actor: Actor, trial: Challenge, sealed: Sealed, *, look: int) -> Challenge:
    made = sealed.selection
    found = Evidence(
        version=made.challenger_version, kind=KIND, facts=msgspec.to_builtins(sealed), author=actor.email, at=made.at
    )
    after = msgspec.structs.replace(trial, choice=made.choice, selection=found.digest, look=look)
    event = ChallengeDecided(
        model=trial.model,
        challenge=trial.id,
        environment=trial.environment,
        champion=trial.champion,
        challenger=trial.challenger,
        verdict=trial.verdict,
        metric=trial.metric,
        difference=trial.difference,
        low=trial.low,
        high=trial.high,
        choice=made.choice,
        selection=found.digest,
    )
    with kit.store.transaction() as change:
        change.challenges.replace(after, revision=trial.revision - 1)
        change.evidence.put(found)
        added = EvidenceAdded(model=trial.model, version=found.version, kind=KIND, digest=found.digest)
        kit.record(change, added, actor)
        kit.record(change, event, actor)
    return after
