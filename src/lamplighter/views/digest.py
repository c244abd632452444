"""Whether a model does its job: one week in the words of its business owner, against the weeks before."""

from lamplighter.domain.contract import Meaning
from lamplighter.domain.digest import WEEK, Digest, Week, sentence, week_before, when
from lamplighter.domain.project import seconds
from lamplighter.monitoring.intervals import wilson
from lamplighter.store.transaction import Transaction
from lamplighter.views.live import live_versions

#: Weeks that say what is usual.
_USUAL = 8
#: A mean distance is as usual within this part of what is usual.
_SLACK = 0.25


def digest(look: Transaction, model: str, now: int) -> Digest:
    """The newest whole week whose truth is due and in which rows were scored; raises `NotFound`."""
    project = look.project(model)
    live = live_versions(look, model)
    due = now - round(1_000_000 * seconds(project.monitor.labels.expected_after))
    place, number = (live[-1].environment, live[-1].number) if live else ("", 0)
    span = look.predictions.span(model, place, number)
    start, end = week_before(min(due, span[1] + WEEK) if span else due)
    week = _week(look, model, place, start, end)
    usual = _week(look, model, place, start - _USUAL * WEEK, start)
    version = look.versions.find(model=model, number=number)
    gives_number = version is not None and version.manifest.contract.output.meaning is Meaning.NUMBER
    verdict = _distance(week, usual) if gives_number else _shares(week, usual)
    told = sentence(project.monitor.digest, week, when(start, now), verdict, number=gives_number)
    return Digest(model=model, start=start, end=end, sentence=told, week=week)


def _week(look: Transaction, model: str, environment: str, start: int, end: int) -> Week:
    """What every version answered, each by its own threshold."""
    found = Week()
    for number in look.predictions.numbers(model, environment, start, end):
        version = look.versions.find(model=model, number=number)
        if version is not None:
            threshold = version.manifest.decision.threshold
            found += Week(*look.predictions.outcome(model, environment, number, start, end, threshold))
    return found


def _shares(week: Week, usual: Week) -> str:
    """Whether the shares that were found and that were wrong are those of the weeks before, but for chance."""
    if not (usual.there and usual.said and week.there and week.said):
        return "There is no week to compare it with yet."
    found = _against(week.found, week.there, usual.found / usual.there)
    right = _against(week.found, week.said, usual.found / usual.said)
    return _VERDICTS[min(found, right) if min(found, right) < 0 else max(found, right)]


_VERDICTS = {-1: "Worse than usual.", 0: "Normal.", 1: "Better than usual."}


def _against(count: int, of: int, usual: float) -> int:
    low, high = wilson(count, of, 0.99)
    return -1 if high < usual else 1 if low > usual else 0


def _distance(week: Week, usual: Week) -> str:
    if not (week.known and usual.known and usual.distance):
        return "There is no week to compare it with yet."
    ratio = week.distance / week.known / (usual.distance / usual.known)
    return _VERDICTS[-1 if ratio > 1 + _SLACK else 1 if ratio < 1 - _SLACK else 0]
