"""Whether a model does its job: one week in the words of its business owner, against the weeks before."""

from lamplighter.domain.contract import Meaning
from lamplighter.domain.digest import WEEK, Digest, Verdict, Week, sentence, week_before, when
from lamplighter.domain.duration import seconds
from lamplighter.domain.project import Project
from lamplighter.lifecycle.mainstay import mainstay
from lamplighter.monitoring.intervals import wilson
from lamplighter.store.transaction import Transaction

#: Weeks that say what is usual.
_USUAL = 8
#: A mean distance is as usual within this part of what is usual.
_SLACK = 0.25


def digest(look: Transaction, model: str, now: int) -> Digest:
    """The newest whole week whose truth is due and in which rows were scored; raises `NotFound`."""
    project = look.project(model)
    place, number = _live(look, model)
    span = look.answered.span(model, place, number, now)
    due = _due(project, now)
    return _told(look, project, week_before(min(due, span[1] + WEEK) if span else due)[0], now)


def last_digest(look: Transaction, model: str, now: int) -> Digest:
    """The newest whole week whose truth is due, whether rows were scored in it or not; raises `NotFound`."""
    project = look.project(model)
    return _told(look, project, week_before(_due(project, now))[0], now)


def _due(project: Project, now: int) -> int:
    """Until when the truth should be known by now."""
    return now - round(1_000_000 * seconds(project.monitor.labels.expected_after))


def _live(look: Transaction, model: str) -> tuple[str, int]:
    """Where the model matters most, and the number of the version that answers there."""
    found = mainstay(look, model)
    return (found.environment, found.champion.number) if found and found.champion else ("", 0)


def _told(look: Transaction, project: Project, start: int, now: int) -> Digest:
    place, number = _live(look, project.name)
    week = _week(look, project.name, place, start, start + WEEK)
    usual = _week(look, project.name, place, start - _USUAL * WEEK, start)
    version = look.versions.find(model=project.name, number=number)
    gives_number = version is not None and version.manifest.contract.output.meaning is Meaning.NUMBER
    verdict = _verdict(week, usual, gives_number)
    told = sentence(project.monitor.digest, week, when(start, now), verdict, number=gives_number)
    return Digest(model=project.name, start=start, end=start + WEEK, sentence=told, week=week, verdict=verdict)


def _week(look: Transaction, model: str, environment: str, start: int, end: int) -> Week:
    """What every version answered, each by its own threshold."""
    found = Week()
    for number in look.answered.numbers(model, environment, start, end):
        version = look.versions.find(model=model, number=number)
        if version is not None:
            threshold = version.manifest.decision.threshold
            found += Week(*look.answered.outcome(model, environment, number, start, end, threshold))
    return found


def _verdict(week: Week, usual: Week, gives_number: bool) -> Verdict:
    if not week.is_known:
        return Verdict.UNKNOWN
    return _distance(week, usual) if gives_number else _shares(week, usual)


def _shares(week: Week, usual: Week) -> Verdict:
    """Whether the shares that were found and that were wrong are those of the weeks before, but for chance. A share of nothing
    says nothing: a week without an alarm is judged by what it has not found."""
    if not (usual.there or usual.said):
        return Verdict.FIRST
    pairs = ((week.there, usual.there), (week.said, usual.said))
    told = [_against(week.found, of, usual.found / before) for of, before in pairs if of and before] or [0]
    return _VERDICTS[min(told) if min(told) < 0 else max(told)]


_VERDICTS = {-1: Verdict.WORSE, 0: Verdict.NORMAL, 1: Verdict.BETTER}


def _against(count: int, of: int, usual: float) -> int:
    low, high = wilson(count, of, 0.99)
    return -1 if high < usual else 1 if low > usual else 0


def _distance(week: Week, usual: Week) -> Verdict:
    if not (week.known and usual.known and usual.distance):
        return Verdict.FIRST
    ratio = week.distance / week.known / (usual.distance / usual.known)
    return _VERDICTS[-1 if ratio > 1 + _SLACK else 1 if ratio < 1 - _SLACK else 0]
