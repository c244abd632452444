"""Trials of champion and challenger on the same rows."""

import math

import msgspec

from lamplighter.domain.challenge import KIND, Challenge, Verdict
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict
from lamplighter.domain.events.challenge import ChallengeDecided, ChallengeOpened
from lamplighter.domain.events.version import EvidenceAdded
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.identity import Actor
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.names import unknown
from lamplighter.domain.version import Version
from lamplighter.lifecycle import elsewhere, gone
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.measurable import check_metric
from lamplighter.monitoring.comparison import Comparison, compare
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.pairing import Metric
from lamplighter.store.transaction import Transaction

#: The figures by which a trial can be decided.
METRICS = tuple(metric.value for metric in Metric)
#: Microseconds in a day, by which rows of a trial are grouped.
_DAY = 86_400_000_000
_ONE_DAY = "All rows are of one day. Days are compared, since rows of one day are alike, and it takes two of them."
#: What is evidence of a trial.
_FACTS = (
    "id", "environment", "champion", "challenger", "metric", "verdict", "champion_value", "challenger_value",
    "difference", "low", "high", "rows", "start", "end",
)  # fmt: skip


def challenge(kit: Kit, actor: Actor, version: Version, environment: Environment, metric: str, least_rows: int) -> Challenge:
    """Open a trial of a version against the live one; it has to score along, which is the deployment's matter.

    Raises `Conflict` where nothing is live, or where the version is the live one, and `NotFound` for an unknown metric.
    """
    if metric not in METRICS:
        raise unknown("metric", metric, METRICS)
    check_metric("metric", metric, version.manifest.contract.output.meaning)
    with kit.store.transaction() as change:
        elsewhere.check_served(change, version.model)
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
    """Decide a trial on the labelled rows that both versions scored in a window; the result is evidence of the challenger.

    Rows of one day are one group, since flights of one storm are not independent. With too few rows or days it goes on and
    nothing is kept, unless somebody wants to `conclude` it. Once there are enough it ends whatever comes out: whoever looks
    until chance favours the challenger finds a winner where there is none. Raises `NotFound` and `Conflict`.
    """
    with kit.store.transaction() as change:
        trial = change.challenges.find(id=key)
        if trial is None:
            raise unknown("challenge", key, (found.id for found in change.challenges.all()))
        if trial.verdict is not Verdict.RUNNING:
            raise Conflict(f"{key} is decided.", why=f"It ended with {trial.verdict}.", fix="Open another one.", code="E1533")
        compared = _compared(change, trial, start, end)
        if not (conclude or (isinstance(compared, Comparison) and compared.enough)):
            return _going_on(trial, compared, start, end)
        after = _decided(trial, compared, start, end, kit.clock.now())
        change.challenges.replace(after, revision=trial.revision)
        version = change.versions.find(model=trial.model, number=trial.challenger)
        assert version is not None
        _write_down(kit, change, actor, after, version)
    return after


def _compared(change: Transaction, trial: Challenge, start: int, end: int) -> Comparison | Missing:
    for number in (trial.champion, trial.challenger):
        closed = change.closed_days.between(trial.model, trial.environment, number, start // _DAY * _DAY, end)
        if closed:
            raise gone.refusal(closed, f"Decide on a window from {rfc3339(closed[-1].day + _DAY)} on.")
    one = change.predictions.joined(trial.model, trial.environment, trial.champion, start, end)
    other = change.predictions.joined(trial.model, trial.environment, trial.challenger, start, end)
    champion, challenger = dict(zip(one.ids, one.scores, strict=True)), dict(zip(other.ids, other.scores, strict=True))
    rows = [(i, at, label) for i, at, label in zip(one.ids, one.event_at, one.labels, strict=True) if i in challenger]
    return compare(
        trial.metric,
        [label for _, _, label in rows],
        [champion[i] for i, _, _ in rows],
        [challenger[i] for i, _, _ in rows],
        least=trial.least_rows,
        groups=[at // _DAY for _, at, _ in rows],
    )


def _going_on(trial: Challenge, compared: Comparison | Missing, start: int, end: int) -> Challenge:
    """The trial as it stands, with what it lacks."""
    rows, groups = (0, 0) if isinstance(compared, Missing) else (compared.n, compared.groups)
    lacks = [compared.why] if isinstance(compared, Missing) else []
    lacks += [_ONE_DAY] if groups == 1 else []
    lacks += [f"For auc it takes {trial.least_rows:,} of each class."] if trial.metric == Metric.AUC and rows else []
    why = " ".join([f"Not enough evidence yet: {rows:,} of {trial.least_rows:,} labelled rows.", *lacks, "It goes on."])
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


def _write_down(kit: Kit, change: Transaction, actor: Actor, trial: Challenge, version: Version) -> None:
    facts = {name: getattr(trial, name) for name in _FACTS}
    found = Evidence(version=version.digest, kind=KIND, facts=facts, author=actor.email, at=kit.clock.now())
    change.evidence.put(found)
    kit.record(change, EvidenceAdded(model=trial.model, version=version.digest, kind=KIND, digest=found.digest), actor)
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
    )
    kit.record(change, event, actor)
