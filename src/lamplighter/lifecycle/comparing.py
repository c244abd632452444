"""Whether another version has the trouble of a finding too."""

from lamplighter.domain.cause import Trouble
from lamplighter.domain.monitor import Finding, Kind, Reading
from lamplighter.domain.outcome import Judgement
from lamplighter.domain.project import Project
from lamplighter.domain.routing import Routing
from lamplighter.domain.traffic import Traffic, total
from lamplighter.monitoring.guard import judge
from lamplighter.store.transaction import Transaction

_SECOND = 1_000_000
#: Requests of another version that say something.
_LEAST = 20
#: Seconds of the traffic of the version before that are compared.
_BEFORE = 3600
#: Readings of the newest windows that are looked through.
READINGS = 400


def elsewhere(look: Transaction, project: Project, finding: Finding, routing: Routing) -> tuple[Trouble, bool]:
    """Whether another version shows it, and whether that one got the same requests at the same time."""
    if finding.kind is Kind.FUNCTIONAL:
        return _worse_elsewhere(look, finding, routing)
    since = finding.start // _SECOND
    now = look.traffic.since(finding.model, finding.environment, since)
    others = [part for part in now if part.number != finding.number and part.arm != "fallback"]
    limit = project.monitor.errors
    if total(others).requests >= _LEAST:
        return _failing(others, limit), True
    live = routing.live_since // _SECOND
    earlier = look.traffic.since(finding.model, finding.environment, live - _BEFORE, before=live)
    before = [part for part in earlier if part.number != finding.number and part.arm == "champion"]
    return (_failing(before, limit), False) if total(before).requests >= _LEAST else (Trouble.UNKNOWN, False)


def _failing(parts: list[Traffic], limit: float) -> Trouble:
    whole = total(parts)
    failed = judge(0, 0, whole.requests, whole.failures, limit).judgement is Judgement.FAILED
    return Trouble.ELSEWHERE if failed else Trouble.ONLY_HERE


def _worse_elsewhere(look: Transaction, finding: Finding, routing: Routing) -> tuple[Trouble, bool]:
    wanted = {"model": finding.model, "environment": finding.environment, "aspect": "quality", "measure": finding.measure}
    found = look.readings.all(newest="end", limit=READINGS, equals=wanted)
    others = [reading for reading in found if reading.number != finding.number and reading.limit is not None]
    same = [reading for reading in others if overlaps(reading, finding)]
    if same:
        return (Trouble.ELSEWHERE if any(one.crossed for one in same) else Trouble.ONLY_HERE), True
    before = next((r for r in others if routing.previous and r.number == routing.previous.number), None)
    if before is None:
        return Trouble.UNKNOWN, False
    return (Trouble.ELSEWHERE if before.crossed else Trouble.ONLY_HERE), False


def overlaps(reading: Reading, finding: Finding) -> bool:
    """Whether a reading is of the time of a finding."""
    return reading.start < max(finding.end, finding.start + 1) and reading.end > finding.start
