"""Exact figures of a version in any window of event time: of its labelled rows and, where these go away, of closed days."""

from lamplighter.domain.names import unknown
from lamplighter.domain.window import DAY
from lamplighter.lifecycle import gone
from lamplighter.lifecycle import outcomes as by_day
from lamplighter.lifecycle.kit import Kit
from lamplighter.measures import quality_measure
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.outcomes import outcomes

_FIGURES = ("auc", "brier", "log_loss", "precision", "recall")


def figures(kit: Kit, model: str, environment: str, number: int, start: int, end: int) -> dict[str, Figure]:
    """Figures by name. Raises `NotFound`, and `Conflict` for a window that holds a part of a closed day."""
    with kit.store.reading() as look:
        version = look.versions.find(model=model, number=number)
        if version is None:
            raise unknown("version", f"{model}@{number}", (found.name for found in look.versions.all(model=model)))
        closed = look.closed_days.between(model, environment, number, start // DAY * DAY, end)
        if any(one.day < start or one.day + DAY > end for one in closed):
            raise gone.refusal(closed, "Ask for whole days, UTC.")
        parts = [by_day.rows(look, version, environment, one.day, one.day + DAY, {}) for one in closed]
        joined = look.predictions.joined(model, environment, number, start, end)
    days = {one.day for one in closed}
    there = [place for place, at in enumerate(joined.event_at) if at // DAY * DAY not in days]
    labels = [*(joined.labels[place] for place in there), *(label for part in parts for label in part.labels)]
    scores = [*(joined.scores[place] for place in there), *(score for part in parts for score in part.scores)]
    rows = outcomes(labels, scores, version.manifest.decision.threshold)
    found = {name: quality_measure(name).measure(rows) for name in _FIGURES}
    return {name: figure for name, figure in found.items() if not isinstance(figure, Missing)}
