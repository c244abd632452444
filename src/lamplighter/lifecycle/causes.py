"""What may be the cause of a finding: what changed before it, what came in with it, whether another version shows it too."""

from collections.abc import Iterator

from lamplighter.domain.cause import Cause, Suspect, Trouble, ranked
from lamplighter.domain.events.design import EnvironmentSaved, ProjectSaved
from lamplighter.domain.incident import FELT
from lamplighter.domain.monitor import QUARANTINE, Finding, Kind, Reading
from lamplighter.domain.project import Project
from lamplighter.domain.routing import Routing
from lamplighter.domain.trouble import is_shared
from lamplighter.lifecycle.comparing import READINGS, elsewhere, overlaps
from lamplighter.store.transaction import Transaction

_SECOND, _MINUTE, _HOUR, _DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
#: Age at which a change weighs half, seconds: errors follow at once, what comes true is known later.
_HALF = {Kind.TECHNICAL: 3600.0, Kind.FUNCTIONAL: 86_400.0}
#: Changes older than this are not named, microseconds.
_LOOK_BACK = 7 * _DAY
#: Measures whose trouble is requests that fail: it began with the first of them.
_OF_REQUESTS = frozenset({"failures", "fallback", "saturation", QUARANTINE})
#: Inputs that are named.
_INPUTS = 3
#: Changes of environments and projects that are looked at.
_CHANGES = 10


def explain(look: Transaction, finding: Finding, now: int) -> tuple[Cause, ...]:
    """What may be the cause, likeliest first, by the rule of `domain/cause.py`."""
    return ranked(_suspects(look, finding, now))


def _suspects(look: Transaction, finding: Finding, now: int) -> Iterator[Suspect]:
    if finding.kind is Kind.LIFETIME:
        # Time has passed; nothing that changed is the cause.
        return
    if finding.source:
        yield Suspect(kind="upstream", sentence=finding.sentence, about=3.0)
        return
    project = look.project(finding.model)
    yield from _upstream(look, project, now)
    if not is_shared(finding):
        yield from _version(look, project, finding, now)
        yield from _values(look, project, finding)
        yield from _inputs(look, finding)
    yield from _changes(look, finding, now)


def _upstream(look: Transaction, project: Project, now: int) -> Iterator[Suspect]:
    """Incidents of the model's sources."""
    for source in project.source:
        for incident in look.incidents.all(newest="opened_at", limit=1, cause=f"source/{source.name}"):
            if incident.state in FELT:
                said = f"The source {source.name} has an incident that is open: {incident.id}."
                yield Suspect(kind="upstream", sentence=said, about=3.0)
            elif now - incident.moved_at < _DAY:
                said = f"The source {source.name} had an incident until {_ago(now - incident.moved_at)} ago: {incident.id}."
                yield Suspect(kind="upstream", sentence=said, about=1.0, age=(now - incident.moved_at) / _SECOND)


def _version(look: Transaction, project: Project, finding: Finding, now: int) -> Iterator[Suspect]:
    """The version itself, if it was live before the trouble began."""
    if finding.measure.startswith("trial-"):
        # It has no traffic any more, and the version that answered beside it stayed within the limits.
        said = f"v{finding.number} broke a limit of its rollout, beside another version that got the same requests."
        yield Suspect(kind="version", sentence=said, about=1.0, trouble=Trouble.ONLY_HERE)
        return
    routing = look.routings.of(finding.model, finding.environment)
    on_trial = routing.challenger is not None and routing.challenger.number == finding.number
    if on_trial:
        yield Suspect(kind="version", sentence=f"v{finding.number} is on trial.", about=1.0)
    if routing.champion is None or routing.champion.number != finding.number:
        return
    trouble, at_once = elsewhere(look, project, finding, routing)
    age = _age(look, finding, routing, now)
    if at_once and trouble is Trouble.ONLY_HERE:
        said = f"v{finding.number} has the trouble, and another version that gets the same requests has not."
        yield Suspect(kind="version", sentence=said, about=1.0, trouble=trouble)
    elif age >= 0:
        said = f"v{finding.number} went live {_ago(age)} before it began."
        half = _HALF.get(finding.kind, 3600.0)
        yield Suspect(kind="version", sentence=said, about=1.0, age=age / _SECOND, half=half, trouble=trouble)


def _age(look: Transaction, finding: Finding, routing: Routing, now: int) -> int:
    """Microseconds from the version's first answer to the trouble; below 0 if the trouble is older.

    What comes true is counted in the time of the events, errors in the time of the clock.
    """
    if finding.kind is Kind.FUNCTIONAL:
        span = look.answered.span(finding.model, finding.environment, finding.number, now)
        # Windows begin with whole days.
        return max(0, finding.start - span[0]) if span and finding.start > span[0] - 2 * _DAY else -1
    age = _began(look, finding) - routing.live_since
    # Traffic is counted in whole seconds.
    return max(0, age) if age > -2 * _SECOND else -1


def _began(look: Transaction, finding: Finding) -> int:
    """When the first request of this trouble failed; the begin of the window if none did, or it is no trouble of requests."""
    if finding.measure not in _OF_REQUESTS:
        return finding.start
    since = finding.start // _SECOND - 600
    seen = look.traffic.since(finding.model, finding.environment, since, number=finding.number)
    failing = [part.second for part in seen if part.failures]
    return min(failing) * _SECOND if failing else finding.start


def _crossed(look: Transaction, finding: Finding, aspect: str) -> list[Reading]:
    """Readings of the version beyond their limit in the same window; the newest windows for what is measured by the minute."""
    same = {"model": finding.model, "environment": finding.environment, "number": finding.number, "aspect": aspect}
    found = look.readings.all(newest="end", limit=READINGS, equals=same)
    if finding.kind is not Kind.FUNCTIONAL:
        found = [reading for reading in found if reading.end == found[0].end]
    else:
        found = [reading for reading in found if overlaps(reading, finding)]
    return list({reading.column: reading for reading in found if reading.crossed}.values())


def _values(look: Transaction, project: Project, finding: Finding) -> Iterator[Suspect]:
    """Inputs that are empty, or hold what the version has never seen."""
    for aspect, what in (("completeness", "is empty more often than before"), ("unseen", "holds values that are new")):
        for reading in _crossed(look, finding, aspect)[:_INPUTS]:
            source = next((source.name for source in project.source if reading.column in source.columns), "")
            said = f"The input {reading.column} {what}{f'; it comes from the source {source}' if source else ''}."
            yield Suspect(kind="values", sentence=said, about=1.5)


def _inputs(look: Transaction, finding: Finding) -> Iterator[Suspect]:
    """Inputs that moved, those that matter most first."""
    moved = [reading for reading in _crossed(look, finding, "drift") if not reading.column.startswith("@")]
    for reading in sorted(moved, key=lambda one: -one.value)[:_INPUTS]:
        yield Suspect(kind="inputs", sentence=f"The values of {reading.column} are not what they were.", about=0.4)


def _changes(look: Transaction, finding: Finding, now: int) -> Iterator[Suspect]:
    """The newest change of the environment and of the project."""
    reference = now if finding.kind is Kind.FUNCTIONAL else max(finding.start, now - _LOOK_BACK)
    for model, kind, about, said in (
        ("", EnvironmentSaved, 0.7, f"The environment {finding.environment} was changed"),
        (finding.model, ProjectSaved, 0.3, "The project says something new"),
    ):
        entries = look.journal.newest(model=model, limit=_CHANGES, name=kind.__name__)
        here = (e.at for e in entries if getattr(e.event, "environment", finding.environment) == finding.environment)
        age = reference - next((at for at in here if at <= reference + _MINUTE), 0)
        if age < _LOOK_BACK:
            sentence = f"{said} {_ago(max(0, age))} before."
            yield Suspect(kind=_CHANGED[kind], sentence=sentence, about=about, age=age / _SECOND)


_CHANGED = {EnvironmentSaved: "environment", ProjectSaved: "configuration"}


def _ago(microseconds: int) -> str:
    """A length of time in words."""
    for length, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if microseconds >= length:
            count = microseconds // length
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "less than a minute"
