"""The rows behind an incident or of a window, out of the prediction log: what was asked, what was answered and what came true.

What is redacted in the log is not to be had, and what has been redacted since is withheld: the stricter of both holds.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from lamplighter.domain.condition import conditions_in
from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.events.prediction import RowsRead
from lamplighter.domain.identity import Actor
from lamplighter.domain.log import log_of
from lamplighter.domain.monitor import Finding
from lamplighter.domain.names import unknown
from lamplighter.domain.project import Project
from lamplighter.domain.rows import MOST_ROWS, Clock, Rows, Window, window_of
from lamplighter.lifecycle import choosing, incidents, tabulating
from lamplighter.lifecycle.drawing import Draw
from lamplighter.lifecycle.intake import DAY
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


class Asked(msgspec.Struct, frozen=True):
    """Which rows are wanted."""

    model: str
    #: Empty for that of the incident.
    environment: str
    incident: str
    condition: str
    #: Number of the version; 0 for every version that answered.
    number: int
    #: Window in event time, microseconds since the epoch; an end of 0 is open.
    start: int
    end: int
    limit: int


class _Scope(NamedTuple):
    environment: str
    number: int
    window: Window


def rows(kit: Kit, actor: Actor, asked: Asked, parts: Sequence[tuple[int, int]] | None = None) -> Rows:
    """At most so many of the rows that fit, oldest first, once it is in the journal who reads them. Of `parts` of the window,
    where they are named, only the answers whose truth has come are given.

    Raises `NotFound`, and `Invalid` for a question that says too much or too little, or a condition on what is redacted.
    """
    if not 0 < asked.limit <= MOST_ROWS:
        raise _unanswerable(f"From 1 to {MOST_ROWS:,} rows are given at once.", "Ask for fewer rows, of a smaller window.")
    with kit.store.reading() as look:
        project = look.project(asked.model)
        scope = _scope(look, asked, kit.clock.now())
        found = look.versions.all(model=asked.model)
    versions = {version.digest: version for version in found if scope.number in (0, version.number)}
    hidden = _hidden(kit, project)
    conditions = conditions_in(asked.condition)
    fits = choosing.fits(kit, conditions, hidden, list(versions.values()))
    draw = Draw(asked.limit, fits, versions)
    for window in _windows(scope.window, parts):
        draw.look_through(kit, asked.model, scope.environment, window)
    with kit.store.reading() as look:
        labels = look.predictions.labels_of({one.id for one in draw.chosen})
    chosen = draw.chosen if parts is None else [one for one in draw.chosen if one.id in labels and one.record.scores]
    table = tabulating.table(chosen, versions, labels, hidden)
    given = Rows(
        model=asked.model,
        environment=scope.environment,
        incident=asked.incident,
        condition=asked.condition,
        window=scope.window,
        columns=table.columns,
        inputs=table.inputs,
        redacted=table.redacted,
        found=draw.found,
        without_inputs=draw.without_inputs,
        looked_through=draw.looked_through,
    )
    _write_down(kit, actor, asked, scope, given, tuple(sorted({one.column for one in conditions})))
    return given


def _windows(window: Window, parts: Sequence[tuple[int, int]] | None) -> list[Window]:
    return [window] if parts is None else [Window(Clock.EVENT, *part) for part in parts]


def _write_down(kit: Kit, actor: Actor, asked: Asked, scope: _Scope, given: Rows, columns: tuple[str, ...]) -> None:
    """Who reads which rows, unless it stands there from the same question a moment ago."""
    question, now = (actor.email, msgspec.structs.replace(asked, limit=0)), kit.clock.elapsed()
    if kit.reads.is_written(question, given.count, now):
        return
    read = RowsRead(
        model=given.model,
        environment=given.environment,
        incident=given.incident,
        number=scope.number,
        start=given.window.start,
        end=given.window.end,
        columns=columns,
        rows=given.count,
        found=given.found,
    )
    with kit.store.transaction() as change:
        kit.record(change, read, actor)
    kit.reads.written(question, given.count, now)


def _hidden(kit: Kit, project: Project) -> frozenset[str]:
    """Inputs that are redacted now."""
    return frozenset(log_of(tier_of(kit.policy, criticality_of(project, kit.policy).tier).log, project.log).redact)


def _scope(look: Transaction, asked: Asked, now: int) -> _Scope:
    if asked.incident:
        return _of_incident(look, asked)
    if 0 < asked.end <= asked.start:
        raise _unanswerable("The window ends before it begins.", "Turn the two round; the end is not part of the window.")
    environment = look.environment(asked.environment).name
    if asked.number and look.versions.find(model=asked.model, number=asked.number) is None:
        known = (version.name for version in look.versions.all(model=asked.model))
        raise unknown("version", f"{asked.model}@{asked.number}", known)
    return _Scope(environment, asked.number, Window(Clock.EVENT, max(0, asked.start), asked.end or now + DAY))


def _of_incident(look: Transaction, asked: Asked) -> _Scope:
    beside = asked.environment or asked.number or asked.start or asked.end
    finding = finding_of(look, asked.model, asked.incident, beside=beside)
    window = window_of(finding)
    if window is None:
        raise NotFound(
            f"No rows are behind {asked.incident}.",
            why="It is not about what a model was asked in some time, but about something that did not come or was not there.",
            fix=f"See what it is about: lamp incident show {asked.incident}",
            code="E1258",
        )
    return _Scope(finding.environment, finding.number, window)


def finding_of(look: Transaction, model: str, key: str, *, beside: object) -> Finding:
    """What an incident says of a model; raises `NotFound` for an incident that is not there or not about the model, and
    `Invalid` where something is named `beside` it that it says itself."""
    if beside:
        raise _unanswerable(
            "An incident says itself which environment, version and window it is about.", "Name an incident or these, not both."
        )
    incident = incidents.find(look, key)
    findings = [finding for finding in incident.findings if finding.model == model]
    if not findings:
        raise NotFound(
            f"{incident.id} is not about {model}.",
            why=f"It is about {', '.join(incident.models[:12])}.",
            fix=f"Ask about {incident.model}.",
            code="E1257",
        )
    return findings[0]


def _unanswerable(why: str, fix: str) -> Invalid:
    return Invalid("That cannot be asked for.", why=why, fix=fix, code="E1249")
