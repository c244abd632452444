"""A version with another threshold: counted from the log first, made without opening a model, judged like any other.

The files are the same, so what is known of them is carried over with its digest. What looks at decisions is found anew.
"""

from functools import partial

import msgspec

from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.identity import Actor
from lamplighter.domain.project import Project
from lamplighter.domain.replay import Thresholds
from lamplighter.domain.retuning import KIND, Retuning, retuned, same_scores
from lamplighter.domain.rows import Clock, Window
from lamplighter.domain.version import Manifest, Version
from lamplighter.domain.window import DAY
from lamplighter.lifecycle import derived, industrialization, outcomes, turning
from lamplighter.lifecycle.kit import Kit
from lamplighter.measures import quality_measure, quality_measures
from lamplighter.monitoring.labelled import together
from lamplighter.monitoring.turning import at_threshold
from lamplighter.store.transaction import Transaction


def retuning(kit: Kit, version: Version, environment: Environment, threshold: float, since: int) -> Retuning:
    """What another threshold would change for each consumer there, by what was answered since a moment. Nothing is written.

    Raises `Invalid` and `Conflict` where that threshold cannot be one of the version.
    """
    retuned(version, threshold)
    with kit.store.reading() as look:
        project = look.project(version.model)
        own = {caller.name: caller.declared.threshold for caller in look.callers(project)}
        alike = [one for one in look.versions.all(model=version.model) if same_scores(one.manifest, version.manifest)]
    counter = turning.Counter(own, Thresholds(before=version.manifest.decision.threshold, after=threshold))
    window = Window(Clock.ANSWER, since, kit.clock.now() + DAY) if since else None
    counter.count(kit, version.model, environment.name, alike, window)
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
        looked_through=counter.looked_through,
    )
    with kit.store.reading() as look:
        return _with_figures(look, project, alike, counted)


def _with_figures(look: Transaction, project: Project, alike: list[Version], counted: Retuning) -> Retuning:
    """The same with what labelled rows say of the decisions. Reads the kept days."""
    start, end = counted.start // DAY * DAY, (counted.end // DAY + 1) * DAY
    rows = together(outcomes.rows(look, one, counted.environment, start, end, {}) for one in alike) if counted.end else None
    if rows is None or not rows.n:
        return counted
    names = [name for name in quality_measures(alike[0].manifest.contract.output.meaning) if quality_measure(name).decides]
    at = Thresholds(before=counted.before, after=counted.after)
    return msgspec.structs.replace(counted, labelled=rows.n, figures=turning.moved(project, names, (rows, rows), at))


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
    manifest = derived.signed(kit, version, retuned(version, threshold))
    with kit.store.reading() as look:
        _check_new(look, manifest)
        evidence, project = look.evidence.newest(version.digest), look.project(version.model)
    note = f"Decides at {threshold:g} instead of {found.before:g}, otherwise v{version.number}. {found.reason}"
    measured = {"environment": found.environment, "rows": found.labelled, "versions": list(found.counted)}
    brought = [
        (KIND, msgspec.to_builtins(found)),
        *derived.carried(evidence, version),
        *derived.evaluation(kit, evidence, version, turning.same),
        *derived.robustness(evidence, version, partial(at_threshold, threshold=threshold)),
        *derived.performance(evidence, version, _stays, found.figures, ("decisions", measured)),
        *derived.cases(evidence, project, manifest, turning.same),
        *derived.pool(evidence, turning.same),
    ]
    return industrialization.take_in(kit, actor, version.model, manifest, brought, note), found


def _check_new(look: Transaction, manifest: Manifest) -> None:
    known = derived.known(look, manifest)
    if known is not None:
        raise Conflict(
            f"{known.name} is that version already.",
            why="It has the same files, and decides at this threshold.",
            fix=f"Bring it live: lamp deploy {known.name}",
            code="E1547",
        )


def _stays(name: str) -> bool:
    """Whether a figure looks at scores alone."""
    return not quality_measure(name).decides
