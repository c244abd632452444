"""What is wrong, and who has it."""

import re
from collections.abc import Sequence

from lamplighter.cli.instants import day, lasted, local
from lamplighter.cli.page import Page
from lamplighter.cli.table import Table
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.monitor import Finding, Kind

#: Other models, and rules of others, that are named on the page.
_SHOWN = 8


def incident_page(incident: Incident, address: str) -> Page:
    """One incident: what users feel, who has it, what may be the cause, what was done."""
    finding = incident.finding
    return Page(
        says=f"{incident.id} is {incident.state}: {finding.sentence}",
        data={"incident": incident},
        facts=[
            ("model", f"{incident.model} v{finding.number} in {incident.environment}"),
            *_others(incident),
            *_found(incident),
            ("opened", local(incident.opened_at)),
            ("who", f"{incident.has_it or 'nobody'} ({incident.duty}), deputy {incident.deputy or 'nobody'}"),
            *([("quiet", f"until {local(incident.snoozed_until)}")] if incident.snoozed_until else []),
            *([("affected", ", ".join(incident.affected))] if incident.affected else []),
            *(("cause", f"{cause.likelihood:.0%} {cause.sentence}") for cause in incident.suspects),
            ("runbook", incident.runbook or "none; the project names none under [monitor] runbook"),
            *(("with it", finding.sentence) for finding in incident.beside),
            *([("rollback", incident.weighed.why)] if incident.weighed else []),
            *(("note", note) for note in incident.notes),
        ],
        next=_next(incident),
        url=address,
    )


def _found(incident: Incident) -> list[tuple[str, str]]:
    """The figure behind it, or the rules of another monitoring system."""
    finding = incident.finding
    rules = [("alert", f"{rule.name} {rule.link or '(tells no page)'}") for rule in incident.rules[:_SHOWN]]
    if finding.rule is not None or finding.kind is Kind.LIFETIME:
        return rules
    figure = [("figure", f"{finding.measure} is {finding.value:.4g}, limit {finding.limit:g}")] if finding.limit else []
    return [*figure, ("window", _window(finding)), *rules]


def _window(finding: Finding) -> str:
    if not finding.end:
        return "-"
    tell = local if finding.start and day(finding.start) == day(finding.end) else day
    return f"{tell(finding.start)} to {tell(finding.end)}"


def _others(incident: Incident) -> list[tuple[str, str]]:
    """The source at fault, and the other models."""
    source = [("source", incident.source)] if incident.source else []
    others = incident.models[1:]
    shown = ", ".join(others[:_SHOWN]) + (f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else "")
    return [*source, ("also", shown)] if others else source


def incidents_page(found: Sequence[Incident], now: int, address: str) -> Page:
    """Incidents, the newest first."""
    open_ones = [incident for incident in found if incident.state is not State.RESOLVED]
    return Page(
        says=f"{len(open_ones)} open incident{'' if len(open_ones) == 1 else 's'}." if open_ones else "No open incidents.",
        data={"incidents": found},
        table=Table([_row(incident, now) for incident in found], ("INCIDENT", "STATE", "AGE", "WHO", "MODEL", "WHAT")),
        next=[f"lamp incident show {found[0].id}"] if found else [],
        url=address,
    )


def _row(incident: Incident, now: int) -> tuple[str, ...]:
    age = lasted((now - incident.opened_at) / 1_000_000)
    finding = incident.finding
    what = f"{finding.rule.name if finding.rule else _named(finding.measure)} in {incident.environment}"
    many = f"{incident.model} and {len(incident.models) - 1} more" if len(incident.models) > 1 else incident.model
    return incident.id, incident.state.value, age, incident.has_it or "nobody", many, what


def _named(measure: str) -> str:
    """A measure in words: of a trial the version, of a job its name."""
    return re.sub(r"^(trial|job|grace)-", r"\1 ", measure)


def _next(incident: Incident) -> list[str]:
    if incident.state is State.RESOLVED:
        return [f"lamp status {incident.model}"]
    if incident.state is State.OPEN:
        return [f"lamp incident ack {incident.id}", *([incident.safe_action] if incident.safe_action else [])]
    return [f"lamp incident resolve {incident.id}", f"lamp status {incident.model}"]
