"""Which inputs moved between two windows, and whether that can matter to the answers."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from lamplighter.domain.monitor import MATTERS, Reading
from lamplighter.domain.version import Version
from lamplighter.measures import drift_measure
from lamplighter.monitoring.counts import counts_from, merge_all, windows
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.profile import PREDICTION, Profile
from lamplighter.views.why import InputMoved

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


def moved(
    look: "Transaction", bad: Reading, base: Reading | None, version: Version, profile_of: Callable[[Version], Profile | None]
) -> tuple[InputMoved, ...]:
    """Every input that was counted in both windows, the largest impact first; without a base, against the reference."""
    profile = profile_of(version)
    later = _counted(look, bad, profile)
    earlier = _counted(look, base, profile) if base and base.number == bad.number else profile.columns if profile else {}
    measure = drift_measure(look.project(bad.model).monitor.measure)
    limits = _limits(look, bad, measure.name)
    importance = profile.importance if profile else {}
    most = max(importance.values(), default=0.0)
    found = []
    for name in later:
        distance = (
            measure.measure(earlier[name], later[name]) if name in earlier and later[name].kind in measure.columns else None
        )
        if name == PREDICTION or distance is None or isinstance(distance, Missing):
            continue
        limit = max(limits.get(name, measure.limit), 1e-12)
        weight = max(0.0, importance.get(name, 0.0)) / most if most > 0.0 else 1.0
        impact = impact_of(distance, limit, weight)
        over = distance > limit
        found.append(
            InputMoved(
                column=name,
                distance=distance,
                limit=limit,
                moved=over,
                importance=weight,
                impact=impact,
                matters=over and impact >= MATTERS,
            )
        )
    return tuple(sorted(found, key=lambda one: (not one.matters, not one.moved, -one.impact, one.column)))


def impact_of(distance: float, limit: float, importance: float) -> float:
    """What a movement can do to the answers, from 0 to 1: the importance of the input, times s / (1 + s) for a distance of s
    times its limit."""
    return importance * distance / (limit + distance)


def _counted(look: "Transaction", window: Reading, profile: Profile | None) -> dict[str, Distribution]:
    days = look.profiles.between(window.model, window.environment, window.number, window.start, window.end)
    return windows(profile, merge_all(profile, map(counts_from, days))) if profile is not None and days else {}


def _limits(look: "Transaction", window: Reading, measure: str) -> dict[str, float]:
    """What the inputs of the window were held against when its drift was measured."""
    wanted = {"model": window.model, "environment": window.environment, "number": window.number, "aspect": "drift"}
    found = look.readings.of({**wanted, "measure": measure, "start": window.start, "end": window.end}, sliced=False)
    return {reading.column: reading.limit for reading in found if reading.limit is not None}
