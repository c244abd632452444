"""How a model is by aspect, from what is known of it in one place or in all of them."""

from collections.abc import Iterable

from lamplighter.domain.expiry import Age
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.lifetime import Lifetime
from lamplighter.domain.monitor import Kind, Reading, Severity
from lamplighter.domain.stage import Aspect, Status, worst
from lamplighter.monitoring.profile import PREDICTION


def aspects(incidents: Iterable[Incident], *, live: bool, moved: bool, watched: bool, governed: bool) -> dict[Aspect, Status]:
    """The status of each aspect.

    `incidents` are those that are not resolved, `moved` says that what the inputs do matters, `watched` that the quality has a
    limit, `governed` that every duty has a holder and the version may still answer.
    """
    felt = [incident.finding for incident in incidents if incident.state is not State.MITIGATED]
    kinds = {finding.kind for finding in felt if finding.severity is Severity.PAGE}
    noticed = any(finding.severity is Severity.NOTICE and finding.kind is Kind.FUNCTIONAL for finding in felt)
    found = {
        Aspect.SERVICE: _light(live, Kind.TECHNICAL in kinds, Status.FAILING),
        Aspect.DATA: _light(live, moved or noticed, Status.WATCH),
        Aspect.QUALITY: _light(live and watched, Kind.FUNCTIONAL in kinds, Status.WATCH),
        Aspect.GOVERNANCE: _light(True, not governed, Status.WATCH),
    }
    overall = worst(found) if live else Status.UNKNOWN
    return {Aspect.OVERALL: overall, **found}


def inputs_matter(drift: Iterable[Reading], completeness: Iterable[Reading]) -> bool:
    """Whether inputs moved so far that the predictions did, or values stay away; what moves and changes nothing is harmless.

    Both are the figures of the newest window.
    """
    moved = (reading for reading in drift if reading.column == PREDICTION)
    return any(reading.crossed for reading in (*moved, *completeness))


def expired(lifetime: Lifetime | None) -> bool:
    """Whether the time of a version is over, with or without grace."""
    return lifetime is not None and lifetime.age in (Age.GRACE, Age.EXPIRED)


def _light(known: bool, wrong: bool, how_bad: Status) -> Status:
    if not known:
        return Status.UNKNOWN
    return how_bad if wrong else Status.HEALTHY
