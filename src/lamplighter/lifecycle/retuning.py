"""A version with another threshold: counted from the log first, made without opening a model, judged like any other.

The files are the same, so what is known of them is carried over with its digest. What looks at decisions is found anew.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from lamplighter import keys
from lamplighter.domain import carried as carrying
from lamplighter.domain.case import KIND as CASES
from lamplighter.domain.case import agrees, in_words, tries_in
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.identity import Actor
from lamplighter.domain.project import Project
from lamplighter.domain.record import digest_of
from lamplighter.domain.replay import Thresholds
from lamplighter.domain.retuning import KIND, Moved, Retuning, Turned, retuned, same_scores
from lamplighter.domain.robustness import KIND as ROBUSTNESS
from lamplighter.domain.robustness import robustness_in
from lamplighter.domain.rows import Clock, Window
from lamplighter.domain.signing import FORMAT, NAME, ROLE, unsigned
from lamplighter.domain.version import Artifact, Badge, Manifest, Version
from lamplighter.domain.window import DAY
from lamplighter.lifecycle import industrialization, outcomes
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.looking import Look
from lamplighter.measures import quality_measure, quality_measures
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.labelled import Labelled, by_slice, together
from lamplighter.monitoring.outcomes import outcomes as paired
from lamplighter.monitoring.turning import at_threshold
from lamplighter.serving import signatures
from lamplighter.serving.runtimes.base import Unloadable
from lamplighter.store.transaction import Transaction

PERFORMANCE = "performance"


def retuning(kit: Kit, version: Version, environment: Environment, threshold: float, since: int) -> Retuning:
    """What another threshold would change for each consumer there, by what was answered since a moment. Nothing is written.

    Raises `Invalid` and `Conflict` where that threshold cannot be one of the version.
    """
    retuned(version, threshold)
    with kit.store.reading() as look:
        project = look.project(version.model)
        own = {caller.name: caller.declared.threshold for caller in look.callers(project)}
        alike = [one for one in look.versions.all(model=version.model) if same_scores(one.manifest, version.manifest)]
    at = Thresholds(before=version.manifest.decision.threshold, after=threshold)
    counter = _Counter({name: _fixed(one) for name, one in own.items() if one is not None}, at)
    searched = Look({one.digest for one in alike})
    window = Window(Clock.ANSWER, since, kit.clock.now() + DAY) if since else None
    for record in searched.records(kit, version.model, environment.name, window):
        counter.take(record.consumer, record.scores, record.event_at)
    counted = Retuning(
        model=version.model,
        number=version.number,
        version=version.digest,
        environment=environment.name,
        before=version.manifest.decision.threshold,
        after=threshold,
        counted=tuple(one.number for one in alike),
        start=counter.start,
        end=counter.end,
        consumers=counter.turned(),
        looked_through=searched.looked_through,
    )
    with kit.store.reading() as look:
        return _with_figures(look, project, alike, counted)


def _fixed(threshold: float) -> Thresholds:
    return Thresholds(before=threshold, after=threshold)


class _Counter:
    """Decisions by consumer, before and after."""

    def __init__(self, own: Mapping[str, Thresholds], others: Thresholds) -> None:
        self._own, self._others = own, others
        self._counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        self.start = self.end = 0

    def take(self, consumer: str, scores: Any, event_at: int) -> None:
        """Count the rows of one request; one that failed has none."""
        if not scores:
            return
        at = self._at(consumer)
        assert at.before is not None
        assert at.after is not None
        counts = self._counts[consumer]
        for score in scores:
            was, is_now = score >= at.before, score >= at.after
            counts[0] += 1
            counts[1] += is_now and not was
            counts[2] += was and not is_now
        self.start, self.end = min(self.start or event_at, event_at), max(self.end, event_at)

    def _at(self, consumer: str) -> Thresholds:
        return self._own.get(consumer, self._others)

    def turned(self) -> dict[str, Turned]:
        """What becomes of each consumer, those that hear most of it first."""
        found = {
            name: Turned(rows=rows, up=up, down=down, thresholds=self._at(name))
            for name, (rows, up, down) in self._counts.items()
        }
        return dict(sorted(found.items(), key=lambda one: (-(one[1].up + one[1].down), one[0])))


def _with_figures(look: Transaction, project: Project, alike: list[Version], counted: Retuning) -> Retuning:
    """The same with what labelled rows say of the decisions. Reads the kept days."""
    start, end = counted.start // DAY * DAY, (counted.end // DAY + 1) * DAY
    rows = together(outcomes.rows(look, one, counted.environment, start, end, {}) for one in alike) if counted.end else None
    if rows is None or not rows.n:
        return counted
    names = [name for name in quality_measures(alike[0].manifest.contract.output.meaning) if quality_measure(name).decides]
    by_part = {part: _moved(names, rows_of, counted) for part, rows_of in _parts(project, rows).items()}
    return msgspec.structs.replace(counted, labelled=rows.n, figures=by_part)


def _parts(project: Project, rows: Labelled) -> dict[str, Labelled]:
    """All rows, and those of each slice that a requirement names, as far as they are told apart."""
    slices = by_slice(rows)
    wanted = {requirement.slice: requirement.rows for requirement in project.requirement if requirement.rows is not None}
    return {"": rows, **{name: rows.at(slices[part]) for name, part in wanted.items() if part in slices}}


def _moved(names: list[str], rows: Labelled, counted: Retuning) -> dict[str, Moved]:
    found = {}
    for name in names:
        before, after = (_figure(name, rows, threshold) for threshold in (counted.before, counted.after))
        if isinstance(after, Figure) and np.isfinite([after.value, after.low, after.high]).all():
            was = before.value if isinstance(before, Figure) else after.value
            found[name] = Moved(before=was, after=after.value, low=after.low, high=after.high, n=after.n)
    return found


def _figure(name: str, rows: Labelled, threshold: float) -> Figure | Missing:
    return quality_measure(name).measure(paired(rows.labels, rows.scores, threshold))


def retune(
    kit: Kit, actor: Actor, version: Version, environment: Environment, threshold: float, reason: str, since: int
) -> tuple[Version, Retuning]:
    """Register the same files with another threshold, with what it would change as evidence.

    Raises `Invalid` without a reason, and `Conflict` where such a version is there already.
    """
    if not reason.strip():
        raise Invalid(
            "A new threshold needs a reason.",
            why="Whoever is asked to accept it has to know what it is for.",
            fix="Give one: --reason 'fewer false alarms'.",
            code="E1546",
        )
    found = msgspec.structs.replace(retuning(kit, version, environment, threshold, since), reason=reason.strip()[:500])
    manifest = _signed(kit, version, retuned(version, threshold))
    with kit.store.reading() as look:
        _check_new(look, version, manifest)
        evidence, project = look.evidence.newest(version.digest), look.project(version.model)
    note = f"Decides at {threshold:g} instead of {found.before:g}, otherwise v{version.number}. {found.reason}"
    brought = [
        (KIND, msgspec.to_builtins(found)),
        *((kind, carrying.carried(evidence[kind], version)) for kind in carrying.KINDS if kind in evidence),
        *_robustness(evidence.get(ROBUSTNESS), version, threshold),
        *_performance(evidence.get(PERFORMANCE), version, found),
        *_cases(evidence.get(CASES), project, manifest),
    ]
    return industrialization.take_in(kit, actor, version.model, manifest, brought, note), found


def _check_new(look: Transaction, version: Version, manifest: Manifest) -> None:
    wanted = unsigned(manifest)
    known = next((one for one in look.versions.all(model=version.model) if unsigned(one.manifest) == wanted), None)
    if known is not None:
        raise Conflict(
            f"{known.name} is that version already.",
            why="It has the same files, and decides at this threshold.",
            fix=f"Bring it live: lamp deploy {known.name}",
            code="E1547",
        )


def _signed(kit: Kit, version: Version, manifest: Manifest) -> Manifest:
    """A version that runs code is vouched for by the platform, once somebody it trusts has vouched for these very files."""
    if manifest.badge is not Badge.CODE:
        return manifest
    try:
        signatures.check(version.manifest, kit.settings.artifacts, kit.settings.trusted_keys)
    except Unloadable as error:
        raise Conflict(
            f"{version.name} is not vouched for here.",
            why=str(error),
            fix="Have the key trusted that signed it (lamp key trust FILE), or register it anew.",
            code="E1548",
        ) from None
    content = keys.sign(manifest, kit.settings.signing_key)
    digest = digest_of(content)
    kit.artifacts.put(digest, content)
    artifact = Artifact(role=ROLE, name=NAME, digest=digest, size=len(content), format=FORMAT)
    return msgspec.structs.replace(manifest, artifacts=(*manifest.artifacts, artifact))


def _robustness(evidence: Evidence | None, version: Version, threshold: float) -> list[tuple[str, Mapping[str, Any]]]:
    """What was tried of the version before, with the decisions that turn at the new threshold."""
    known = robustness_in(evidence)
    if evidence is None or known is None:
        return []
    return [(ROBUSTNESS, {**carrying.carried(evidence, version), **msgspec.to_builtins(at_threshold(known, threshold))})]


def _performance(evidence: Evidence | None, version: Version, found: Retuning) -> list[tuple[str, Mapping[str, Any]]]:
    """Figures that look at scores are those of the version before; figures that look at decisions are of labelled rows."""
    facts: Mapping[str, Any] = carrying.carried(evidence, version) if evidence else {}
    of_base = facts.get("figures")
    figures: dict[str, dict[str, Any]] = {}
    for part, own in (of_base if isinstance(of_base, Mapping) else {}).items():
        figures[part] = {name: one for name, one in own.items() if not _decides(name)} if isinstance(own, Mapping) else {}
    for part, own in found.figures.items():
        fresh = {name: {"value": m.after, "low": m.low, "high": m.high, "n": m.n} for name, m in own.items()}
        figures[part] = {**figures.get(part, {}), **fresh}
    if not figures:
        return []
    measured = {"environment": found.environment, "rows": found.labelled, "versions": list(found.counted)}
    return [(PERFORMANCE, {**facts, "rows": facts.get("rows", found.labelled), "decisions": measured, "figures": figures})]


def _decides(name: str) -> bool:
    return quality_measure(name).decides


def _cases(evidence: Evidence | None, project: Project, manifest: Manifest) -> list[tuple[str, Mapping[str, Any]]]:
    """What the new threshold makes of the scores of the example cases, if these are the cases of the project still."""
    tries = tries_in(evidence)
    if tries is None or tries.script != project.uat.digest:
        return []
    output, threshold = manifest.contract.output, manifest.decision.threshold
    cases = {case.name: case for case in project.uat.case}
    tried = tuple(
        msgspec.structs.replace(
            one,
            decision=in_words(output, one.score, threshold),
            agrees=agrees(cases[one.name], output, one.score, threshold),
        )
        for one in tries.cases
    )
    return [(CASES, msgspec.to_builtins(msgspec.structs.replace(tries, cases=tried)))]
