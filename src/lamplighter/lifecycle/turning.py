"""Decisions on record, counted for each consumer as they were and as they would be."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from lamplighter.domain.project import Project
from lamplighter.domain.replay import Thresholds
from lamplighter.domain.retuning import Moved, Turned
from lamplighter.domain.rows import Window
from lamplighter.domain.version import Version
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.looking import Look
from lamplighter.measures import quality_measure
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.labelled import Labelled, by_slice
from lamplighter.monitoring.outcomes import outcomes as paired

#: Scores as they are.
Rises = Callable[[float], float]


def same(score: float) -> float:
    """The score itself."""
    return score


class Counter:
    """Decisions by consumer, before and after."""

    def __init__(self, own: Mapping[str, float | None], others: Thresholds, rises: Rises = same) -> None:
        """`own` are the thresholds of consumers that decide for themselves; `rises` makes the new score of one on record."""
        self._own = {name: Thresholds(before=at, after=at) for name, at in own.items() if at is not None}
        self._others, self._rises = others, rises
        self._counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        self.start = self.end = 0
        #: Share of the log that there was time to look through.
        self.looked_through = 1.0

    def count(self, kit: Kit, model: str, environment: str, alike: Collection[Version], window: Window | None) -> None:
        """Count what these versions answered, all of it or in a window."""
        look = Look({one.digest for one in alike})
        for record in look.records(kit, model, environment, window):
            self._take(record.consumer, record.scores, record.event_at)
        self.looked_through = look.looked_through

    def _take(self, consumer: str, scores: Any, event_at: int) -> None:
        """Count the rows of one request; one that failed has none."""
        if not scores:
            return
        at = self._at(consumer)
        assert at.before is not None
        assert at.after is not None
        counts = self._counts[consumer]
        for score in scores:
            was, is_now = score >= at.before, self._rises(score) >= at.after
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


def moved(
    project: Project, names: Collection[str], rows: tuple[Labelled, Labelled], at: Thresholds
) -> dict[str, dict[str, Moved]]:
    """Figures of the same labelled rows before and after, for all of them and for each slice that a requirement names."""
    slices = by_slice(rows[0])
    wanted = {requirement.slice: requirement.rows for requirement in project.requirement if requirement.rows is not None}
    places = {name: slices[part] for name, part in wanted.items() if part in slices}
    parts = {"": rows, **{name: (rows[0].at(some), rows[1].at(some)) for name, some in places.items()}}
    return {part: _moved(names, pair, at) for part, pair in parts.items()}


def _moved(names: Collection[str], rows: tuple[Labelled, Labelled], at: Thresholds) -> dict[str, Moved]:
    found = {}
    for name in names:
        before, after = (_figure(name, some, where) for some, where in zip(rows, (at.before, at.after), strict=True))
        if isinstance(after, Figure) and np.isfinite([after.value, after.low, after.high]).all():
            was = before.value if isinstance(before, Figure) else after.value
            found[name] = Moved(before=was, after=after.value, low=after.low, high=after.high, n=after.n)
    return found


def _figure(name: str, rows: Labelled, threshold: float | None) -> Figure | Missing:
    assert threshold is not None
    return quality_measure(name).measure(paired(rows.labels, rows.scores, threshold))
