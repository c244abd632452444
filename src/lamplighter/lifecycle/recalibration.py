"""A version with calibrated scores: fitted on labelled days of the log, judged on later ones, made without opening a model.

The model is the same, so what is known of its files is carried over. What looks at scores is found anew, on the unseen days.
"""

from functools import partial

import msgspec
import numpy as np

from lamplighter.domain.calibration import Calibration, calibrated, composed
from lamplighter.domain.contract import Meaning
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.identity import Actor
from lamplighter.domain.project import Project
from lamplighter.domain.recalibration import (
    KIND,
    PROFILE,
    Compared,
    Dot,
    Fit,
    Recalibration,
    check_recalibrates,
    recalibrated,
)
from lamplighter.domain.record import digest_of
from lamplighter.domain.replay import Thresholds
from lamplighter.domain.retuning import same_scores
from lamplighter.domain.rows import Clock, Window
from lamplighter.domain.version import Artifact, Manifest, Version
from lamplighter.domain.window import DAY, patience
from lamplighter.lifecycle import derived, halves, industrialization, outcomes, profiles, turning
from lamplighter.lifecycle.halves import Days
from lamplighter.lifecycle.kit import Kit
from lamplighter.measures import quality_measure, quality_measures
from lamplighter.monitoring import mapped_profile, mapped_robustness
from lamplighter.monitoring import recalibration as fitting
from lamplighter.monitoring.calibration import calibration
from lamplighter.monitoring.comparison import Comparison, compare
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.labelled import Labelled, together
from lamplighter.monitoring.outcomes import outcomes as paired
from lamplighter.monitoring.profile import profile_bytes
from lamplighter.store.transaction import Transaction


def recalibration(kit: Kit, version: Version, environment: Environment, fit: Fit, since: int) -> Recalibration:
    """The calibration that the labelled rows of that environment ask for, and what it would change. Nothing is written.

    Raises `Invalid` and `Conflict` where the version has no scores to calibrate, or the rows are not enough.
    """
    return _found(kit, version, environment, fit, since)[0]


def _found(kit: Kit, version: Version, environment: Environment, fit: Fit, since: int) -> tuple[Recalibration, Labelled]:
    """What it is, and all labelled rows with their new scores."""
    check_recalibrates(version)
    with kit.store.reading() as look:
        project = look.project(version.model)
        own = {caller.name: caller.declared.threshold for caller in look.callers(project)}
        alike = [one for one in look.versions.all(model=version.model) if same_scores(one.manifest, version.manifest)]
        days, waiting = outcomes.by_day(look, alike, environment.name, since, patience(project.monitor))
    seen, unseen = halves.split(version, days, waiting)
    by = _fitted(version, together(seen.values()), fit)
    threshold = version.manifest.decision.threshold
    counter = turning.Counter(own, Thresholds(before=threshold, after=threshold), partial(calibrated, by))
    window = Window(Clock.EVENT, min(seen), max(unseen) + DAY)
    counter.count(kit, version.model, environment.name, alike, window)
    found = Recalibration(
        model=version.model,
        number=version.number,
        version=version.digest,
        environment=environment.name,
        fit=fit,
        fitted=by,
        whole=composed(version.manifest.calibrates or Calibration(), by),
        seen=halves.told(seen),
        unseen=halves.told(unseen),
        waiting=waiting,
        counted=tuple(one.number for one in alike),
        consumers=counter.turned(),
        looked_through=counter.looked_through,
    )
    return _judged(project, found, unseen, threshold), fitting.recalibrated(together(days.values()), by)


def _fitted(version: Version, rows: Labelled, fit: Fit) -> Calibration:
    found = fitting.fit(rows.labels, rows.scores, with_slope=fit is Fit.LOGISTIC)
    lawful = not isinstance(found, Missing) and composed(version.manifest.calibrates or Calibration(), found).is_lawful
    if isinstance(found, Missing) or not lawful:
        raise Conflict(
            f"No calibration of {version.name} can be fitted.",
            why=found.why if isinstance(found, Missing) else "Together with the one that it has it is too steep.",
            fix="Train it anew: lamp retrain, or shift its mean alone: --fit intercept",
            code="E1207",
        )
    return found


def _judged(project: Project, found: Recalibration, unseen: Days, threshold: float) -> Recalibration:
    """The same with what the unseen days say."""
    before = together(unseen.values())
    after = fitting.recalibrated(before, found.fitted)
    measures = {name: quality_measure(name) for name in quality_measures(Meaning.PROBABILITY)}
    names = [name for name, one in measures.items() if one.meaning is Meaning.PROBABILITY and not one.ranks]
    at = Thresholds(before=threshold, after=threshold)
    auc = quality_measure("auc").measure(paired(before.labels, before.scores))
    return msgspec.structs.replace(
        found,
        compared={name: _compared(name, unseen, found.fitted) for name in ("brier", "log_loss")},
        figures=turning.moved(project, names, (before, after), at),
        auc=auc.value if isinstance(auc, Figure) else None,
        before=_dots(before),
        after=_dots(after),
    )


def _compared(metric: str, days: Days, by: Calibration) -> Compared:
    """The difference of the same rows; rows of one day may depend on each other."""
    rows = together(days.values())
    groups = np.repeat(np.arange(len(days)), [one.n for one in days.values()])
    found = compare(metric, rows.labels, rows.scores, fitting.recalibrated(rows, by).scores, groups=groups.tolist())
    # There are rows of both classes on several days, and a calibrated score is a probability.
    assert isinstance(found, Comparison)
    return Compared(before=found.champion, after=found.challenger, difference=found.difference, low=found.low, high=found.high)


def _dots(rows: Labelled) -> tuple[Dot, ...]:
    found = calibration(paired(rows.labels, rows.scores))
    if isinstance(found, Missing):
        return ()
    rates = ((one.mean_score, one.rate) for one in found.bins)
    return tuple(Dot(said=said, came=came.value, low=came.low, high=came.high, rows=came.n) for said, came in rates)


def recalibrate(
    kit: Kit, actor: Actor, version: Version, environment: Environment, fit: Fit, reason: str, since: int
) -> tuple[Version, Recalibration]:
    """Register the same model with the calibration that its labelled rows ask for, and what it would change as evidence.

    Raises `Invalid` without a reason, and `Conflict` where it would be no better on unseen rows, or is there already.
    """
    if not reason.strip():
        raise Invalid(
            "A calibration needs a reason.",
            why="Whoever is asked to accept it has to know what it is for.",
            fix="Give one: --reason 'it warns too often since September'.",
            code="E1205",
        )
    found, rows = _found(kit, version, environment, fit, since)
    if not found.is_better:
        raise Conflict(
            f"{version.name} would be no better calibrated.",
            why=found.sentence,
            fix="Leave it as it is, or fit it on newer rows: --since",
            code="E1209",
        )
    found = msgspec.structs.replace(found, reason=reason.strip()[:500])
    manifest = recalibrated(version, found.fitted, _profile(kit, version, found.fitted, rows))
    with kit.store.reading() as look:
        _check_new(look, manifest)
        evidence, project = look.evidence.newest(version.digest), look.project(version.model)
    manifest = derived.signed(kit, version, manifest)
    note = f"Calibrated on {found.seen.rows:,} rows of {environment.name}, otherwise v{version.number}. {found.reason}"
    threshold = manifest.decision.threshold
    anew = partial(mapped_robustness.mapped, by=found.fitted, threshold=threshold)
    measured = {"environment": environment.name, "rows": found.unseen.rows, "versions": list(found.counted)}
    brought = [
        (KIND, msgspec.to_builtins(found)),
        *derived.carried(evidence, version),
        *derived.evaluation(kit, evidence, version, partial(calibrated, found.fitted)),
        *derived.robustness(evidence, version, anew),
        *derived.performance(evidence, version, _stays, found.figures, ("scores", measured)),
        *derived.cases(evidence, project, manifest, partial(calibrated, found.fitted)),
        *derived.pool(evidence, partial(calibrated, found.fitted)),
    ]
    return industrialization.take_in(kit, actor, version.model, manifest, brought, note), found


def _profile(kit: Kit, version: Version, by: Calibration, rows: Labelled) -> Artifact | None:
    """The reference of the new scores, kept as a file of its own; nothing where the version has none."""
    known = profiles.profile_of(kit, version)
    if known is None:
        return None
    threshold = version.manifest.decision.threshold
    content = profile_bytes(mapped_profile.mapped(known, partial(calibrated, by), rows, threshold))
    digest = digest_of(content)
    kit.artifacts.put(digest, content)
    before = version.manifest.artifact(PROFILE)
    return msgspec.structs.replace(before, digest=digest, size=len(content))


def _check_new(look: Transaction, manifest: Manifest) -> None:
    known = derived.known(look, manifest)
    if known is not None:
        raise Conflict(
            f"{known.name} is that version already.",
            why="It has the same model and this calibration.",
            fix=f"Bring it live: lamp deploy {known.name}",
            code="E1208",
        )


def _stays(name: str) -> bool:
    """Whether a figure looks at the order of scores alone."""
    return quality_measure(name).ranks
