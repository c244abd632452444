"""The window that got worse, the good one before it, and what the rows of both lost."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lamplighter.domain.contract import Meaning
from lamplighter.domain.errors import NotFound
from lamplighter.domain.monitor import Finding, Reading
from lamplighter.domain.version import Version
from lamplighter.measures import watched
from lamplighter.monitoring.attribution import Losses
from lamplighter.monitoring.labelled import Labelled, labelled_from, together
from lamplighter.monitoring.losses import Loss
from lamplighter.monitoring.profile import Profile

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


class Window(NamedTuple):
    """A window with its labelled rows."""

    reading: Reading
    version: Version
    rows: Labelled


def windows(look: "Transaction", model: str, environment: str, finding: Finding | None) -> tuple[Window, Window | None, int]:
    """The newest bad window, or that which has most in common with the one of a finding; the last good one before it, and
    since when they are bad."""
    quality = look.project(model).monitor.quality
    live = look.routings.of(model, environment).champion
    versions = {version.number: version for version in look.versions.all(model=model)}
    every = look.readings.of({"model": model, "environment": environment, "aspect": "quality"}, sliced=False)
    metrics = {n: watched(quality.metric, one.manifest.contract.output.meaning) for n, one in versions.items()}
    every = sorted((r for r in every if r.measure == metrics.get(r.number)), key=lambda r: (r.end, r.number))
    number = finding.number if finding else live.number if live else 0
    mine = [r for r in every if number in (0, r.number)] or ([] if finding else every)
    meant = [r for r in mine if finding is None or _common(r, finding) > 0]
    if not meant:
        raise _unmeasured(model)
    bad = max(meant, key=lambda r: _common(r, finding)) if finding else next((r for r in reversed(mine) if r.crossed), mine[-1])
    base = _good_before(mine, bad) or _good_before(every, bad)
    first = next((r for r in mine if r.crossed and r.end <= bad.end and (base is None or r.end > base.end)), None)
    window = _read(look, bad, versions)
    if not window.rows.n:
        raise _unmeasured(model)
    return window, _read(look, base, versions) if base else None, first.start if first and bad.crossed else 0


def _common(reading: Reading, finding: Finding) -> int:
    """Microseconds that both windows hold."""
    return min(reading.end, finding.end) - max(reading.start, finding.start)


def _unmeasured(model: str) -> NotFound:
    return NotFound(
        f"No window of {model} has been measured there.",
        why="What got worse is told of rows whose truth is known, and no window has enough of them.",
        fix=f"See with lamp labels status {model} how labels come.",
        code="E1233",
    )


def _good_before(readings: Sequence[Reading], bad: Reading) -> Reading | None:
    return next((r for r in reversed(readings) if not r.crossed and r.end <= bad.start), None)


def _read(look: "Transaction", reading: Reading, versions: dict[int, Version]) -> Window:
    kept = look.outcomes.between(reading.model, reading.environment, reading.number, reading.start, reading.end)
    return Window(reading, versions[reading.number], together(map(labelled_from, kept.values())))


def losses(window: Window, loss: Loss) -> Losses:
    """What each row of a window lost."""
    rows, threshold = window.rows, window.version.manifest.decision.threshold
    return Losses(loss.of(rows.labels, rows.scores, threshold), rows.cells, rows.keys)


def promised(window: Window, loss: Loss, profile: Profile | None) -> Losses | None:
    """The loss to expect of the same rows: by their own scores, or for numbers as the reference had on average."""
    rows, version = window.rows, window.version
    if version.manifest.contract.output.meaning is Meaning.PROBABILITY:
        return Losses(loss.promised(rows.scores, version.manifest.decision.threshold), rows.cells, rows.keys)
    truth = profile.truth if profile else None
    if truth is None or not truth.rows.sum():
        return None
    error = truth.errors[0 if "absolute" in loss.name else 1].sum() / truth.rows.sum()
    return Losses(np.full(rows.n, error), rows.cells, rows.keys)
