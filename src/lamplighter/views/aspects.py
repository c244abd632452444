"""How a model is by aspect, from what is known of it in one place or in all of them."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from lamplighter.domain.expiry import Age
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.lifetime import Lifetime
from lamplighter.domain.monitor import Finding, Kind, Severity
from lamplighter.domain.stage import Aspect, Status, worst


def aspects(
    incidents: Sequence[Incident], *, live: bool, moved: bool, watched: bool, governed: bool
) -> Mapping[Aspect, Status]:
    """The status of each aspect.

    `incidents` are those that are not resolved, `moved` says that what the inputs do matters, `watched` that the quality has a
    limit, `governed` that every duty has a holder and the version may still answer.
    """
    felt = [incident.finding for incident in incidents if incident.state is not State.MITIGATED]
    told = tuple(finding for finding in felt if finding.severity is not Severity.NOTE)
    return _found(told, live, moved, watched, governed) if told else _calm(live, moved, watched, governed)


@lru_cache(maxsize=16)
def _calm(live: bool, moved: bool, watched: bool, governed: bool) -> Mapping[Aspect, Status]:
    return _found((), live, moved, watched, governed)


def _found(told: Sequence[Finding], live: bool, moved: bool, watched: bool, governed: bool) -> Mapping[Aspect, Status]:
    service = [finding for finding in told if finding.kind is Kind.TECHNICAL]
    feeds = [finding for finding in told if finding.kind is Kind.FEED]
    drift = [finding for finding in told if finding.kind is Kind.FUNCTIONAL and _about_inputs(finding)]
    quality = [finding for finding in told if finding.kind is Kind.FUNCTIONAL and not _about_inputs(finding)]
    found = {
        Aspect.SERVICE: _loud(service) if live else Status.UNKNOWN,
        Aspect.DATA: (_loud(feeds) if feeds else _watch(moved or bool(drift))) if live else Status.UNKNOWN,
        Aspect.QUALITY: _watch(bool(quality)) if live and (watched or quality) else Status.UNKNOWN,
        Aspect.GOVERNANCE: _watch(not governed or any(finding.kind is Kind.MONITOR for finding in told)),
    }
    return {Aspect.OVERALL: worst(found) if live else Status.UNKNOWN, **found}


def expired(lifetime: Lifetime | None) -> bool:
    """Whether the time of a version is over, with or without grace."""
    return lifetime is not None and lifetime.age in (Age.GRACE, Age.EXPIRED)


def _about_inputs(finding: Finding) -> bool:
    return bool(finding.column) or finding.measure == "drift"


def _loud(findings: Sequence[Finding]) -> Status:
    """Failing if somebody is woken for one of them."""
    if any(finding.severity is Severity.PAGE for finding in findings):
        return Status.FAILING
    return _watch(bool(findings))


def _watch(wrong: bool) -> Status:
    return Status.WATCH if wrong else Status.HEALTHY
