"""Incidents: what users feel, who has it, what changed, and the safe action."""

from collections.abc import Sequence
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.events import AnyEvent
from lamplighter.domain.events.design import ProjectSaved
from lamplighter.domain.events.rollout import RolloutMoved
from lamplighter.domain.events.routing import RolledBack, ShadowSet, WentLive, Withdrawn
from lamplighter.domain.identity import Permission
from lamplighter.domain.incident import MOVES, Incident, State, Step
from lamplighter.domain.journal import Entry
from lamplighter.domain.monitor import Kind, Reading, is_of_run
from lamplighter.domain.rollout import Phase
from lamplighter.domain.still_ranks import SAYS, still_ranks
from lamplighter.domain.trouble import is_shared
from lamplighter.sdk.interface import Platform
from lamplighter.web import actions, forms, rows
from lamplighter.web.drift import drift
from lamplighter.web.page import Page, done, shown
from lamplighter.web.quality import over_time
from lamplighter.web.recalibration import Hint, hint
from lamplighter.web.traffic import traffic

#: Linked models that the page names; the rest is counted.
_MOST_LINKED = 300
#: Rules of another monitoring system that the page names, and alerts that are about nothing known.
_MOST_RULES, _MOST_UNPLACED = 20, 50
#: What may be the cause of an incident.
_CHANGES = (WentLive, RolledBack, ShadowSet, ProjectSaved, Withdrawn)
#: Entries looked through, and shown of each kind.
_LOOK_BACK, _MOST = 200, 6


class _Field(NamedTuple):
    """One field of a form."""

    name: str
    label: str
    hint: str
    longest: int = 500
    needed: bool = False


class _Saying(NamedTuple):
    """What somebody can say of an incident, and the form for it."""

    step: Step
    fields: tuple[_Field, ...]


_SAYINGS = (
    _Saying(Step.ACKNOWLEDGE, (_Field("note", "Note", "Note, such as: I am looking"),)),
    _Saying(Step.RESOLVE, (_Field("note", "Note", "Note, such as: feed repaired"),)),
    _Saying(
        Step.SNOOZE,
        (
            _Field("duration", "For how long", "How long: 4h", 7, True),
            _Field("reason", "Reason", "Reason why it may wait", 500, True),
        ),
    ),
    _Saying(Step.ASSIGN, (_Field("to", "To whom", "@team or e-mail address", 200, True), _Field("note", "Note", "Note", 500))),
    _Saying(Step.NOTE, (_Field("text", "Words", "What you saw or did", 2000, True),)),
)


def incidents_page(request: Request, platform: Platform) -> Response:
    """Show open incidents, and closed ones if asked for."""
    everything = platform.incidents(closed=True)
    closed = request.query_params.get("closed") == "1"
    unplaced = [one for one in platform.external_alerts() if one.alert.fires and not one.about]
    last = next((incident for incident in everything if incident.state is State.RESOLVED), None)
    return shown(
        request,
        platform,
        "incidents.html",
        rows=[incident for incident in everything if closed or incident.state is not State.RESOLVED],
        closed=closed,
        unplaced=unplaced[:_MOST_UNPLACED],
        unplaced_count=len(unplaced),
        last=last,
        section="incidents",
        every=5,
    )


def incident_page(request: Request, platform: Platform) -> Response:
    """Show one incident."""
    incident = platform.incident(request.path_params["key"])
    state = platform.status(incident.model)
    place = next((live for live in state.live if live.environment == incident.environment), None)
    readings = platform.readings(incident.model, incident.environment)
    same = [reading for reading in readings if reading.aspect != "drift"]
    entries = platform.journal(incident.model, _LOOK_BACK)
    person, teams = platform.whoami(), {team.name: team for team in platform.teams()}
    service = platform.service(incident.model, incident.environment)
    return shown(
        request,
        platform,
        "incident.html",
        incident=incident,
        state=state,
        place=place,
        recalibrates=_recalibrates(platform, incident, same),
        figure=over_time(same, incident.finding.measure, incident.finding.number),
        drift=drift(readings, incident.finding.number) if incident.finding.measure == "drift" else None,
        traffic=traffic(service),
        changes=_changes(entries, incident),
        timeline=_timeline(entries, incident),
        answers=place is not None and incident.finding.number in (place.number, place.challenger),
        roll_back=actions.safe(state, place, person, teams, incident=incident.id) if place else None,
        may_respond=person.may(Permission.RESPOND),
        rows=rows.behind(incident),
        labelled=_labelled(same, incident),
        may_see_rows=person.may(Permission.ROWS),
        can=[saying for saying in _SAYINGS if (incident.state, saying.step) in MOVES],
        shared=is_shared(incident.finding),
        of_age=incident.finding.kind is Kind.LIFETIME,
        of_run=is_of_run(incident.finding.measure),
        runbook_link=incident.runbook.startswith(("http://", "https://")),
        most_linked=_MOST_LINKED,
        most_rules=_MOST_RULES,
        technical=incident.finding.kind is Kind.TECHNICAL,
        section="incidents",
        every=2,
    )


def _labelled(readings: list[Reading], incident: Incident) -> int:
    """Rows that the figure of the incident's window was made of; 0 if it is not known."""
    told = incident.finding
    window = (told.measure, told.number, told.start, told.end)
    return next((one.count for one in readings if (one.measure, one.number, one.start, one.end) == window), 0)


def _recalibrates(platform: Platform, incident: Incident, readings: Sequence[Reading]) -> Hint | None:
    """Whether a calibration is what the version lacks."""
    finding = incident.finding
    if finding.measure not in SAYS or incident.state is State.RESOLVED:
        return None
    auc = still_ranks(readings, finding.number, platform.project(incident.model).requirement)
    if auc is None:
        return None
    return hint(platform.version(f"{incident.model}@{finding.number}").version, auc, incident.environment, finding.start)


def _changes(entries: list[Entry], incident: Incident) -> list[Entry]:
    """What changed before it began, the newest first."""
    found = [e for e in entries if _is_change(e.event) and e.at <= incident.opened_at]
    return [e for e in found if getattr(e.event, "environment", incident.environment) == incident.environment][:_MOST]


def _is_change(event: AnyEvent) -> bool:
    began = isinstance(event, RolloutMoved) and event.phase == Phase.STARTING
    return began or isinstance(event, _CHANGES)


def _timeline(entries: list[Entry], incident: Incident) -> list[Entry]:
    """What was done about it, the oldest first."""
    own = [entry for entry in entries if getattr(entry.event, "incident", "") == incident.id]
    deeds = [e for e in entries if isinstance(e.event, RolledBack) and e.at >= incident.opened_at]
    return sorted({e.sequence: e for e in [*own, *deeds]}.values(), key=lambda entry: entry.sequence)


def acknowledge(request: Request, platform: Platform) -> Response:
    """Say that the signed-in person has it."""
    key = platform.acknowledge(request.path_params["key"], note=forms.text(request, "note")).id
    return done(f"/incidents/{key}", "acknowledged")


def resolve(request: Request, platform: Platform) -> Response:
    """Say that it is over."""
    key = platform.resolve(request.path_params["key"], note=forms.text(request, "note")).id
    return done(f"/incidents/{key}", "resolved")


def snooze(request: Request, platform: Platform) -> Response:
    """Be quiet about it for a time."""
    duration, reason = forms.needed(request, "duration"), forms.needed(request, "reason")
    key = platform.snooze(request.path_params["key"], duration, reason).id
    return done(f"/incidents/{key}", "snoozed")


def assign(request: Request, platform: Platform) -> Response:
    """Give it to somebody else."""
    to, note = forms.needed(request, "to"), forms.text(request, "note")
    key = platform.assign(request.path_params["key"], to, note).id
    return done(f"/incidents/{key}", "assigned")


def write_note(request: Request, platform: Platform) -> Response:
    """Write down what somebody saw or did."""
    key = platform.note(request.path_params["key"], forms.needed(request, "text")).id
    return done(f"/incidents/{key}", "noted")


def roll_back(request: Request, platform: Platform) -> Response:
    """Give all traffic to the version that the sheet named, because of this incident."""
    incident = platform.incident(request.path_params["key"])
    reason = forms.text(request, "reason") or incident.id
    to, leaving = forms.whole(request, "to"), forms.whole(request, "leaving")
    platform.roll_back(incident.model, incident.environment, to=to, reason=reason, leaving=leaving)
    return done(f"/incidents/{incident.id}", "rolled-back")


PAGES = (
    Page("GET", "/incidents", incidents_page, Permission.READ),
    Page("GET", "/incidents/{key}", incident_page, Permission.READ),
    Page("POST", "/incidents/{key}/acknowledge", acknowledge, Permission.RESPOND),
    Page("POST", "/incidents/{key}/resolve", resolve, Permission.RESPOND),
    Page("POST", "/incidents/{key}/snooze", snooze, Permission.RESPOND),
    Page("POST", "/incidents/{key}/assign", assign, Permission.RESPOND),
    Page("POST", "/incidents/{key}/note", write_note, Permission.RESPOND),
    Page("POST", "/incidents/{key}/roll-back", roll_back, Permission.ROLL_BACK),
)
