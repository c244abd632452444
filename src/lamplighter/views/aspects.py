"""How a model is by aspect, from what is known of it in one place or in all of them."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from lamplighter.domain.expiry import Action, Age
from lamplighter.domain.lifetime import Lifetime
from lamplighter.domain.monitor import TRAINING, Finding, Kind, Severity, is_of_job, is_of_run
from lamplighter.domain.stage import Aspect, Status, worst

#: What users feel at once; lost quality is for somebody to look at.
_FELT = (Kind.TECHNICAL, Kind.FEED)
#: What a finding about answers counts for. The age of a version counts by itself.
_ASPECTS = {
    Kind.TECHNICAL: (Aspect.SERVICE,),
    Kind.FEED: (Aspect.DATA,),
    Kind.MONITOR: (Aspect.GOVERNANCE,),
    Kind.LIFETIME: (),
}


def aspects(felt: Sequence[Finding], *, live: bool, moved: bool, watched: bool, governed: bool) -> Mapping[Aspect, Status]:
    """The status of each aspect.

    `felt` is what was found and is not over, `moved` says that what the inputs do matters, `watched` that the quality has a
    limit, `governed` that every duty has a holder and the version may still answer.
    """
    told = tuple(finding for finding in felt if finding.severity is not Severity.NOTE)
    return _found(told, live, moved, watched, governed) if told else _calm(live, moved, watched, governed)


def light(finding: Finding) -> Status:
    """What one finding makes of its model: failing where users feel it and somebody is woken, else on watch.

    Whoever reads the table of a job feels that it was not written. Of a training that failed nobody feels anything.
    """
    felt = is_of_job(finding.measure) or (finding.kind in _FELT and finding.measure != TRAINING)
    return Status.FAILING if felt and finding.severity is Severity.PAGE else Status.WATCH


@lru_cache(maxsize=16)
def _calm(live: bool, moved: bool, watched: bool, governed: bool) -> Mapping[Aspect, Status]:
    return _found((), live, moved, watched, governed)


def _found(told: Sequence[Finding], live: bool, moved: bool, watched: bool, governed: bool) -> Mapping[Aspect, Status]:
    by = {aspect: [finding for finding in told if aspect in _about(finding)] for aspect in Aspect}
    data = by[Aspect.DATA]
    found = {
        Aspect.SERVICE: _loud(by[Aspect.SERVICE]) if live else Status.UNKNOWN,
        Aspect.DATA: (_loud(data) if data else _watch(moved)) if live else Status.UNKNOWN,
        Aspect.QUALITY: _loud(by[Aspect.QUALITY]) if live and (watched or by[Aspect.QUALITY]) else Status.UNKNOWN,
        Aspect.GOVERNANCE: _watch(not governed or bool(by[Aspect.GOVERNANCE])),
    }
    return {Aspect.OVERALL: worst(found) if live else Status.UNKNOWN, **found}


def expired(lifetime: Lifetime | None) -> bool:
    """Whether the time of a version is over, with or without grace."""
    return lifetime is not None and lifetime.age in (Age.GRACE, Age.EXPIRED)


def blocked(lifetime: Lifetime | None) -> bool:
    """Whether the version is so old that its requests are refused."""
    return lifetime is not None and lifetime.age is Age.EXPIRED and lifetime.expiry.action is Action.BLOCK


def of_age(found: Mapping[Aspect, Status], lifetime: Lifetime | None, *, off: bool) -> Mapping[Aspect, Status]:
    """The same status, but for a version whose age ends its answers and for a model that is switched off: callers feel that,
    though no request fails."""
    is_held_back = off or blocked(lifetime)
    return {**found, Aspect.SERVICE: Status.FAILING, Aspect.OVERALL: Status.FAILING} if is_held_back else found


def _about(finding: Finding) -> frozenset[Aspect]:
    """A job counts for the service whatever it failed by, and for the data too where a source is at fault."""
    if is_of_run(finding.measure):
        own = Aspect.SERVICE if is_of_job(finding.measure) else Aspect.GOVERNANCE
        return frozenset((own, Aspect.DATA) if finding.kind is Kind.FEED else (own,))
    if finding.kind is Kind.FUNCTIONAL:
        return frozenset((Aspect.DATA if finding.column or finding.measure == "drift" else Aspect.QUALITY,))
    return frozenset(_ASPECTS[finding.kind])


def _loud(findings: Sequence[Finding]) -> Status:
    """Failing if one of them makes it so."""
    if any(light(finding) is Status.FAILING for finding in findings):
        return Status.FAILING
    return _watch(bool(findings))


def _watch(wrong: bool) -> Status:
    return Status.WATCH if wrong else Status.HEALTHY
